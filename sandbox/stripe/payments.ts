import type { Account } from './account';
import type { Events } from './events';
import { randomText } from './ids';
import type { Charge, CustomerDetails, PaymentIntent } from './objects';

/** How a buyer pays: a bank debit takes days until it is certain. */
export type PaymentMethod = 'card' | 'delayed' | 'declined';

export const METHOD_TYPES: Readonly<Record<PaymentMethod, string>> = {
	card: 'card',
	declined: 'card',
	delayed: 'sepa_debit',
};

const FAILURES = {
	card_declined: 'Your card was declined.',
	debit_failed: 'The bank debit could not be collected.',
} as const;

/** Payment intents with their charges. */
export class Payments {
	constructor(
		private readonly account: Account,
		private readonly events: Events,
	) {}

	create(
		given: Pick<PaymentIntent, 'amount' | 'currency' | 'customer' | 'description' | 'metadata' | 'receipt_email'>,
	): PaymentIntent {
		const base = this.account.newObject('pi', 'payment_intent');
		const intent = this.account.paymentIntents.add({
			...base,
			...given,
			amount_received: 0,
			client_secret: `${base.id}_secret_${randomText(25)}`,
			latest_charge: null,
			last_payment_error: null,
			payment_method_types: ['card', 'sepa_debit'],
			status: 'requires_payment_method',
		});
		this.events.emit('payment_intent.created', intent);
		return intent;
	}

	/** The money is there at once. */
	succeed(intent: PaymentIntent, method: PaymentMethod, buyer: CustomerDetails): void {
		const charge = this.newCharge(intent, method, buyer);
		this.capture(intent, charge);
	}

	/** The bank has been asked; nothing is certain yet. */
	process(intent: PaymentIntent, method: PaymentMethod, buyer: CustomerDetails): void {
		const charge = this.newCharge(intent, method, buyer);
		intent.status = 'processing';
		this.events.emit('charge.pending', charge);
		this.events.emit('payment_intent.processing', intent);
	}

	/** Ends a payment that is processing. */
	settle(intent: PaymentIntent, succeeded: boolean): void {
		const charge = this.account.charges.get(intent.latest_charge ?? '');
		if (succeeded) this.capture(intent, charge);
		else this.refuse(intent, charge, 'debit_failed');
	}

	fail(intent: PaymentIntent, buyer: CustomerDetails): void {
		this.refuse(intent, this.newCharge(intent, 'declined', buyer), 'card_declined');
	}

	private newCharge(intent: PaymentIntent, method: PaymentMethod, buyer: CustomerDetails): Charge {
		const { amount, currency, customer, description, metadata, receipt_email } = intent;
		const charge = this.account.charges.add({
			...this.account.newObject(method === 'delayed' ? 'py' : 'ch', 'charge'),
			amount,
			amount_captured: 0,
			amount_refunded: 0,
			billing_details: buyer,
			captured: false,
			currency,
			customer,
			description,
			disputed: false,
			failure_code: null,
			failure_message: null,
			metadata: { ...metadata },
			paid: false,
			payment_intent: intent.id,
			payment_method_details: { type: METHOD_TYPES[method] },
			receipt_email,
			refunded: false,
			status: 'pending',
		});
		intent.latest_charge = charge.id;
		return charge;
	}

	private capture(intent: PaymentIntent, charge: Charge): void {
		Object.assign(charge, { amount_captured: charge.amount, captured: true, paid: true, status: 'succeeded' });
		Object.assign(intent, { amount_received: intent.amount, status: 'succeeded', last_payment_error: null });
		this.events.emit('charge.succeeded', charge);
		this.events.emit('payment_intent.succeeded', intent);
	}

	private refuse(intent: PaymentIntent, charge: Charge, code: keyof typeof FAILURES): void {
		const message = FAILURES[code];
		Object.assign(charge, { failure_code: code, failure_message: message, status: 'failed' });
		intent.status = 'requires_payment_method';
		intent.last_payment_error = { type: 'card_error', code, message };
		this.events.emit('charge.failed', charge);
		this.events.emit('payment_intent.payment_failed', intent);
	}
}
