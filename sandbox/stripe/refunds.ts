import { z } from 'zod';
import type { Account } from './account';
import { ParameterError, StateError } from './apiError';
import type { Events } from './events';
import { amountText } from './money';
import type { Charge, Dispute, Refund } from './objects';
import { integer, mergeMetadata, metadata, refuse, text } from './parameters';

export const newRefund = z.object({
	payment_intent: text().optional(),
	charge: text().optional(),
	amount: integer.superRefine((amount, ctx) => {
		if (amount < 1) refuse(ctx, 'Invalid positive integer', 'parameter_invalid_integer');
	}).optional(),
	reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
	metadata: metadata.optional(),
}).strict();

/** Money going back: refunds by the merchant, disputes by the buyer's bank. */
export class Refunds {
	constructor(
		private readonly account: Account,
		private readonly events: Events,
	) {}

	/** @throws ApiError when the payment has nothing (or not as much) to give back */
	create(given: z.output<typeof newRefund>): Refund {
		const charge = this.chargeOf(given);
		const isTakenBack = (one: Dispute) => one.charge === charge.id && one.status !== 'won';
		if (this.account.disputes.all.some(isTakenBack)) {
			const problem = `Charge ${charge.id} has been charged back; cannot issue a refund.`;
			throw new StateError(problem, 'charge_disputed');
		}
		if (charge.refunded) {
			throw new StateError(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
		}
		const left = charge.amount - charge.amount_refunded;
		const amount = given.amount ?? left;
		if (amount > left) {
			const [asked, rest] = [amountText(amount, charge.currency), amountText(left, charge.currency)];
			throw new StateError(`Refund amount (${asked}) is greater than unrefunded amount on charge (${rest})`,
				undefined, 'amount');
		}
		const refund = this.account.refunds.add({
			...this.account.newObject('re', 'refund'),
			amount,
			charge: charge.id,
			currency: charge.currency,
			metadata: mergeMetadata({}, given.metadata),
			payment_intent: charge.payment_intent,
			reason: given.reason ?? null,
			status: 'succeeded',
		});
		this.events.emit('refund.created', refund);
		this.events.update('charge.refunded', charge, (changed) => {
			changed.amount_refunded += amount;
			changed.refunded = changed.amount_refunded === changed.amount;
		});
		return refund;
	}

	/** The buyer's bank takes the whole payment back until it is decided. */
	dispute(paymentIntentId: string): Dispute {
		const charge = this.chargeOf({ payment_intent: paymentIntentId });
		if (charge.disputed) throw new StateError(`Charge ${charge.id} is already disputed`);
		charge.disputed = true;
		const dispute = this.account.disputes.add({
			...this.account.newObject('du', 'dispute'),
			amount: charge.amount,
			charge: charge.id,
			currency: charge.currency,
			metadata: {},
			payment_intent: charge.payment_intent,
			reason: 'fraudulent',
			status: 'needs_response',
		});
		this.events.emit('charge.dispute.created', dispute);
		this.events.emit('charge.dispute.funds_withdrawn', dispute);
		return dispute;
	}

	closeDispute(paymentIntentId: string, outcome: 'won' | 'lost'): Dispute {
		const isOpen = (one: Dispute) => one.payment_intent === paymentIntentId && one.status === 'needs_response';
		const dispute = this.account.disputes.all.find(isOpen);
		if (!dispute) throw new StateError(`${paymentIntentId} has no open dispute`);
		this.events.update('charge.dispute.closed', dispute, (changed) => {
			changed.status = outcome;
		});
		if (outcome === 'won') this.events.emit('charge.dispute.funds_reinstated', dispute);
		return dispute;
	}

	private chargeOf(given: { readonly payment_intent?: string; readonly charge?: string }): Charge {
		const { payment_intent: intentId, charge: chargeId } = given;
		if ((intentId === undefined) === (chargeId === undefined)) {
			throw new ParameterError('One of the following params should be provided: payment_intent or charge.');
		}
		const found = intentId === undefined
			? this.account.charges.get(chargeId ?? '', 'charge')
			: this.account.charges.find(this.account.paymentIntents.get(intentId, 'payment_intent').latest_charge ?? '');
		if (found?.status === 'succeeded') return found;
		const subject = intentId === undefined ? `Charge ${chargeId}` : `This PaymentIntent (${intentId})`;
		throw new StateError(`${subject} does not have a successful charge to refund.`);
	}
}
