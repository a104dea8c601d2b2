/** What an answer to Check means (providers/cloudpayments.md §4). Every code but 0 declines the payment. */
export const CHECK_CODES = {
	accepted: 0,
	wrongOrder: 10,
	wrongAccount: 11,
	wrongAmount: 12,
	notAcceptable: 13,
	orderExpired: 20,
} as const;

export type CheckVerdict = keyof typeof CHECK_CODES;

/** What the provider asks about. */
export interface CheckedPayment {
	amountMinor: number | null;
	currency: string | null;
	accountId: string | null;
	isTest: boolean;
}

/** What we know of the order. */
export interface ExpectedOrder {
	amountMinor: number;
	currency: string;
	/** `pending` and `failed` can be paid. */
	status: string;
	/** Null: any account may pay. */
	accountId: string | null;
	/** Null: never. */
	expiresAt: Date | null;
}

const PAYABLE: ReadonlySet<string> = new Set(['pending', 'failed']);

/**
 * Whether a payment may go on (CP13). Compares what came from the buyer's browser with our own order.
 *
 * @param order null when there is none with that number
 */
export function judgeCheck(
	payment: CheckedPayment,
	order: ExpectedOrder | null,
	{ now, allowTest }: { now: Date; allowTest: boolean },
): CheckVerdict {
	if (order === null) return 'wrongOrder';
	if (order.accountId !== null && order.accountId !== payment.accountId) return 'wrongAccount';
	if (order.amountMinor !== payment.amountMinor || order.currency !== payment.currency) return 'wrongAmount';
	if (order.status === 'expired') return 'orderExpired';
	if (!PAYABLE.has(order.status) || (payment.isTest && !allowTest)) return 'notAcceptable';
	return order.expiresAt !== null && order.expiresAt <= now ? 'orderExpired' : 'accepted';
}
