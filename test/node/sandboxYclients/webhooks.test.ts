import { COMPANY, onlineRequest, type Stage, startStage, wholeRecord } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const HOOKS = `/hooks_settings/${COMPANY}`;
const settle = async () => await stage.control.waitForDeliveries();
const events = () => stage.received().map(({ resource, resource_id: id, status }) => [resource, id, status]);

describe('webhook settings', () => {
	it('begin with the address given', async () => {
		const { status, data } = await stage.get(HOOKS);
		expect(status).toBe(200);
		expect(data.data).toMatchObject({
			urls: [`${stage.merchant.url}/hook/secret-of-nobody`], active: 1, record: 1, client: 0, salon: 0, schedule: 0,
		});
	});

	it('are off when nobody listens', async () => {
		const empty = await startStage({ webhookUrl: undefined });
		expect((await empty.get(HOOKS)).data.data).toMatchObject({ urls: [], active: 0, record: 0 });
		await empty.close();
	});

	it('are replaced as a whole: whoever does not read first erases the others', async () => {
		const urls = ['http://127.0.0.1:9/mine'];
		const { status, data } = await stage.post(HOOKS, { urls });
		expect([status, data.data]).toEqual([201, expect.objectContaining({ urls, active: 0, record: 0 })]);
		expect(stage.control.hooks()).toMatchObject({ urls, active: 0, flags: { record: 0 } });
	});

	it('survive read, add, write back', async () => {
		await stage.post(HOOKS, { urls: ['http://127.0.0.1:9/theirs'], active: 1, good: 1, schedule: '1', record: true });
		const { data } = await stage.get(HOOKS);
		const urls = [...data.data.urls, 'http://127.0.0.1:9/mine'];
		expect((await stage.post(HOOKS, { ...data.data, urls })).data.data).toEqual({ ...data.data, urls });
		expect(data.data).toMatchObject({ good: 1, schedule: 1, record: 1 });
	});

	it.each([[{ urls: 'http://127.0.0.1:9/' }], [{ urls: ['nowhere'] }], [{ active: 2 }], [{ urls: [], record: 'yes' }]])(
		'refuse %o', async (body) => {
			const before = stage.control.hooks();
			expect((await stage.post(HOOKS, body)).status).toBe(422);
			expect(stage.control.hooks()).toEqual(before);
		},
	);
});

