import { z } from 'zod';

import type { PaymentEventKind } from '../../shared/paymentEvent';
import { OBJECT, amount, metadata, optionalText, reference, type Facts } from './fields';
import { readAs } from './unreadable';

const disputeSchema = z.object({
	amount,
	charge: reference,
	currency: optionalText,
	payment_intent: reference,
	reason: optionalText,
	status: z.string().catch(''),
	metadata,
});

/**
 * A dispute. While its status starts with `warning_`, the bank only asks and no money has moved; an inquiry that
 * becomes a dispute comes as an update. Metadata is the dispute's own: the order number has to be looked up.
 */
export function readDispute(object: unknown, type: string, previous: Readonly<Record<string, unknown>>): Facts {
	const dispute = readAs(disputeSchema, object, OBJECT);
	return {
		kind: disputeKind(type, dispute.status, previous.status),
		providerPaymentId: dispute.payment_intent ?? dispute.charge,
		amountMinor: dispute.amount,
		currency: dispute.currency,
		reason: [dispute.status, dispute.reason].filter(Boolean).join(': ') || null,
		metadata: dispute.metadata,
		subscription: null,
	};
}

function disputeKind(type: string, status: string, previousStatus: unknown): PaymentEventKind {
	switch (type) {
		case 'charge.dispute.created':
			return isInquiry(status) ? 'other' : 'disputed';
		case 'charge.dispute.updated':
			return isInquiry(previousStatus) && !isInquiry(status) ? 'disputed' : 'other';
		case 'charge.dispute.closed':
			if (status === 'won' || status === 'warning_closed') return 'dispute_won';
			return status === 'lost' ? 'refunded' : 'other';
		default:
			return 'other';
	}
}

function isInquiry(status: unknown): boolean {
	return typeof status === 'string' && status.startsWith('warning_');
}
