import { COMPANY, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const client = { name: 'Анна', phone: '+79990001122', email: 'anna@example.com' };

type Loose = Record<string, never>;

/** Four records, one for each way to lose types, by the remainder of the id; the fifth of each way is a walk-in. */
async function drifted(): Promise<{ ways: Loose[]; walkIns: Loose[] }> {
	stage.control.addRecords(8, (index) => ({
		client: index < 4 ? client : null,
		attendance: 1,
		paid: true,
		services: [{ unitMinor: 199_999 }],
		startsAt: '2026-03-10T09:00:00Z',
		changedAt: '2026-03-10T11:07:40Z',
	}));
	stage.control.drift(true);
	const rows: Loose[] = (await stage.get(`/records/${COMPANY}`)).data.data;
	const sorted = [...rows].sort((left, right) => (Number(left.id) % 4) - (Number(right.id) % 4));
	const hasClient = (row: Loose) => !!row.client && !Array.isArray(row.client);
	return { ways: sorted.filter(hasClient), walkIns: sorted.filter((row) => !hasClient(row)) };
}

describe('drift', () => {
	it('turns numbers and booleans into text', async () => {
		const { ways: [text] } = await drifted();
		expect(text).toMatchObject({
			id: expect.stringMatching(/^\d+$/), visit_id: expect.any(String), attendance: '1', paid_full: '1', deleted: '0',
			api_id: '0', record_labels: [{ id: expect.any(String) }], services: [{ id: '3068094', cost: '1999.99' }],
			company_id: String(COMPANY),
		});
	});

	it('turns empty objects into arrays and booleans into numbers', async () => {
		const { ways: [, arrays], walkIns } = await drifted();
		expect(arrays).toMatchObject({ deleted: 0, prepaid: 0, comment: null, api_id: null, staff: { position: [] } });
		const clients = walkIns.map((record) => ('client' in record ? record.client : 'absent'));
		expect(clients).toEqual([null, [], 'absent', null]);
	});

	it('leaves keys out', async () => {
		const { ways: [, , short] } = await drifted();
		for (const key of ['attendance', 'documents', 'create_date']) expect(short).not.toHaveProperty(key);
		expect(short).toMatchObject({ visit_attendance: 1, last_change_date: '2026-03-10T11:07:40+0000' });
		expect(Object.keys(short?.services?.[0] ?? {})).not.toContain('cost_to_pay');
		expect(Object.keys(short?.client ?? {})).toEqual(['id', 'name', 'phone', 'card', 'email', 'success_visits_count']);
	});

	it('adds noise to amounts, a wrong offset and unknown keys', async () => {
		const { ways: [, , , noisy] } = await drifted();
		const cost: number = noisy?.services?.[0]?.['cost'] ?? 0;
		expect(cost).not.toBe(1999.99);
		expect(Math.round(cost * 100)).toBe(199_999);
		expect(noisy).toMatchObject({
			date: '2026-03-10 12:00:00', datetime: '2026-03-10T12:00:00+04:00',
			last_change_date: '2026-03-10T14:07:40+03:00', something_new: expect.anything(),
		});
	});

	it('is the same every time, in webhooks too, and ends when told to', async () => {
		const { id } = stage.control.addRecord({ client });
		stage.control.drift();
		const read = async () => (await stage.get(`/record/${COMPANY}/${id}`)).data.data;
		const first = await read();
		expect(await read()).toEqual(first);
		stage.merchant.webhooks.length = 0;
		await stage.control.deliver(id);
		expect(stage.received()[0]?.data).toEqual(first);
		stage.control.drift(false);
		expect(await read()).toEqual(stage.control.record(id));
	});
});
