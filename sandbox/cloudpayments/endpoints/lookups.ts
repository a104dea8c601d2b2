import { z } from 'zod';
import type { Endpoint } from '../endpoint';
import { success } from '../endpoint';
import { count, offsetMoment, readInput, text } from '../input';
import { transactionModel } from '../models';
import { DAY_MS, HOUR_MS } from '../moments';
import type { Transaction } from '../objects';
import { Refusal } from '../refusal';
import type { Service } from '../service';
import { found } from '../site';

const PAGE_SIZE = 100;

/** Zones the stand-in knows; the service has some thirty. */
const ZONE_HOURS = { UTC: 0, MSK: 3 };

const invoiceOnly = z.object({ InvoiceId: text });
const page = z.object({ PageNumber: count });
const zone = text.pipe(z.enum(['UTC', 'MSK'])).default('UTC');
const day = z.object({ Date: text.pipe(z.string().date()), TimeZone: zone });
const STATUSES = ['Authorized', 'Completed', 'Cancelled', 'Declined'] as const;
const span = z.object({
	CreatedDateGte: offsetMoment,
	CreatedDateLte: offsetMoment,
	PageNumber: count,
	TimeZone: zone,
	Statuses: z.array(z.enum(STATUSES)).or(z.enum(STATUSES).transform((status) => [status])).optional(),
});

/** What can be looked up: payments by number, by day, by time, and saved cards. */
export function lookupEndpoints({ site, tokens }: Service): readonly Endpoint[] {
	const all = () => [...site.transactions.values()];
	const model = (transaction: Transaction) => transactionModel(transaction, site.publicId);
	/** The last operation; a refused one is Success false as where it was refused (providers/cloudpayments.md §2). */
	const find = (isWanted: (transaction: Transaction) => boolean): Endpoint['serve'] => (input) => {
		const { InvoiceId } = readInput(invoiceOnly, input);
		const last = all().filter(({ invoiceId }) => invoiceId === InvoiceId).filter(isWanted).at(-1);
		return { Success: found(last).status !== 'Declined', Message: null, Model: model(found(last)) };
	};
	return [
		{ path: 'payments/find', serve: find(({ type }) => type === 'payment') },
		{ path: 'v2/payments/find', serve: find(() => true) },
		{
			path: 'payments/list',
			serve: (input) => {
				const { Date: date, TimeZone } = readInput(day, input);
				const from = Date.parse(`${date}T00:00:00Z`) - ZONE_HOURS[TimeZone] * HOUR_MS;
				return success(all().filter(({ createdAt }) => {
					const at = Date.parse(createdAt);
					return at >= from && at < from + DAY_MS;
				}).map(model));
			},
		},
		{
			path: 'v2/payments/list',
			serve: (input) => {
				const { CreatedDateGte: from, CreatedDateLte: to, PageNumber, Statuses } = readInput(span, input);
				if (from > to) throw new Refusal('CreatedDateLte is invalid');
				const chosen = all().filter(({ createdAt, status }) => {
					const isWanted = Statuses === undefined || Statuses.some((one) => one === status);
					return isWanted && createdAt >= from && createdAt <= to;
				});
				return success(pageOf(chosen, PageNumber).map(model));
			},
		},
		{
			path: 'payments/tokens/list',
			serve: (input) => {
				const { PageNumber } = readInput(page, input);
				return success(pageOf(tokens.all, PageNumber).map(({ token, accountId, card }) => {
					const [month = null, year = null] = card?.expDate.split('/').map(Number) ?? [];
					return {
						Token: token,
						AccountId: accountId,
						CardMask: card && `${card.firstSix}******${card.lastFour}`,
						ExpirationDateMonth: month,
						ExpirationDateYear: year === null ? null : 2000 + year,
					};
				}));
			},
		},
	];
}

/** @param number from 1 */
function pageOf<Item>(items: readonly Item[], number: number): readonly Item[] {
	return items.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
}
