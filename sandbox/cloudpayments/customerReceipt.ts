import { z } from 'zod';
import { toMinor } from '../../nodes/shared/money';
import { Refusal } from './refusal';

const VAT_RATES = [0, 5, 7, 10, 20, 22, 105, 107, 110, 120, 122];

const number = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform(String);
const money = number.transform((value) => toMinor(value, 'RUB')).pipe(z.number().int().min(0));
const choice = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

const itemSchema = z.object({
	label: z.string().trim().min(1),
	price: money,
	quantity: number.transform(Number).pipe(z.number().positive()),
	amount: money,
	vat: z.coerce.number().refine((rate) => VAT_RATES.includes(rate)).nullish(),
	method: choice(1, 7).optional(),
	object: choice(1, 30).optional(),
});

const receiptSchema = z.object({
	items: z.array(itemSchema).min(1),
	taxationsystem: choice(0, 5).optional(),
	email: z.string().email().optional(),
	phone: z.string().optional(),
});

/**
 * Checks a receipt (providers/cloudpayments.md §9); the letter case of the names does not matter.
 *
 * @param amountMinor what its total must be; null when nothing is paid with it
 * @returns its total in minor units
 * @throws Refusal naming what is wrong
 */
export function readReceipt(receipt: unknown, amountMinor: number | null): number {
	const { data, error } = receiptSchema.safeParse(withLowerCaseKeys(receipt));
	if (!data) throw new Refusal(`CustomerReceipt is invalid: ${error.issues[0]?.path.join('.') || 'no receipt'}`);
	const tooDear = data.items.findIndex(({ price, quantity, amount }) => amount > Math.round(price * quantity));
	if (tooDear >= 0) throw new Refusal(`CustomerReceipt is invalid: items.${tooDear}.amount is over price and quantity`);
	const total = data.items.reduce((sum, { amount }) => sum + amount, 0);
	if (total === 0) throw new Refusal('CustomerReceipt is invalid: the total is zero');
	if (amountMinor !== null && total !== amountMinor) {
		throw new Refusal('CustomerReceipt is invalid: the total is not the amount');
	}
	return total;
}

function withLowerCaseKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withLowerCaseKeys);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), withLowerCaseKeys(one)]));
}
