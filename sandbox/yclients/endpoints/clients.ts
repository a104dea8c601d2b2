import { z } from 'zod';
import { ApiError, readBody } from '../apiError';
import type { Client } from '../clients';
import { fullDigits } from '../clients';
import type { Endpoint } from '../endpoint';
import { answer } from '../endpoint';
import { pageOf, slicePage } from '../paging';
import { internationalPhone } from '../recordInput';
import type { Service } from '../service';
import type { ClientJson } from '../views';

/** Fields the search knows; others are dropped without a word (providers/yclients.md §3). */
const SEARCH_FIELDS = new Set([
	'id', 'name', 'phone', 'email', 'discount', 'first_visit_date', 'last_visit_date', 'sold_amount', 'visits_count',
]);
const MOST_FOUND = 200;

const searchBody = z.object({
	page: z.number().int().positive().default(1),
	page_size: z.number().int().positive().max(MOST_FOUND).default(25),
	fields: z.array(z.string()).default(['id']),
	order_by: z.string().default('id'),
	order_by_direction: z.string().regex(/^(asc|desc)$/i).default('asc'),
	operation: z.enum(['AND', 'OR']).default('AND'),
	filters: z.array(z.discriminatedUnion('type', [
		z.object({ type: z.literal('quick_search'), state: z.object({ value: z.string() }) }),
		z.object({ type: z.literal('id'), state: z.object({ value: z.array(z.coerce.number()) }) }),
	])).default([]),
});

const clientBody = z.object({ name: z.string().min(1), phone: z.string().min(1), email: z.string().optional() });

type Filter = z.output<typeof searchBody>['filters'][number];

/** Clients of the salon. */
export function clientEndpoints({ salon, views, modes }: Service): readonly Endpoint[] {
	const shown = (client: Client) => views.client(client, modes.current);
	return [
		{
			method: 'POST', path: '/company/:company/clients/search', access: 'user',
			serve: ({ body }) => {
				const { page, page_size: count, fields, filters, operation, ...order } = readBody(searchBody, body);
				const holds = (client: Client) => (filter: Filter) => meets(client, filter);
				const found = salon.clients.all
					.filter((client) => {
						const isAny = operation === 'OR' && filters.length > 0;
						return isAny ? filters.some(holds(client)) : filters.every(holds(client));
					})
					.map(shown)
					.sort(byField(order.order_by, order.order_by_direction.toLowerCase() === 'desc'));
				const known = fields.filter((field) => SEARCH_FIELDS.has(field));
				const rows = slicePage(found, { page, count }).map((row) => {
					return Object.fromEntries(known.map((field) => [field, row[field]]));
				});
				return answer(rows, 200, { total_count: found.length });
			},
		},
		{
			method: 'GET', path: '/clients/:company', access: 'user',
			serve: ({ query }) => {
				const [phone, email, after] = ['phone', 'email', 'changed_after'].map((name) => query.get(name));
				const { time } = salon.branch;
				const since = after ? time.parse(after, modes.current.changedAfter) : 0;
				if (since === null) throw new ApiError(400, 'Неверное значение фильтра changed_after');
				const found = salon.clients.all.filter((client) => {
					const isPhone = !phone || fullDigits(client.phone).includes(phone.replace(/\D/g, ''));
					return isPhone && (!email || client.email === email) && client.changedAt >= since;
				});
				const page = pageOf(query, 25, MOST_FOUND);
				return answer(slicePage(found, page).map(shown), 200, { page: page.page, total_count: found.length });
			},
		},
		{
			method: 'GET', path: '/client/:company/:client', access: 'user',
			serve: (call) => answer(shown(salon.client(call.id('client')))),
		},
		{
			method: 'PUT', path: '/client/:company/:client', access: 'user',
			serve: (call) => {
				const { id } = salon.client(call.id('client'));
				const { phone, ...given } = readBody(clientBody, call.body);
				return answer(shown(salon.editClient(id, { ...given, phone: internationalPhone(phone) })));
			},
		},
	];
}

/** `quick_search` looks into phone and name. */
function meets(client: Client, filter: Filter): boolean {
	if (filter.type === 'id') return filter.state.value.includes(client.id);
	const text = filter.state.value.toLowerCase();
	const digits = text.replace(/\D/g, '');
	const isPhone = digits.length >= 4 && fullDigits(client.phone).includes(digits);
	return isPhone || client.name.toLowerCase().includes(text);
}

function byField(field: string, isDescending: boolean): (left: ClientJson, right: ClientJson) => number {
	const sign = isDescending ? -1 : 1;
	return (left, right) => {
		const [one, other] = [left[field], right[field]];
		if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
		return sign * String(one ?? '').localeCompare(String(other ?? ''));
	};
}
