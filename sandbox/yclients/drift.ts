import type { Booking } from './booking';
import type { RecordJson } from './views';

type Loose = Readonly<Record<string, unknown>>;

/** The ways a record was seen to lose its types (providers/yclients.md §2); a record always takes the same one. */
const WAYS: ReadonlyArray<(plain: RecordJson, booking: Booking) => Loose> = [
	numbersAsText, emptyAsArrays, keysLeftOut, floatNoise,
];

/** The same record as PHP may write it: the way is the remainder of its id by four. The meaning stays. */
export function applyDrift(plain: RecordJson, booking: Booking): object {
	const way = WAYS[booking.id % WAYS.length] ?? numbersAsText;
	return way(plain, booking);
}

function numbersAsText(plain: RecordJson): Loose {
	return {
		...plain,
		id: String(plain.id),
		company_id: String(plain.company_id),
		visit_id: String(plain.visit_id),
		attendance: String(plain.attendance),
		visit_attendance: String(plain.visit_attendance),
		paid_full: String(plain.paid_full),
		deleted: plain.deleted ? '1' : '0',
		online: plain.online ? '1' : '0',
		seance_length: String(plain.seance_length),
		clients_count: String(plain.clients_count),
		api_id: plain.api_id === '' ? '0' : plain.api_id,
		record_labels: [{ id: '4551', title: 'VIP' }],
		services: plain.services.map((service) => {
			return Object.fromEntries(Object.entries(service).map(([key, value]) => [key, textOf(key, value)]));
		}),
		client: plain.client && { ...plain.client, id: String(plain.client.id), is_new: plain.client.is_new ? 1 : 0 },
	};
}

function emptyAsArrays(plain: RecordJson): Loose {
	return {
		...plain,
		client: plain.client ?? [],
		comer: [],
		staff: { ...(plain.staff as object), position: [] },
		deleted: plain.deleted ? 1 : 0,
		online: plain.online ? 1 : 0,
		prepaid: 0,
		prepaid_confirmed: 0,
		comment: plain.comment === '' ? null : plain.comment,
		api_id: plain.api_id === '' ? null : plain.api_id,
		activity_id: plain.activity_id === 0 ? null : plain.activity_id,
	};
}

/** The short old form; who changed it last wrote the moment in UTC. */
function keysLeftOut(plain: RecordJson, { changedAt }: Booking): Loose {
	const rare = ['attendance', 'goods_transactions', 'documents', 'custom_fields', 'create_date', 'is_update_blocked'];
	const { client } = plain;
	return {
		...without(plain, [...rare, 'client']),
		...(client && { client: pick(client, ['id', 'name', 'phone', 'card', 'email', 'success_visits_count']) }),
		services: plain.services.map((service) => without(service, ['cost_to_pay', 'manual_cost'])),
		last_change_date: `${new Date(changedAt).toISOString().slice(0, 19)}+0000`,
	};
}

/** Amounts as sums of floats come out; `datetime` has a wrong offset, as after a change of the clocks. */
function floatNoise(plain: RecordJson): Loose {
	const wall = plain.datetime.slice(0, 19);
	return {
		...plain,
		datetime: `${wall}${plain.datetime.endsWith('+03:00') ? '+04:00' : '+03:00'}`,
		last_change_date: plain.last_change_date.replace(/(\d{2})$/, ':$1'),
		services: plain.services.map((service) => ({ ...service, cost: noisy(service.cost) })),
		technical_break_duration: null,
		something_new: { of: ['next', 'year'] },
	};
}

function without(object: Loose, keys: readonly string[]): Loose {
	return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function pick(object: Loose, keys: readonly string[]): Loose {
	return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function textOf(key: string, value: unknown): unknown {
	if (typeof value !== 'number') return value;
	return key.includes('cost') ? value.toFixed(2) : String(value);
}

/** Off by less than a thousandth of a kopeck. */
function noisy(amount: number): number {
	return amount - amount * Number.EPSILON * 2;
}
