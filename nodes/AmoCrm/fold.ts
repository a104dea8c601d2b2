import { minorToText } from './decimal';
import type { StoredField } from './entities';
import { FieldDraft, type FieldEntry, type FieldInput, type FieldSetting } from './fieldDraft';
import { textOf, type FieldRef } from './storedFields';

/** In which lead fields the account keeps its sums; empty when it does not keep one. */
export interface TotalsFields {
	totalPaid: FieldRef;
	purchaseCount: FieldRef;
	/** Id of the last payment that is in the sums. */
	paymentId: FieldRef;
}

/**
 * How the sums come about: `add` counts on from what the lead holds, `absolute` writes what the caller has summed up
 * himself, which may be repeated without harm (providers/amocrm.md §9).
 */
export type Totals =
	| { mode: 'add' }
	| { mode: 'absolute'; totalPaidMinor: number | null; purchaseCount: number | null };

/** What one payment changes on its lead. */
export interface Payment {
	/** The provider's; a refund mostly has the one of its payment. */
	paymentId: string;
	amountMinor: number;
	sign: 'payment' | 'refund';
	/** For a refund: nothing is left of the purchase, so it is not counted any more. */
	isFullRefund: boolean;
	totals: Totals;
	totalsFields: TotalsFields;
	leadFields: readonly FieldInput[];
	tags: readonly string[];
}

/** Names a payment on the lead and in its note; a refund says what it is. */
export function markerOf({ paymentId, sign }: Pick<Payment, 'paymentId' | 'sign'>): string {
	return sign === 'refund' ? `refund:${paymentId}` : paymentId;
}

/**
 * The markers that make a lead the one of this payment: its own, and for a refund that of the payment that goes back.
 */
export function marksOf({ paymentId, sign }: Pick<Payment, 'paymentId' | 'sign'>): string[] {
	return sign === 'refund' ? [markerOf({ paymentId, sign }), paymentId] : [paymentId];
}

export interface LeadChange {
	entries: FieldEntry[];
	tags: string[];
	/** By payment: the lead's sums had it already. */
	alreadyCounted: boolean[];
	warnings: string[];
	hasUnknown: boolean;
}

/**
 * All payments of one lead as one change: of two separate ones the last would win (providers/amocrm.md §11).
 *
 * @param stored the lead's fields as just read; none for a new lead
 * @param payments in the order in which they were made
 */
export function foldPayments(
	stored: readonly StoredField[],
	payments: readonly Payment[],
	setting: FieldSetting,
): LeadChange {
	const draft = new FieldDraft(stored, setting);
	const tags = new Set<string>();
	const seen = new Set(payments.map(({ totalsFields }) => textOf(stored, totalsFields.paymentId)));
	const alreadyCounted = payments.map((payment) => {
		const isKnown = seen.has(markerOf(payment));
		seen.add(markerOf(payment));
		if (isKnown && payment.totals.mode === 'add') return true;
		changesOf(payment, isKnown).forEach((change) => draft.apply(change));
		payment.tags.forEach((tag) => tags.add(tag));
		return isKnown;
	});
	const { warnings, hasUnknown } = draft;
	return { entries: draft.entries(), tags: [...tags], alreadyCounted, warnings, hasUnknown };
}

/** Whether nothing has to be read from the lead before it is changed. */
export function isAbsolute({ totals, leadFields }: Payment): boolean {
	return totals.mode === 'absolute' && leadFields.every(({ action }) => action !== 'add');
}

/** Every field these payments touch. */
export function fieldsOf(payments: readonly Payment[]): FieldRef[] {
	return payments.flatMap(({ leadFields, totalsFields: { totalPaid, purchaseCount, paymentId } }) => [
		...leadFields.map(({ field }) => field),
		totalPaid,
		purchaseCount,
		paymentId,
	]);
}

function changesOf(payment: Payment, isKnown: boolean): FieldInput[] {
	const { totalsFields, leadFields } = payment;
	return [
		...leadFields.filter(({ action }) => !(isKnown && action === 'add')),
		...sums(payment),
		{ field: totalsFields.paymentId, action: 'set', value: markerOf(payment) },
	];
}

function sums({ totals, totalsFields, amountMinor, sign, isFullRefund }: Payment): FieldInput[] {
	const { totalPaid, purchaseCount } = totalsFields;
	if (totals.mode === 'absolute') {
		const total = totals.totalPaidMinor === null ? '' : minorToText(totals.totalPaidMinor);
		return [
			{ field: totalPaid, action: 'set', value: total },
			{ field: purchaseCount, action: 'set', value: totals.purchaseCount },
		];
	}
	const direction = sign === 'refund' ? -1 : 1;
	const count = sign === 'refund' && !isFullRefund ? 0 : direction;
	return [
		{ field: totalPaid, action: 'add', value: minorToText(direction * amountMinor) },
		{ field: purchaseCount, action: 'add', value: count },
	];
}
