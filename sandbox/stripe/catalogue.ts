import { z } from 'zod';
import type { Account } from './account';
import { decimalsOf } from './money';
import type { Price, Product } from './objects';
import { integer, mergeMetadata, metadata, refuse, text } from './parameters';

const MAX_UNIT_AMOUNT = 99_999_999;

const currency = z.string().superRefine((code, ctx) => {
	if (decimalsOf(code) === null) refuse(ctx, `Invalid currency: ${code}. Currencies are three lower-case letters.`);
});

const recurring = z.object({
	interval: z.enum(['day', 'week', 'month', 'year']),
	interval_count: integer.optional(),
}).strict();

export const newProduct = z.object({
	name: text(),
	description: text().optional(),
	metadata: metadata.optional(),
}).strict();

const priceFields = z.object({
	currency,
	unit_amount: integer.optional(),
	unit_amount_decimal: z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'not a decimal').optional(),
	product: text().optional(),
	recurring: recurring.optional(),
	tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
});

const NO_PRODUCT = 'You must specify either `product` or `product_data` when creating a price.';
const NO_AMOUNT = 'You must specify either `unit_amount` or `unit_amount_decimal`.';

function checkPrice(
	given: z.output<typeof priceFields> & { readonly product_data?: unknown },
	ctx: z.RefinementCtx,
): void {
	const { unit_amount: amount, unit_amount_decimal: decimal } = given;
	if ((given.product === undefined) === (given.product_data === undefined)) refuse(ctx, NO_PRODUCT);
	if ((amount === undefined) === (decimal === undefined)) refuse(ctx, NO_AMOUNT);
	if (amount === undefined) return;
	if (amount < 0) refuse(ctx, 'Invalid non-negative integer', 'parameter_invalid_integer', ['unit_amount']);
	if (amount > MAX_UNIT_AMOUNT) {
		refuse(ctx, `Amount must be no more than ${MAX_UNIT_AMOUNT}`, 'amount_too_large', ['unit_amount']);
	}
	if (decimalsOf(given.currency) === 3 && amount % 10 !== 0) {
		refuse(ctx, 'Amounts in a three-decimal currency must be evenly divisible by 10', undefined, ['unit_amount']);
	}
}

/** `price_data` of a line item. */
export const priceData = priceFields.extend({ product_data: newProduct.optional() }).strict().superRefine(checkPrice);
export const newPrice = priceFields
	.extend({ product_data: newProduct.optional(), metadata: metadata.optional() })
	.strict()
	.superRefine(checkPrice);

/** Prices there are from the start, so that a price id can be tried without making one first. */
const READY_PRICES = [
	{ id: 'price_sandboxCourse', name: 'Course', currency: 'eur', unitAmount: 4900, interval: null },
	{ id: 'price_sandboxMonthly', name: 'Club, monthly', currency: 'eur', unitAmount: 1900, interval: 'month' },
] as const;

/** Products and prices. */
export class Catalogue {
	constructor(private readonly account: Account) {
		for (const { id, name, currency: code, unitAmount, interval } of READY_PRICES) {
			const product = this.addProduct({ name });
			const period = interval && { interval, interval_count: 1 };
			account.prices.add({ ...this.price(product.id, code, String(unitAmount), period, {}), id });
		}
	}

	addProduct(given: z.output<typeof newProduct>): Product {
		return this.account.products.add({
			...this.account.newObject('prod', 'product'),
			active: true,
			name: given.name,
			metadata: mergeMetadata({}, given.metadata),
		});
	}

	/** @throws ApiError when the product does not exist */
	addPrice(given: z.output<typeof newPrice>): Price {
		const product = given.product_data
			? this.addProduct(given.product_data).id
			: this.account.products.get(given.product ?? '', 'product').id;
		const { recurring: period } = given;
		return this.account.prices.add(
			this.price(
				product,
				given.currency,
				given.unit_amount_decimal ?? String(given.unit_amount),
				period ? { interval: period.interval, interval_count: period.interval_count ?? 1 } : null,
				mergeMetadata({}, given.metadata),
			),
		);
	}

	nameOf(price: Price): string {
		return this.account.products.get(price.product).name;
	}

	private price(
		product: string,
		code: string,
		unitAmount: string,
		period: Price['recurring'],
		own: Price['metadata'],
	): Price {
		return {
			...this.account.newObject('price', 'price'),
			active: true,
			currency: code,
			product,
			type: period ? 'recurring' : 'one_time',
			recurring: period,
			unit_amount: unitAmount.includes('.') ? null : Number(unitAmount),
			unit_amount_decimal: unitAmount,
			metadata: own,
		};
	}
}
