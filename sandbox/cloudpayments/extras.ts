import { z } from 'zod';
import { readReceipt } from './customerReceipt';
import type { Input } from './input';
import { amount, asInput, count, interval, moment, parseJson, readInput } from './input';
import type { Recurrent } from './objects';
import { Refusal } from './refusal';

const recurrentFields = z.object({
	Interval: interval,
	Period: count,
	Amount: amount.optional(),
	StartDate: moment.optional(),
	MaxPeriods: count.optional(),
});

/** The wish for a subscription. @throws Refusal when it is wrong, or has no account to belong to */
export function readRecurrent(input: Input, accountId: string | null): Recurrent {
	const { Interval, Period, Amount, StartDate, MaxPeriods } = readInput(recurrentFields, input);
	if (accountId === null) throw new Refusal('AccountId is required');
	return {
		interval: Interval, period: Period, amountMinor: Amount ?? null, startAt: StartDate ?? null,
		maxPeriods: MaxPeriods ?? null,
	};
}

/**
 * What `JsonData` asks for under `cloudPayments`: a receipt, which must fit the amount, and a subscription (§7, §9).
 *
 * @returns the wish for a subscription
 * @throws Refusal when either is wrong
 */
export function readExtras(json: string | null, amountMinor: number, accountId: string | null): Recurrent | null {
	const own = child(parseJson(json ?? ''), 'cloudpayments');
	const receipt = child(own, 'customerreceipt');
	if (receipt !== undefined) readReceipt(receipt, amountMinor);
	const recurrent = child(own, 'recurrent');
	return recurrent === undefined ? null : readRecurrent(asInput(recurrent), accountId);
}

/** The value of a name in any letter case. */
function child(value: unknown, name: string): unknown {
	return Object.entries(asInput(value)).find(([key]) => key.toLowerCase() === name)?.[1];
}