describe('webhooks', () => {
	it('YL2: tell of creation, change and deletion, with the whole record, unsigned', async () => {
		const { id } = stage.control.addRecord({ client: { name: 'Анна', phone: '+79990001122' } });
		await settle();
		const changed = stage.control.setAttendance(id, 1);
		await settle();
		const deleted = stage.control.deleteRecord(id);
		await settle();
		expect(events()).toEqual([['record', id, 'create'], ['record', id, 'update'], ['record', id, 'delete']]);
		expect(stage.received()[1]).toEqual({
			company_id: COMPANY, resource: 'record', resource_id: id, status: 'update', data: changed,
		});
		expect(stage.received()[2]?.data).toEqual(deleted);
		expect(deleted).toMatchObject({ deleted: true, services: [{ cost: 2000 }] });
		const [first] = stage.merchant.webhooks;
		expect(first?.path).toBe('/hook/secret-of-nobody');
		expect(Object.keys(first?.headers ?? {}).sort()).toEqual(['connection', 'content-length', 'content-type', 'host']);
	});

	it('tell of what the API did', async () => {
		const { data } = await stage.post(`/records/${COMPANY}`, wholeRecord());
		await stage.post(`/book_record/${COMPANY}`, onlineRequest({}, { staff_id: 9002 }));
		await stage.remove(`/record/${COMPANY}/${data.data.id}`);
		await settle();
		expect(events().map(([, , status]) => status).sort()).toEqual(['create', 'create', 'delete']);
	});

	it('tell of clients only those who asked', async () => {
		stage.control.addClient({ name: 'Анна' });
		stage.control.setHooks({ urls: [stage.merchant.url], active: 1, client: 1 });
		const { id } = stage.control.addClient({ name: 'Вера', phone: '+79990003344' });
		stage.control.editClient(id, { email: 'vera@example.com' });
		stage.control.addRecord();
		await settle();
		expect(events().sort()).toEqual([['client', id, 'create'], ['client', id, 'update']]);
		stage.control.setHooks({ urls: [stage.merchant.url], active: 0, client: 1 });
		stage.control.addClient({ name: 'Никто' });
		await settle();
		expect(stage.merchant.webhooks).toHaveLength(2);
	});

	it('go to every address', async () => {
		stage.control.setHooks({ urls: [`${stage.merchant.url}/one`, `${stage.merchant.url}/two`], active: 1, record: 1 });
		stage.control.addRecord();
		await settle();
		expect(stage.merchant.webhooks.map(({ path }) => path).sort()).toEqual(['/one', '/two']);
	});

	it.each([500, 'drop', 302] as const)('are not repeated after %s', async (answer) => {
		stage.merchant.answer(answer);
		stage.control.addRecord();
		await settle();
		stage.control.advance(86_400_000);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(stage.merchant.webhooks).toHaveLength(1);
		expect(stage.control.deliveries()).toHaveLength(1);
		expect(stage.control.deliveries({ status: answer === 'drop' ? null : answer })).toHaveLength(1);
	});

	it('give up on a receiver that hangs', async () => {
		const hasty = await startStage({ webhookTimeoutMs: 50 });
		hasty.merchant.answer('hang');
		hasty.control.addRecord();
		await expect(hasty.control.waitForDeliveries(10)).rejects.toThrow('1 webhooks not answered within 10 ms');
		await hasty.control.waitForDeliveries();
		expect(hasty.control.deliveries()[0]).toMatchObject({ status: null, error: 'No answer within 50 ms' });
		await hasty.close();
	});

	it('never leave this machine', async () => {
		stage.control.setHooks({ urls: ['http://192.0.2.1/hook'], active: 1, record: 1 });
		stage.control.addRecord();
		await settle();
		expect(stage.control.deliveries()[0]).toMatchObject({ status: null, error: expect.stringContaining('Not sent') });
	});

	it('come in copies at once, or never', async () => {
		stage.control.duplicateNext(3);
		stage.control.addRecord();
		stage.control.loseNext();
		const { id } = stage.control.addRecord();
		stage.control.addRecord();
		await settle();
		expect(stage.merchant.webhooks).toHaveLength(4);
		expect(new Set(stage.merchant.webhooks.map(({ raw }) => raw)).size).toBe(2);
		expect(events().map(([, resourceId]) => resourceId)).not.toContain(id);
		expect(stage.control.deliveries({ kind: 'lost' })).toMatchObject([{ resourceId: id }]);
	});

	it.each([
		['given', [0, 1, 2]],
		['reversed', [2, 1, 0]],
	] as const)('wait and come in the order %s, each with its version', async (order, expected) => {
		stage.control.holdDeliveries();
		const { id } = stage.control.addRecord();
		stage.control.setAttendance(id, 1);
		stage.control.setAttendance(id, -1);
		expect(stage.merchant.webhooks).toEqual([]);
		await stage.control.releaseDeliveries(order);
		const versions = [0, 1, -1];
		expect(stage.received().map(({ data }) => data.attendance)).toEqual(expected.map((index) => versions[index]));
		stage.control.setAttendance(id, 2);
		await settle();
		expect(stage.merchant.webhooks).toHaveLength(4);
	});

	it('come in any order asked for, or together', async () => {
		stage.control.holdDeliveries();
		const ids = [1, 2, 3, 4].map(() => stage.control.addRecord().id);
		const held = stage.control.heldDeliveries();
		expect(held.map(({ resourceId }) => resourceId)).toEqual(ids);
		await stage.control.releaseDeliveries([held[2]?.id ?? 0, held[0]?.id ?? 0]);
		expect(events().map(([, id]) => id)).toEqual([ids[2], ids[0], ids[1], ids[3]]);
		stage.control.holdDeliveries();
		for (const id of ids) stage.control.setAttendance(id, 1);
		await stage.control.releaseDeliveries('together');
		expect(events().slice(4).map(([, id]) => id).sort()).toEqual(ids);
	});

	it('can be sent again, in copies, as the record is now', async () => {
		const [id = 0] = stage.control.addRecords(1);
		expect(await stage.control.deliver(id, { copies: 3 })).toEqual([200, 200, 200]);
		expect(events()).toEqual(Array.from({ length: 3 }, () => ['record', id, 'update']));
		stage.control.deleteRecord(id);
		await settle();
		await stage.control.deliver(id);
		expect(events().slice(3)).toEqual([['record', id, 'delete'], ['record', id, 'delete']]);
	});

	it('carry a few keys, or come in an array', async () => {
		const { id, date } = stage.control.addRecord();
		await settle();
		stage.control.set({ webhookBodies: 'partial' });
		await stage.control.deliver(id);
		expect(stage.received()[1]).toMatchObject({ resource: 'record', resource_id: id });
		expect(stage.received()[1]?.data).toEqual({ id, company_id: COMPANY, date, attendance: 0 });
		stage.control.set({ webhookBodies: 'wrapped' });
		await stage.control.deliver(id);
		expect(stage.received()[2]).toEqual([expect.objectContaining({ resource_id: id, data: stage.control.record(id) })]);
	});

	it('can be forged, to the right address or another', async () => {
		stage.merchant.answer(404);
		expect(await stage.control.sendForged({ any: ['thing'] })).toEqual([404]);
		expect(await stage.control.sendForged(7, `${stage.merchant.url}/guess`)).toEqual([200]);
		expect(stage.merchant.webhooks.map(({ path, raw }) => [path, raw])).toEqual([
			['/hook/secret-of-nobody', '{"any":["thing"]}'], ['/guess', '7'],
		]);
		expect(stage.control.deliveries({ kind: 'forged' })).toHaveLength(2);
	});
});
