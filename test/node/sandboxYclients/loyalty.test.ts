import { COMPANY, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const PHONE = '79990001122';
const issue = async (number = '1001', changes: object = {}) => await stage.post(`/loyalty/cards/${COMPANY}`, {
	loyalty_card_number: number, loyalty_card_type_id: 7001, phone: PHONE, ...changes,
});
const post = async (card: number, body: object) => {
	return await stage.post(`/company/${COMPANY}/loyalty/cards/${card}/manual_transaction`, body);
};
const transactions = async (params: object = {}) => await stage.get('/chain/5100/loyalty/transactions', params);

describe('loyalty cards', () => {
	it('are issued by type and found by phone or client', async () => {
		const { id: client } = stage.control.addClient({ name: 'Анна', phone: '8 (999) 000-11-22' });
		const types = (await stage.get(`/loyalty/card_types/salon/${COMPANY}`)).data.data;
		expect(types).toEqual([expect.objectContaining({ id: 7001 })]);
		const { status, data } = await issue();
		expect([status, data.data]).toEqual([201, expect.objectContaining({ number: '1001', balance: 0, type_id: 7001 })]);
		expect((await stage.get(`/loyalty/cards/${PHONE}/5100/${COMPANY}`)).data.data).toEqual([data.data]);
		expect((await stage.get(`/loyalty/cards/%2B${PHONE}/5100/${COMPANY}`)).data.data).toEqual([data.data]);
		expect((await stage.get(`/loyalty/client_cards/${client}`)).data.data).toEqual([data.data]);
		expect((await stage.get(`/loyalty/cards/79990000000/5100/${COMPANY}`)).data.data).toEqual([]);
	});

	it('have one number each and a known type', async () => {
		await issue();
		expect((await issue()).status).toBe(409);
		expect((await issue('1002', { loyalty_card_type_id: 1 })).status).toBe(404);
		expect((await issue('1003', { phone: undefined })).status).toBe(422);
	});

	it('come without the envelope when types drift', async () => {
		await issue();
		stage.control.drift();
		const { data } = await stage.get(`/loyalty/cards/${PHONE}/5100/${COMPANY}`);
		expect(data).toEqual([expect.objectContaining({ number: '1001' })]);
	});

	it('are removed', async () => {
		const { id } = stage.control.addCard(PHONE, '1001');
		expect((await stage.remove(`/loyalty/cards/${COMPANY}/${id}`)).status).toBe(204);
		expect((await stage.remove(`/loyalty/cards/${COMPANY}/${id}`)).status).toBe(404);
	});
});

describe('manual transactions', () => {
	it('add and take away, decimals included, and answer with the card', async () => {
		const { id } = stage.control.addCard(PHONE, '1001');
		const added = await post(id, { amount: 100.1, title: 'key-1' });
		expect([added.status, added.data.data]).toEqual([201, expect.objectContaining({ id, balance: 100.1 })]);
		const taken = await stage.post(`/chain/5100/loyalty/cards/${id}/manual_transaction`, { amount: '-0.2' });
		expect(taken.data.data.balance).toBe(99.9);
		expect((await transactions()).data.data).toEqual([
			expect.objectContaining({ card_id: id, amount: 100.1, type_id: 5, title: 'key-1', visit_id: 0 }),
			expect.objectContaining({ amount: -0.2, type_id: 6 }),
		]);
	});

	it('count twice when repeated after a lost answer: there is no key', async () => {
		const { id } = stage.control.addCard(PHONE, '1001');
		stage.control.applyThenFailNext(1, 504);
		expect((await post(id, { amount: 100, title: 'key-1' })).status).toBe(504);
		expect((await post(id, { amount: 100, title: 'key-1' })).data.data.balance).toBe(200);
		expect(stage.control.loyaltyTransactions().map(({ title }) => title)).toEqual(['key-1', 'key-1']);
	});

	it.each([
		[{ amount: 0 }, 422], [{ amount: 'much' }, 422], [{}, 422], [{ amount: -1 }, 422], [{ amount: 0.001 }, 422],
	])('refuse %o', async (body, status) => {
		const { id } = stage.control.addCard(PHONE, '1001');
		expect((await post(id, body)).status).toBe(status);
		expect(stage.control.loyaltyTransactions()).toEqual([]);
	});

	it('need the card and the right', async () => {
		expect((await post(1, { amount: 1 })).status).toBe(404);
		const { id } = stage.control.addCard(PHONE, '1001');
		stage.control.set({ loyaltyAccess: false });
		expect((await post(id, { amount: 1 })).status).toBe(403);
	});
});

describe('the list of transactions', () => {
	it('filters by type, visit, branch and moment', async () => {
		const { id } = stage.control.addCard(PHONE, '1001');
		const record = stage.control.addRecord();
		await post(id, { amount: 5 });
		stage.control.addCashback(record.id, id, 6_600);
		const amounts = async (query: string) => {
			const { data } = await stage.get(`/chain/5100/loyalty/transactions?${query}`);
			return data.data.map(({ amount }: { amount: number }) => amount);
		};
		expect(await amounts('')).toEqual([5, 66]);
		expect(await amounts('types[]=2')).toEqual([66]);
		expect(await amounts('types[]=5&types[]=6')).toEqual([5]);
		expect(await amounts(`visit_ids[]=${record.visit_id}`)).toEqual([66]);
		expect(await amounts('company_ids[]=1')).toEqual([]);
		expect(await amounts('created_after=2099-01-01')).toEqual([]);
		expect(await amounts('created_before=2000-01-01')).toEqual([]);
		expect(await amounts('page=2&count=1')).toEqual([66]);
		expect((await transactions({ created_after: 'x' })).status).toBe(400);
		const visit = await stage.get(`/visit/loyalty/transactions/${record.visit_id}`);
		expect(visit.data.data).toEqual([expect.objectContaining({ type_id: 2, amount: 66 })]);
	});

	it('may keep titles to itself', async () => {
		const { id } = stage.control.addCard(PHONE, '1001');
		await post(id, { amount: 5, title: 'key-1' });
		stage.control.set({ transactionTitles: false });
		expect((await transactions()).data.data[0]).not.toHaveProperty('title');
	});
});
