/** What the ledger said of an event, see `receive_event` and `claim_event` in `ledger/`. */
export const LEDGER_OUTCOMES = ['claimed', 'duplicate', 'busy', 'ignored', 'mismatch', 'stale'] as const;
export type LedgerOutcome = (typeof LEDGER_OUTCOMES)[number];

export const PROTOCOLS = ['prodamus', 'cloudPayments', 'stripe', 'platform'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What the ledger said of the event the provider waits for. */
export interface Receipt {
	outcome: LedgerOutcome;
	/** Of a duplicate: the status the event is in, or why it was ignored. */
	reason: string | null;
}

/** What goes back to the provider. */
export interface Acknowledgement {
	statusCode: number;
	contentType: string;
	body: string;
}

/**
 * The words each provider takes for "delivered, do not send again".
 * Prodamus: 200 with any text (providers/prodamus.md §4). CloudPayments: `{"code":0}`. Stripe: any 2xx. Once the event is
 * stored, another delivery of it adds nothing, so every outcome is answered alike.
 */
const ACKNOWLEDGEMENTS: Readonly<Record<Exclude<Protocol, 'platform'>, Acknowledgement>> = {
	prodamus: { statusCode: 200, contentType: 'text/plain; charset=utf-8', body: 'success' },
	cloudPayments: { statusCode: 200, contentType: 'application/json', body: '{"code":0}' },
	stripe: { statusCode: 200, contentType: 'application/json', body: '{"received":true}' },
};

/**
 * The provider's acknowledgement of an event that the ledger has stored; null when the provider wants to hear what became
 * of the payment, which only the end of the run can tell.
 */
export function acknowledgementFor(protocol: Protocol, receipt: Receipt): Acknowledgement | null {
	return protocol === 'platform' ? platformAnswer(receipt) : ACKNOWLEDGEMENTS[protocol];
}

/**
 * The status contract of course platforms (PA2): 202 skipped by rule, 409 processed already. What is stored and still to
 * be done is answered 200, so that it is not sent again.
 */
function platformAnswer({ outcome, reason }: Receipt): Acknowledgement | null {
	switch (outcome) {
		case 'claimed':
		case 'stale':
			return null;
		case 'busy':
			return json(200, { status: 'queued' });
		case 'ignored':
		case 'mismatch':
			return json(202, { status: 'skipped', reason });
		case 'duplicate':
			if (reason === 'done') return json(409, { status: 'duplicate' });
			return isOpen(reason) ? json(200, { status: 'queued' }) : json(202, { status: 'skipped', reason });
	}
}

/** Events the ledger still works on, or that a person has to look at. */
function isOpen(reason: string | null): boolean {
	return ['received', 'processing', 'failed', 'dead'].includes(reason ?? '');
}

function json(statusCode: number, body: object): Acknowledgement {
	return { statusCode, contentType: 'application/json', body: JSON.stringify(body) };
}

/** True for the words the ledger uses; anything else means that the event is not known to be stored. */
export function isLedgerOutcome(value: unknown): value is LedgerOutcome {
	return (LEDGER_OUTCOMES as readonly unknown[]).includes(value);
}
