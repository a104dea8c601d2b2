import fc from 'fast-check';

import { toBooking, UnreadableRecordError, type BookingPolicy } from '../../../nodes/YClients/booking';
import { toKopecks } from '../../../nodes/YClients/kopecks';
import { parseEvents } from '../../../nodes/LoyaltyCalculator/events';
import { record, sample, service, type Raw } from './samples';

const moscow: BookingPolicy = { timeZone: 'Europe/Moscow' };

describe('a record as a booking', () => {
	it('YL2 has one form, with texts for ids, UTC and kopecks', () => {
		expect(toBooking(record(), moscow)).toEqual({
			id: '700100001',
			companyId: '555001',
			visitId: '800100001',
			status: 'completed',
			paid: true,
			baseKopecks: 229_999,
			services: [
				{ id: '3068094', title: 'Маникюр с покрытием', costKopecks: 199_999 },
				{ id: '3068101', title: 'Дизайн ногтей', costKopecks: 30_000 },
			],
			goods: [],
			visitAt: '2026-03-10T09:00:00.000Z',
			durationSeconds: 5400,
			createdAt: '2026-03-01T06:12:44.000Z',
			changedAt: '2026-03-10T11:07:40.000Z',
			staff: { id: '9001', name: 'Мария' },
			client: { id: '501001', name: 'Анна Петрова', email: 'anna.petrova@example.com', phone: '70001112233' },
			comment: 'Код клиента: ABC12345',
			clientCodes: ['ABC12345'],
			apiId: null,
			isOnline: true,
			warnings: [],
		});
	});

	it('reads every record of the list sample', () => {
		const bookings = (sample('records-list-page').data as Raw[]).map((row) => toBooking(row, moscow));
		expect(
			bookings.map(({ id, status, client, baseKopecks }) => [id, status, client?.email ?? null, baseKopecks]),
		).toEqual([
			['700100002', 'confirmed', null, 200_000],
			['700100003', 'completed', null, 150_000],
			['700100004', 'no_show', 'vera@example.org', 600_000],
		]);
		expect(bookings[1]?.client).toBeNull();
	});

	it('is what the Loyalty Calculator takes', () => {
		const at = '2026-03-11T00:00:00Z';
		const [event] = parseEvents([{ type: 'record', at, record: { ...toBooking(record(), moscow), userId: '7' } }]);
		expect(event).toMatchObject({
			record: { id: '700100001', status: 'completed', services: [{ costKopecks: 199_999 }, {}] },
		});
	});

	it.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a text', 'record'],
		['a list', []],
		['no id', {}],
		['id 0', { id: 0 }],
		['an id that is none', { id: 'abc' }],
	])('is refused when it is %s', (_name, value) => {
		expect(() => toBooking(value)).toThrow(UnreadableRecordError);
	});

	it('keeps its details when types drift', () => {
		const drifted = {
			...record(),
			id: '700100001',
			company_id: '555001',
			visit_id: '800100001',
			attendance: '1',
			visit_attendance: '1',
			deleted: '0',
			paid_full: '1',
			online: 1,
			services: {
				'1': service({ id: '3068094', cost: '1 999,99' }),
				'5': service({ id: 3068101, cost: '300.00' }),
			},
			goods_transactions: {},
			staff: [],
		};
		const { id, companyId, visitId, status, paid, isOnline, baseKopecks, staff, goods } = toBooking(
			drifted,
			moscow,
		);
		expect({ id, companyId, visitId, status, paid, isOnline, baseKopecks, goods }).toEqual({
			id: '700100001',
			companyId: '555001',
			visitId: '800100001',
			status: 'completed',
			paid: true,
			isOnline: true,
			baseKopecks: 229_999,
			goods: [],
		});
		expect(staff).toEqual({ id: '9001', name: null });
	});

	it.each<[string, unknown]>([
		['null', null],
		['absent', undefined],
		['a list', []],
		['without anything in it', { id: 0, name: '', phone: '', email: '' }],
	])('has no client when it is %s', (_name, client) => {
		expect(toBooking(record({ client })).client).toBeNull();
	});

	it('takes the short old form of a client', () => {
		const client = {
			id: '12',
			name: '',
			display_name: 'Ольга',
			phone: '8 (000) 111-22-33',
			email: ' Olga@Example.com ',
		};
		expect(toBooking(record({ client })).client).toEqual({
			id: '12',
			name: 'Ольга',
			email: 'olga@example.com',
			phone: '80001112233',
		});
	});

	it.each([
		'',
		'+7000***2233',
		'+700011122**33',
		'+38000111223X',
		'+7 000 111 22 3х',
		'+7 000 ••• 22 33',
		'+7000XXX2233',
		'+7000хх12233',
		'123456789',
	])('hides the phone YCLIENTS hides: "%s"', (phone) =>
		expect(toBooking(record({ client: { id: 1, phone } })).client?.phone).toBeNull(),
	);

	it.each<[unknown, string | null]>([
		['our-key-1', 'our-key-1'],
		['', null],
		['0', null],
		[0, null],
		[null, null],
		[42, '42'],
	])('reads api_id %j as %j', (api_id, apiId) => expect(toBooking(record({ api_id })).apiId).toBe(apiId));

	it.each<[unknown]>([[{ toString: false }], [[1]], [{}]])('takes paid_full %j for no', (paid_full) => {
		expect(toBooking(record({ paid_full })).paid).toBe(false);
	});

	it('never throws on any value of any field', () => {
		fc.assert(
			fc.property(fc.constantFrom(...Object.keys(record())), fc.jsonValue(), (field, value) => {
				if (field === 'id') return;
				const { baseKopecks, warnings } = toBooking(record({ [field]: value }), moscow);
				expect(Number.isSafeInteger(baseKopecks) && baseKopecks >= 0).toBe(true);
				expect(Array.isArray(warnings)).toBe(true);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('the status', () => {
	const status = (changes: Raw, policy?: BookingPolicy) => {
		const booking = toBooking(record({ paid_full: 0, ...changes }), policy);
		return [booking.status, booking.warnings];
	};
	const both = (attendance: unknown) => ({ attendance, visit_attendance: attendance });

	it.each<[string, Raw, string]>([
		['came', both(1), 'completed'],
		['did not come', both(-1), 'no_show'],
		['confirmed', both(2), 'confirmed'],
		['waits', both(0), 'pending'],
		['has a value of its own', both(7), 'pending'],
		['has none', both(null), 'pending'],
		['came, as text', both('1'), 'completed'],
		['did not come, as text', both('-1'), 'no_show'],
		['deleted after coming', { ...both(1), deleted: true }, 'cancelled'],
		['deleted as 1', { ...both(1), deleted: 1 }, 'cancelled'],
		['deleted as text', { ...both(1), deleted: '1' }, 'cancelled'],
		['not deleted as text', { ...both(1), deleted: '0' }, 'completed'],
		['not confirmed', { ...both(1), confirmed: 0 }, 'completed'],
	])('YL5 of somebody who %s', (_name, changes, expected) => expect(status(changes)).toEqual([expected, []]));

	it('cancels what a delete event is about, whatever the record says', () => {
		expect(status(both(1), { event: 'delete' })).toEqual(['cancelled', []]);
		expect(status(both(1), { event: 'update' })).toEqual(['completed', []]);
	});

	it('goes by attendance, and by visit_attendance only without it', () => {
		expect(status({ attendance: 0, visit_attendance: 1 })).toEqual(['pending', ['attendance_mismatch']]);
		expect(status({ attendance: 1, visit_attendance: 0 })).toEqual(['completed', ['attendance_mismatch']]);
		expect(status({ attendance: undefined, visit_attendance: 1 })).toEqual(['completed', []]);
		expect(status({ attendance: 1, visit_attendance: undefined })).toEqual(['completed', []]);
	});

	it.each<[unknown, string, string[]]>([
		[0, 'pending', ['attended_unpaid']],
		['0', 'pending', ['attended_unpaid']],
		[1, 'completed', []],
		['1', 'completed', []],
		[true, 'completed', []],
	])('with paid_full %j and payment asked for is %s', (paid_full, expected, warnings) => {
		expect(status({ ...both(1), paid_full }, { completion: 'attended_and_paid' })).toEqual([expected, warnings]);
	});

	it('is not completed by payment alone', () => {
		expect(status({ ...both(0), paid_full: 1 }, { completion: 'attended_and_paid' })).toEqual(['pending', []]);
		expect(status({ ...both(2), paid_full: 1 })).toEqual(['confirmed', []]);
	});
});

describe('money', () => {
	it.each<[unknown, number | null]>([
		[1999.99, 199_999],
		['1999.99', 199_999],
		['1999,99', 199_999],
		['2 299', 229_900],
		[19.99, 1_999],
		[8.2, 820],
		[1.1, 110],
		[0.66000000000000003, 66],
		[0, 0],
		['0', 0],
		['', null],
		[null, null],
		[undefined, null],
		[-5, null],
		[Number.NaN, null],
		[Number.POSITIVE_INFINITY, null],
		['12abc', null],
		['1e3', null],
		[[5], null],
		[{}, null],
		[true, null],
	])('%j roubles are %j kopecks', (roubles, kopecks) => expect(toKopecks(roubles)).toBe(kopecks));

	it('is right for every amount up to 3000.00', () => {
		for (let kopecks = 0; kopecks <= 300_000; kopecks++) {
			if (toKopecks(kopecks / 100) !== kopecks) throw new Error(`wrong at ${kopecks}`);
		}
	});

	it('is the sum of the lines, never times amount or seats', () => {
		const services = [
			service({ cost: 20_000, cost_per_unit: 5_000, amount: 4 }),
			service({ cost: 0.1 }),
			service({ cost: 0.2 }),
		];
		expect(toBooking(record({ services, clients_count: 3 })).baseKopecks).toBe(2_000_030);
	});

	it('is what is really due, not what it was before loyalty paid a part', () => {
		expect(toBooking(record({ services: [service({ manual_cost: 22_000, cost: 11_523.81 })] })).baseKopecks).toBe(
			1_152_381,
		);
	});

	it('is there without cost_to_pay, and without cost', () => {
		expect(toBooking(record({ services: [service({ cost: 5, cost_to_pay: undefined })] })).baseKopecks).toBe(500);
		expect(toBooking(record({ services: [service({ cost: undefined, cost_to_pay: 6 })] })).baseKopecks).toBe(600);
	});

	it.each<[unknown]>([['free'], [-1], [null]])('is 0 and warned about for a line of %j', (cost) => {
		const { baseKopecks, warnings } = toBooking(
			record({ services: [service({ cost, cost_to_pay: null }), service({ cost: 3 })] }),
		);
		expect([baseKopecks, warnings]).toEqual([300, ['unreadable_cost']]);
	});

	it('is 0 without services', () => expect(toBooking(record({ services: [] })).baseKopecks).toBe(0));

	it('keeps goods apart', () => {
		const goods_transactions = [{ id: 5, good_id: 77, title: 'Крем', amount: -1, cost: 450.5 }];
		const { goods, baseKopecks } = toBooking(record({ goods_transactions }));
		expect(goods).toEqual([{ id: '77', title: 'Крем', costKopecks: 45_050 }]);
		expect(baseKopecks).toBe(229_999);
	});
});

describe('times', () => {
	const visit = (date: unknown, datetime: unknown, timeZone?: string) => {
		const { visitAt, warnings } = toBooking(record({ date, datetime }), { timeZone });
		return [visitAt, warnings];
	};

	it('go by the clock of the branch, because the offset can be wrong', () => {
		expect(visit('2026-03-10 23:30:00', '2026-03-10T23:30:00+10:00', 'Asia/Vladivostok')).toEqual([
			'2026-03-10T13:30:00.000Z',
			[],
		]);
		expect(visit('2026-07-01 12:00:00', '2026-07-01T12:00:00+02:00', 'Europe/Kyiv')).toEqual([
			'2026-07-01T09:00:00.000Z',
			['offset_mismatch'],
		]);
	});

	it('go by the record without a zone', () => {
		expect(visit('2026-03-10 12:00:00', '2026-03-10T12:00:00+05:00')).toEqual(['2026-03-10T07:00:00.000Z', []]);
	});

	it('are warned about when they cannot be read', () => {
		expect(visit('soon', 'soon', 'Europe/Moscow')).toEqual([null, ['unreadable_time']]);
		expect(visit('2026-03-10 12:00:00', null)).toEqual([null, ['unreadable_time']]);
		expect(visit(null, '2026-03-10T12:00:00+0300', 'Europe/Moscow')).toEqual(['2026-03-10T09:00:00.000Z', []]);
	});

	it.each([
		['2026-03-10T14:07:40+0300', '2026-03-10T11:07:40.000Z'],
		['2026-03-10T14:07:40+03:00', '2026-03-10T11:07:40.000Z'],
		['2026-03-10T11:07:40Z', '2026-03-10T11:07:40.000Z'],
		['2026-03-10T04:37:40-06:30', '2026-03-10T11:07:40.000Z'],
		['2026-03-10 14:07:40', '2026-03-10T11:07:40.000Z'],
	])('YL8 of one version are one instant: %s', (last_change_date, instant) => {
		expect(toBooking(record({ last_change_date }), moscow).changedAt).toBe(instant);
	});

	it('of the creation stand in for those of the change', () => {
		const { changedAt, createdAt, warnings } = toBooking(record({ last_change_date: '' }), moscow);
		expect([changedAt, warnings]).toEqual([createdAt, ['unknown_version']]);
	});
});

it('YL7 warns about something behind the label that is no code', () => {
	expect(toBooking(record({ comment: 'Код клиента: ABC1234' }))).toMatchObject({
		clientCodes: [],
		warnings: ['unreadable_code'],
	});
	const own = toBooking(record({ comment: 'Код клиента: AB-77' }), { codePattern: 'AB-\\d+' });
	expect([own.clientCodes, own.warnings]).toEqual([['AB-77'], []]);
	expect(() => toBooking(record(), { codePattern: '(' })).toThrow(RangeError);
});
