/** What the ledger said of an event, see `receive_event` and `claim_event` in `ledger/`. */
export const LEDGER_OUTCOMES = ['claimed', 'duplicate', 'busy', 'ignored', 'mismatch', 'stale'] as const;
export type LedgerOutcome = (typeof LEDGER_OUTCOMES)[number];

export const PROTOCOLS = ['prodamus', 'cloudPayments', 'stripe'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What goes back to the provider. */
export interface Acknowledgement {
	statusCode: number;
	contentType: string;
	body: string;
}

/**
 * The words each provider takes for "delivered, do not send again".
 * Prodamus: 200 with any text (providers/prodamus.md §4). CloudPayments: `{"code":0}`. Stripe: any 2xx.
 */
const ACKNOWLEDGEMENTS: Readonly<Record<Protocol, Acknowledgement>> = {
	prodamus: { statusCode: 200, contentType: 'text/plain; charset=utf-8', body: 'success' },
	cloudPayments: { statusCode: 200, contentType: 'application/json', body: '{"code":0}' },
	stripe: { statusCode: 200, contentType: 'application/json', body: '{"received":true}' },
};

/**
 * The provider's acknowledgement of an event that the ledger has stored. Every ledger outcome is acknowledged alike:
 * once the event is stored, another delivery of it adds nothing.
 */
export function acknowledgementFor(protocol: Protocol): Acknowledgement {
	return ACKNOWLEDGEMENTS[protocol];
}

/** True for the words the ledger uses; anything else means that the event is not known to be stored. */
export function isLedgerOutcome(value: unknown): value is LedgerOutcome {
	return (LEDGER_OUTCOMES as readonly unknown[]).includes(value);
}
