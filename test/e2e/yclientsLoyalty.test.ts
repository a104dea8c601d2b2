import { SANDBOX_BRANCH } from '../../runtime/credentials';
import { waitUntil } from '../../runtime/processes';
import { LoyaltySalon, NOTIFICATION_WORKFLOW, POINTS_WORKFLOW, SYNC_WORKFLOW } from './support/loyaltySalon';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

/** What the workflow gives: 3 % of the price. */
const HAIRCUT = { serviceId: 3068200 };
const HAIRCUT_POINTS = 45;
const STYLING = { serviceId: 3068210 };
const STYLING_POINTS = 90;

const HOUR_MS = 3_600_000;

let testStack: TestStack;
let salon: LoyaltySalon;

beforeAll(async () => {
	testStack = await startTestStack();
	salon = new LoyaltySalon(testStack);
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

// The stand-in counts every call of the branch: no test may make the package go over the rate.
afterEach(() => expect(salon.yclients.overRate()).toBe(0));

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
const coded = (code: string) => ({ comment: `Код клиента: ${code}`, services: [HAIRCUT] });

describe('YL1: codes', () => {
	test('YL1: the first need makes a code of the form ABC12345, and every later one finds it', async () => {
		const anna = salon.person();
		const answers = await Promise.all([1, 2, 3].map(async () => await salon.as(anna, 'post', 'code')));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		const [code] = answers.map(({ data }) => (data as { code: string }).code);
		expect(code).toMatch(/^[A-Z]{3}\d{5}$/);
		for (const { data } of answers) expect(data).toEqual({ code, text: expect.stringContaining(`Код клиента: ${code}`) });
	});

	test('YL1: codes for existing people in bulk; a second time gives the same ones', async () => {
		const people = Array.from({ length: 120 }, () => salon.person());
		const customers = people.map(({ sub, name, email, phone }) => ({ external_id: sub, name, email, phone }));
		const first = await salon.desk('post', 'customers', { customers });
		expect(first.status).toBe(200);
		const codes = (first.data as { customers: { external_id: string; code: string; outcome: string }[] }).customers;
		expect(new Set(codes.map(({ code }) => code)).size).toBe(120);
		expect(codes.map(({ external_id: id }) => id)).toEqual(people.map(({ sub }) => sub));
		const again = await salon.desk('post', 'customers', { customers });
		expect((again.data as typeof first.data).customers).toEqual(codes.map((entry) => ({ ...entry, outcome: 'known' })));
	});

	test.each([
		['no list', {}, 'customers must be a list'],
		['an empty list', { customers: [] }, 'customers must be a list'],
		['somebody without an id', { customers: [{ name: 'Анна' }] }, 'external_id'],
	])('YL1: %s is answered 400 with the reason', async (_case, body, reason) => {
		const { status, data } = await salon.desk('post', 'customers', body);
		expect([status, JSON.stringify(data)]).toEqual([400, expect.stringContaining(reason)]);
	});

	test('YL1: a booking through the API carries the code and the own number, and asking twice books once', async () => {
		const anna = await salon.customer();
		const order = { service_ids: [3068200], time: inHours(48).replace(/\.\d+Z$/, 'Z'), request_id: 'order-1', comment: 'Тихо, пожалуйста' };
		const first = await salon.as(anna, 'post', 'bookings', order);
		expect([first.status, first.data]).toEqual([201, expect.objectContaining({ is_new: true, code: anna.code })]);
		const recordId = Number((first.data as { record_id: string }).record_id);
		expect(salon.yclients.record(recordId)).toMatchObject({ comment: `Код клиента: ${anna.code}. Тихо, пожалуйста`, api_id: `${anna.code}-order-1` });
		const again = await salon.as(anna, 'post', 'bookings', order);
		expect([again.status, again.data]).toEqual([200, expect.objectContaining({ is_new: false, record_id: String(recordId) })]);
		expect(await salon.bookingThat(recordId, ({ external_id: id }) => id !== null)).toMatchObject({ external_id: anna.sub, matched_by: 'code', status: 'pending' });
	});

	test('YL1: a booking that YCLIENTS refuses, or that lacks a field, says why', async () => {
		const anna = await salon.customer();
		const refused = await salon.as(anna, 'post', 'bookings', { service_ids: [1], time: inHours(48), request_id: 'x' });
		expect([refused.status, refused.data]).toEqual([422, expect.objectContaining({ error: 'booking_refused', message: expect.any(String) })]);
		const timeless = await salon.as(anna, 'post', 'bookings', { service_ids: [3068200], time: 'soon', request_id: 'y' });
		expect([timeless.status, timeless.data]).toEqual([400, expect.objectContaining({ error: 'validation' })]);
		salon.yclients.down();
		const unreachable = await salon.as(anna, 'post', 'bookings', { service_ids: [3068200], time: inHours(48), request_id: 'z' });
		salon.yclients.down(false);
		expect([unreachable.status, unreachable.data]).toEqual([502, expect.objectContaining({ error: 'yclients_unavailable' })]);
		const incomplete = await salon.as(anna, 'post', 'bookings', { service_ids: [3068200] });
		expect([incomplete.status, JSON.stringify(incomplete.data)]).toEqual([400, expect.stringMatching(/time.*request_id|request_id.*time/)]);
	});
});

describe('who may ask', () => {
	test.each([
		['get', 'bookings'], ['get', 'points'], ['post', 'code'], ['post', 'bookings'],
		['get', 'reviews'], ['post', 'reviews'], ['post', 'customers'], ['post', 'points'], ['post', 'sync'],
	] as const)('YL3, YL6: %s %s without a token or with a wrong one is refused', async (method, path) => {
		const bare = await salon.call(method, path, {});
		const forged = await salon.call(method, path, {}, { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJjIn0.', 'X-Back-Office-Key': 'guess' });
		for (const { status, data } of [bare, forged]) {
			expect([401, 403]).toContain(status);
			expect(JSON.stringify(data)).not.toContain('sandbox');
		}
	});
});

describe('YL2, YL4, YL5, YL8: bookings and points', () => {
	test('YL2: a booking is mirrored when it is made, changed and deleted', async () => {
		const { id } = salon.yclients.addRecord({ services: [HAIRCUT], startsAt: inHours(30) });
		expect(await salon.bookingThat(id, () => true)).toMatchObject({ status: 'pending', base_kopecks: '150000', company_id: String(SANDBOX_BRANCH) });
		salon.yclients.setAttendance(id, 2);
		await salon.bookingThat(id, ({ status }) => status === 'confirmed');
		salon.yclients.changePrice(id, 99_999);
		await salon.bookingThat(id, ({ base_kopecks: base }) => base === '99999');
		salon.yclients.deleteRecord(id);
		await salon.bookingThat(id, ({ status }) => status === 'cancelled');
		expect(await salon.entries(id)).toEqual([]);
	});

	test('YL4, YL5: found by code, e-mail or the last ten digits of the phone; points once, whatever is delivered again', async () => {
		const [byCode, byEmail, byPhone] = [await salon.customer(), await salon.customer(), await salon.customer()];
		const records = [
			salon.yclients.addRecord({ ...coded(byCode.code), attendance: 1 }).id,
			salon.yclients.addRecord({ services: [HAIRCUT], client: { name: 'А', email: byEmail.email.toUpperCase() }, attendance: 1 }).id,
			salon.yclients.addRecord({ services: [HAIRCUT], client: { name: 'Б', phone: byPhone.phone.replace('+7', '8') }, attendance: 1 }).id,
		];
		for (const id of records) await salon.waitForPoints(id, HAIRCUT_POINTS);
		expect(await Promise.all(records.map(async (id) => (await salon.booking(id))?.matched_by))).toEqual(['code', 'email', 'phone']);
		for (const id of records) await salon.yclients.deliver(id, { copies: 5 });
		await salon.quiet();
		for (const id of records) expect(await salon.entries(id)).toHaveLength(1);
		for (const person of [byCode, byEmail, byPhone]) expect(await salon.balance(person)).toBe(HAIRCUT_POINTS);
	});

	test('YL8: undone, done again, cheaper, deleted, restored: the booking always holds what it is worth', async () => {
		const anna = await salon.customer();
		const { id } = salon.yclients.addRecord({ ...coded(anna.code), attendance: 1 });
		await salon.waitForPoints(id, HAIRCUT_POINTS);
		salon.yclients.setAttendance(id, 0);
		await salon.waitForPoints(id, 0);
		salon.yclients.setAttendance(id, 1);
		await salon.waitForPoints(id, HAIRCUT_POINTS);
		salon.yclients.changePrice(id, 100_000);
		await salon.waitForPoints(id, 30);
		salon.yclients.deleteRecord(id);
		await salon.waitForPoints(id, 0);
		salon.yclients.restoreRecord(id);
		await salon.waitForPoints(id, 30);
		expect((await salon.entries(id)).map(({ type, points, seq }) => [seq, type, points])).toEqual([
			[1, 'earn', 45], [2, 'reverse', -45], [3, 'earn', 45], [4, 'reverse', -15], [5, 'reverse', -30], [6, 'earn', 30],
		]);
		expect(await salon.balance(anna)).toBe(30);
	});

	test('YL8: versions that arrive in any order leave the newest', async () => {
		const anna = await salon.customer();
		const { id } = salon.yclients.addRecord(coded(anna.code));
		await salon.bookingThat(id, () => true);
		salon.yclients.holdDeliveries();
		for (const attendance of [1, 0, 1, -1, 1] as const) salon.yclients.setAttendance(id, attendance);
		salon.yclients.changePrice(id, 200_000);
		await salon.yclients.releaseDeliveries('reversed');
		await salon.waitForPoints(id, 60);
		await salon.quiet();
		expect(await salon.points(id)).toBe(60);
		expect(await salon.booking(id)).toMatchObject({ status: 'completed', base_kopecks: '200000' });
	});

	test('YL5, YL9: webhook and sync meet at the same record, 20 times: points once', async () => {
		const anna = await salon.customer();
		for (let round = 0; round < 20; round++) {
			const [id] = salon.quietly({ ...coded(anna.code), attendance: 1 });
			await Promise.all([salon.yclients.deliver(id!), salon.sync()]);
			await salon.waitForPoints(id!, HAIRCUT_POINTS);
		}
		await salon.quiet();
		const entries = await salon.stack.ledger.query<{ entries: number; sources: number }>(
			`SELECT count(*)::integer AS entries, count(DISTINCT source)::integer AS sources FROM fulfillment.loyalty_entries e
			JOIN fulfillment.loyalty_users u ON u.id = e.user_id WHERE u.external_id = $1`,
			[anna.sub],
		);
		expect(entries).toEqual([{ entries: 20, sources: 20 }]);
		expect(await salon.balance(anna)).toBe(20 * HAIRCUT_POINTS);
	}, 300_000);

	test('YL4: a booking of nobody is no error, and earns when its customer appears', async () => {
		const anna = salon.person();
		const { id } = salon.yclients.addRecord({ services: [STYLING], client: { name: 'Анна', phone: anna.phone }, attendance: 1 });
		expect(await salon.bookingThat(id, ({ status }) => status === 'completed')).toMatchObject({ external_id: null });
		expect(await salon.entries(id)).toEqual([]);
		await salon.as(anna, 'post', 'code');
		await salon.waitForPoints(id, STYLING_POINTS);
		expect(await salon.balance(anna)).toBe(STYLING_POINTS);
	});

	test('YL8: points are spent and given by hand, once per key, and never more than there are', async () => {
		const anna = await salon.customer();
		const act = async (body: object) => await salon.desk('post', 'points', { external_id: anna.sub, ...body });
		expect((await act({ type: 'adjust', key: `gift-${anna.sub}`, points: 100 })).data).toMatchObject({ status: 'done' });
		expect(await salon.balance(anna)).toBe(100);
		const spend = { type: 'burn', key: `till-${anna.sub}`, points: 60 };
		expect([await act(spend), await act(spend)].map(({ status }) => status)).toEqual([200, 200]);
		expect(await salon.balance(anna)).toBe(40);
		const tooMuch = await act({ type: 'burn', key: `till2-${anna.sub}`, points: 41 });
		expect([tooMuch.status, tooMuch.data]).toEqual([409, expect.objectContaining({ status: 'rejected', reason: 'balance_too_low' })]);
		expect((await act({ ...spend, points: 1 })).status).toBe(409);
		expect((await act({ type: 'burn_cancel', key: spend.key })).status).toBe(200);
		expect(await salon.balance(anna)).toBe(100);
		const unknown = await act({ type: 'burn_cancel', key: 'never-spent' });
		expect([unknown.status, unknown.data]).toEqual([409, expect.objectContaining({ status: 'rejected', reason: 'unknown_burn' })]);
		expect((await act({ type: 'adjust', key: 'k', points: 'many' })).status).toBe(400);
		expect((await salon.desk('post', 'points', { external_id: 'nobody', type: 'adjust', key: 'n', points: 1 })).status).toBe(404);
	});
});

describe('YL6: what a customer sees', () => {
	test('YL6: upcoming bookings, only the own ones, nearest first, by status', async () => {
		const [anna, boris] = [await salon.customer(), await salon.customer()];
		const [late, soon, past, gone] = [
			salon.yclients.addRecord({ ...coded(anna.code), startsAt: inHours(72), attendance: 2 }).id,
			salon.yclients.addRecord({ ...coded(anna.code), startsAt: inHours(3) }).id,
			salon.yclients.addRecord({ ...coded(anna.code), startsAt: inHours(-3), attendance: 1 }).id,
			salon.yclients.addRecord({ ...coded(anna.code), startsAt: inHours(5) }).id,
		];
		const foreign = salon.yclients.addRecord({ ...coded(boris.code), startsAt: inHours(4) }).id;
		for (const id of [late, soon, past, gone, foreign]) await salon.bookingThat(id, ({ external_id: owner }) => owner !== null);
		salon.yclients.deleteRecord(gone);
		await salon.bookingThat(gone, ({ status }) => status === 'cancelled');
		const ask = async (query: string) => {
			const { status, data } = await salon.as(anna, 'get', `bookings${query}`);
			expect(status).toBe(200);
			return (data as { bookings: { record_id: string }[] }).bookings.map(({ record_id: id }) => Number(id));
		};
		expect(await ask('?upcoming_only=true')).toEqual([soon, late]);
		expect(await ask('?upcoming_only=true&status=confirmed')).toEqual([late]);
		expect((await ask('')).sort()).toEqual([late, soon, past, gone].sort());
		expect((await salon.as(anna, 'get', 'bookings?upcoming_only=maybe')).status).toBe(400);
		expect((await salon.as(anna, 'get', 'bookings?status=someday')).status).toBe(400);
		expect((await salon.as(salon.person(), 'get', 'bookings')).data).toEqual({ bookings: [] });
	});

	test('YL6: who has no code yet is told how to get one', async () => {
		const { status, data } = await salon.as(salon.person(), 'get', 'points');
		expect([status, JSON.stringify(data)]).toEqual([404, expect.stringContaining('POST loyalty/code')]);
	});
});

describe('YL10: doubtful matches', () => {
	/** What a record of this kind should lead to, for two customers. */
	type Person = Awaited<ReturnType<LoyaltySalon['customer']>>;
	const rows: [name: string, record: (a: Person, b: Person) => object, owner: 'a' | 'b' | null, by: string | null, review: string | null][] = [
		['the code in Cyrillic look-alikes', (a) => ({ comment: `код клиента ${a.code.replace(/[ABEKMHOPCTYX]/g, (letter) => 'АВЕКМНОРСТУХ'['ABEKMHOPCTYX'.indexOf(letter)]!)}` }), 'a', 'code', null],
		['the same code twice', (a) => ({ comment: `Код клиента: ${a.code}, код клиента: ${a.code}` }), 'a', 'code', null],
		['two codes of two customers', (a, b) => ({ comment: `Код клиента: ${a.code} Код клиента: ${b.code}` }), null, null, 'two_codes'],
		['a known and an unknown code', (a) => ({ comment: `Код клиента: ZZZ00000, код клиента: ${a.code}` }), 'a', 'code', null],
		['an unknown code and a known e-mail', (a) => ({ comment: 'Код клиента: ZZZ00001', client: { name: 'Х', email: a.email } }), 'a', 'email', null],
		['a promo code', (a) => ({ comment: `Промокод клиента: ${a.code}` }), null, null, null],
		['8 in place of +7', (a) => ({ client: { name: 'Х', phone: a.phone.replace('+7', '8') } }), 'a', 'phone', null],
		['another country, the same ten digits', (a) => ({ client: { name: 'Х', phone: a.phone.replace('+7', '+380').slice(0, 4) + a.phone.slice(2) } }), null, null, 'country_mismatch'],
		['the code of one, the phone of another', (a, b) => ({ comment: `Код клиента: ${a.code}`, client: { name: 'Х', phone: b.phone } }), 'a', 'code', null],
	];

	test.each(rows)('YL4, YL10: %s', async (_name, record, owner, by, review) => {
		const [a, b] = [await salon.customer(), await salon.customer()];
		const { id } = salon.yclients.addRecord({ services: [HAIRCUT], attendance: 1, ...record(a, b) });
		const person = { a, b }[owner ?? 'a'];
		await salon.bookingThat(id, () => true);
		await salon.quiet();
		expect(await salon.booking(id)).toMatchObject({ external_id: owner === null ? null : person.sub, matched_by: by });
		expect((await salon.reviews(id)).map(({ reason }) => reason)).toEqual(review === null ? [] : [review]);
		expect(await salon.points(id)).toBe(owner === null ? 0 : HAIRCUT_POINTS);
	});

	test('YL10: an e-mail two customers share goes to the review list, and a person decides', async () => {
		const a = await salon.customer();
		await salon.customer({ email: a.email });
		const { id } = salon.yclients.addRecord({ services: [HAIRCUT], attendance: 1, client: { name: 'Х', email: a.email } });
		await salon.bookingThat(id, () => true);
		await salon.quiet();
		const [review] = await salon.reviews(id);
		expect(review?.reason).toBe('ambiguous_email');
		const decision = { review_id: Number(review?.review_id), external_id: a.sub, by: 'ops' };
		expect((await salon.desk('post', 'reviews', { ...decision, external_id: 'nobody' })).status).toBe(404);
		expect((await salon.desk('post', 'reviews', decision)).status).toBe(200);
		await salon.waitForPoints(id, HAIRCUT_POINTS);
		expect(await salon.reviews(id)).toEqual([]);
		// The decision stays when the booking changes.
		salon.yclients.changePrice(id, 100_000);
		await salon.waitForPoints(id, 30);
		expect(await salon.balance(a)).toBe(30);
	});

	test("YL10: the code of somebody else after points were given is for a person to decide", async () => {
		const [a, b] = [await salon.customer(), await salon.customer()];
		const { id } = salon.yclients.addRecord({ ...coded(a.code), attendance: 1 });
		await salon.waitForPoints(id, HAIRCUT_POINTS);
		salon.yclients.editComment(id, `Код клиента: ${b.code}`);
		await waitUntil(async () => (await salon.reviews(id)).length > 0, { timeoutMs: 30_000, otherwise: () => 'No review' });
		const [review] = await salon.reviews(id);
		expect(review?.reason).toBe('relink_after_award');
		expect([await salon.balance(a), await salon.balance(b)]).toEqual([HAIRCUT_POINTS, 0]);
		await salon.desk('post', 'reviews', { review_id: Number(review?.review_id), external_id: b.sub, by: 'ops' });
		await salon.quiet();
		expect([await salon.balance(a), await salon.balance(b)]).toEqual([0, HAIRCUT_POINTS]);
	});
});

describe('YL3, YL7, YL9: the sync', () => {
	test('YL3, YL9: what no webhook told of is found by the sync, old corrections and deletions too; again finds nothing new', async () => {
		const anna = await salon.customer();
		await salon.sync();
		const [fresh, old, doomed] = salon.quietly(
			{ ...coded(anna.code), attendance: 1 },
			{ ...coded(anna.code), startsAt: inHours(-24 * 60), attendance: 0, createdAt: inHours(-24 * 61) },
			{ ...coded(anna.code), attendance: 1 },
		);
		await salon.sync();
		await salon.waitForPoints(fresh!, HAIRCUT_POINTS);
		await salon.waitForPoints(doomed!, HAIRCUT_POINTS);
		salon.yclients.loseNext(2);
		salon.yclients.setAttendance(old!, 1);
		salon.yclients.deleteRecord(doomed!);
		await salon.sync();
		await salon.waitForPoints(old!, HAIRCUT_POINTS);
		await salon.waitForPoints(doomed!, 0);
		const before = await salon.balance(anna);
		expect(await salon.sync()).toMatchObject({ saved: 0 });
		expect(await salon.balance(anna)).toBe(before);
	});

	test('YL9: YCLIENTS down for hours: the runs fail, the mark stays, and the next run catches up', async () => {
		const anna = await salon.customer();
		await salon.sync();
		const mark = async () => await salon.stack.ledger.query('SELECT * FROM fulfillment.sync_cursors ORDER BY 1, 2');
		const before = await mark();
		salon.yclients.down();
		expect((await salon.desk('post', 'sync')).status).toBe(500);
		const [id] = salon.quietly({ ...coded(anna.code), attendance: 1 });
		expect((await salon.desk('post', 'sync')).status).toBe(500);
		expect(await mark()).toEqual(before);
		salon.yclients.down(false);
		await salon.sync();
		await salon.waitForPoints(id!, HAIRCUT_POINTS);
		expect(await mark()).not.toEqual(before);
	}, 180_000);

	test('YL9: a run that is killed before it commits leaves the mark, and the next does it all once', async () => {
		const anna = await salon.customer();
		await salon.sync();
		const [id] = salon.quietly({ ...coded(anna.code), attendance: 1 });
		const hold = testStack.proxy.hold('fulfillment.post_points', 'request');
		const cut = salon.desk('post', 'sync').catch(() => null);
		await hold.reached;
		await salon.stack.n8n.kill();
		hold.discard();
		await cut;
		await salon.stack.restartN8n();
		expect(await salon.entries(id!)).toEqual([]);
		await salon.sync();
		await salon.waitForPoints(id!, HAIRCUT_POINTS);
		expect(await salon.entries(id!)).toHaveLength(1);
	}, 240_000);

	test('YL7: with the programme off nothing is posted, and what was missed is posted when it is on again', async () => {
		const anna = await salon.customer();
		await salon.changeSettings(POINTS_WORKFLOW, { 'settings.loyalty_enabled': false });
		const [id] = salon.quietly({ ...coded(anna.code), attendance: 1 });
		await salon.sync();
		expect(await salon.booking(id!)).toMatchObject({ status: 'completed', external_id: anna.sub });
		expect(await salon.entries(id!)).toEqual([]);
		await salon.changeSettings(POINTS_WORKFLOW, { 'settings.loyalty_enabled': true });
		await salon.sync();
		await salon.waitForPoints(id!, HAIRCUT_POINTS);
	});

	test('YL7: with notices on, the customer is told of points by Telegram, once', async () => {
		const person = salon.stack.sandbox.telegram.user();
		person.start();
		const anna = await salon.customer({ telegram_id: person.id });
		await salon.changeSettings(POINTS_WORKFLOW, { 'settings.notify': true });
		const { id } = salon.yclients.addRecord({ ...coded(anna.code), attendance: 1 });
		expect((await person.waitForMessage('начислено')).text).toContain(`баллов: ${HAIRCUT_POINTS}. Всего: ${HAIRCUT_POINTS}`);
		await salon.yclients.deliver(id, { copies: 3 });
		await salon.sync();
		await salon.changeSettings(POINTS_WORKFLOW, { 'settings.notify': false });
		expect(person.messages().filter(({ text }) => text.includes('начислено'))).toHaveLength(1);
	});

	test('YL7: with the sync off neither webhook nor sync stores, and the answer says so', async () => {
		await salon.changeSettings(SYNC_WORKFLOW, { 'settings.sync_enabled': false });
		await salon.changeSettings(NOTIFICATION_WORKFLOW, { 'settings.sync_enabled': false });
		const { id } = salon.yclients.addRecord();
		const off = await salon.desk('post', 'sync');
		expect([off.status, off.data]).toEqual([409, expect.objectContaining({ error: 'sync_off' })]);
		await salon.yclients.waitForDeliveries();
		await salon.quiet();
		expect(await salon.booking(id)).toBeUndefined();
		await salon.changeSettings(SYNC_WORKFLOW, { 'settings.sync_enabled': true });
		await salon.changeSettings(NOTIFICATION_WORKFLOW, { 'settings.sync_enabled': true });
		await salon.sync();
		expect(await salon.booking(id)).toBeDefined();
	});

	test('YL9: 6,000 records with 60 changed: two calls at most; the full pass 31; bookings that vanished or moved away are noticed', async () => {
		const { yclients } = salon;
		const anna = await salon.customer();
		const [vanished] = salon.quietly({ ...coded(anna.code), attendance: 1 });
		await salon.sync();
		await salon.waitForPoints(vanished!, HAIRCUT_POINTS);
		// The branch starts anew: it knows none of the bookings so far.
		yclients.reset();
		const records = yclients.addRecords(6000);
		await salon.sync('full');
		await salon.waitForPoints(vanished!, 0);
		expect(await salon.booking(vanished!)).toMatchObject({ status: 'cancelled' });
		yclients.resetCounters();
		const moved = records.slice(0, 60);
		for (const id of moved) yclients.changePrice(id, 123_400);
		const changes = await salon.sync();
		expect(yclients.countRequests({ method: 'GET' })).toBeLessThanOrEqual(2);
		expect(changes.saved).toBe(60);
		expect(await salon.booking(moved[0]!)).toMatchObject({ base_kopecks: '123400' });

		yclients.resetCounters();
		expect(await salon.sync('full')).toMatchObject({ saved: 0 });
		expect(yclients.countRequests({ method: 'GET' })).toBe(31);

		yclients.reschedule(records[100]!, inHours(24 * 200));
		await salon.sync('full');
		expect(yclients.countRequests({ path: `/record/${SANDBOX_BRANCH}/${records[100]}` })).toBe(1);
		expect(Date.parse(String((await salon.booking(records[100]!))?.visit_at))).toBeGreaterThan(Date.now() + 190 * 24 * HOUR_MS);
	}, 400_000);
});
