import type { Pool } from 'pg';

import { describeLedger, type Row } from './ledger';
import { codeOf, COMPANY, type Entry, inDays, Loyalty, record, statement, type WorkRow } from './loyaltySupport';

const ROUNDS = 20;
/** Function and parameter. */
type Call = [fn: string, p: Row];

const times = Array.from({ length: ROUNDS }, (_, index) => index);

describeLedger('YL2, YL3: at the same time', (ledger) => {
	const loyalty = new Loyalty(ledger);

	it(`webhook and sync with one record, ${ROUNDS} times: its points once`, async () => {
		await loyalty.people({ external_id: 'u1' }, { external_id: 'u2' });
		const others = Array.from({ length: 10 }, (_, index) => record(index + 100, { code: codeOf('u2') }));
		for (const version of times) {
			const entry = record(1, { code: codeOf('u1'), version });
			const webhook = async () => {
				await loyalty.take([entry]);
				await loyalty.post();
			};
			const sync = async () => {
				await loyalty.take([...others, entry].reverse(), { run: { mode: 'changes' } });
				await loyalty.post();
			};
			await Promise.all([webhook(), sync(), webhook(), sync()]);
		}
		expect(await loyalty.balances()).toEqual({ u1: 100, u2: 1000 });
		expect((await loyalty.entries()).sort()).toEqual(Array(11).fill('earn 100'));
	});

	it(`${ROUNDS} copies of a record nobody knew, saved and posted at once: its points once`, async () => {
		await loyalty.people({ external_id: 'u1' });
		const copies = times.map(async () => {
			const saved = await loyalty.take([record(1, { code: codeOf('u1') })]);
			await loyalty.post();
			return saved;
		});
		const outcomes = await Promise.all(copies);
		expect(outcomes.filter(({ saved }) => saved === 1)).toHaveLength(1);
		expect(outcomes.filter(({ duplicate }) => duplicate === 1)).toHaveLength(ROUNDS - 1);
		expect(await loyalty.entries()).toEqual(['earn 100']);
	});

	/** The answer of a second call that begins while the transaction of a first one is not yet over. */
	async function during<T extends Row>(first: Call, second: Call): Promise<T> {
		const run = (on: Pick<Pool, 'query'>, [fn, p]: Call) =>
			on.query<T>(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [JSON.stringify(p)]);
		const client = await ledger.pool.connect();
		try {
			await client.query('BEGIN');
			await run(client, first);
			const waiting = run(ledger.pool, second);
			await new Promise((resolve) => setTimeout(resolve, 300));
			await client.query('COMMIT');
			return (await waiting).rows[0] as T;
		} finally {
			client.release();
		}
	}

	describe('a call that begins before another is over sees what that one did', () => {
		const save = (entry: Entry): Call => ['save_bookings', { company_id: COMPANY, records: [entry] }];
		const people = (id: string, codes: string[]): Call => ['issue_codes', { users: [{ external_id: id }], codes }];

		it('an older version of a booking of nobody', async () => {
			const [newer, older] = [record(1, { version: 5 }), record(1, { version: 4, deleted: true })];
			expect(await during(save(newer), save(older))).toMatchObject({ saved: 0, stale: 1 });
			expect(await ledger.sql('SELECT status FROM fulfillment.bookings')).toEqual([{ status: 'completed' }]);
		});

		it('a code that has just been given', async () => {
			const given = await during(people('a', ['ABC00001']), people('b', ['ABC00001', 'ABC00002']));
			expect(given).toMatchObject({ outcome: 'created', code: 'ABC00002' });
		});

		it('the same answer of the calculator, posted twice', async () => {
			await loyalty.people({ external_id: 'u1' });
			await loyalty.take([record(1, { code: codeOf('u1') })]);
			const [work] = (await loyalty.work()) as [WorkRow];
			const post: Call = ['post_points', { ...work, result: statement(work) }];
			expect(await during(post, post)).toMatchObject({ outcome: 'nothing', balance: '100' });
			expect(await loyalty.entries()).toEqual(['earn 100']);
		});

		it('a correction of the history that is about to be posted', async () => {
			await loyalty.people({ external_id: 'u1' });
			await loyalty.take([record(1, { code: codeOf('u1') })]);
			const post = async (): Promise<Call> => {
				const [work] = (await loyalty.work()) as [WorkRow];
				return ['post_points', { ...work, result: statement(work) }];
			};
			const act: Call = ['record_act', { external_id: 'u1', type: 'adjust', key: 'a', points: 5 }];
			expect(await during(act, await post())).toMatchObject({ outcome: 'stale' });
			const dearer = save(record(1, { version: 1, cost: 4000 }));
			expect(await during(dearer, await post())).toMatchObject({ outcome: 'stale' });
			await loyalty.post();
			expect(await loyalty.balances()).toEqual({ u1: 205 });
		});

		it('two people who post to one booking: its postings are counted through', async () => {
			const ids = await loyalty.people({ external_id: 'u1' }, { external_id: 'u2' });
			await loyalty.take([record(1, { code: codeOf('u1') })]);
			await loyalty.post();
			const match = { userId: ids.u1, review: true, warnings: ['two_codes'] };
			await loyalty.save([{ ...record(1, { code: codeOf('u1') }), match }]);
			const review_id = (await ledger.rows('list_reviews', {}))[0]?.review_id;
			await ledger.row('resolve_review', { review_id, external_id: 'u2', by: 'ops' });
			const [taken, given] = (await loyalty.work({ user_ids: [ids.u1, ids.u2] })).map(
				(work): Call => ['post_points', { ...work, result: statement(work) }],
			) as [Call, Call];
			expect(await during(taken, given)).toMatchObject({ outcome: 'posted', points: '100' });
			expect(await ledger.sql('SELECT points, seq FROM fulfillment.loyalty_entries ORDER BY seq')).toEqual([
				{ points: '100', seq: 1 },
				{ points: '-100', seq: 2 },
				{ points: '100', seq: 3 },
			]);
		});
	});

	it('everything at once, in all directions: nobody waits in a circle, and the last versions count', async () => {
		const people = Array.from({ length: 6 }, (_, index) => ({
			external_id: `u${index}`,
			phone: `+7999000000${index}`,
		}));
		await loyalty.people(...people);
		// Records of two branches that go from hand to hand.
		const recordOf = (id: number, version: number, branch: string): Entry => {
			const entry = record(id, {
				code: codeOf(`u${(id + version) % 6}`),
				version,
				attendance: version % 3 === 0 ? 0 : 1,
				visitAt: inDays(-id),
			});
			return { ...entry, companyId: branch, booking: { ...entry.booking, companyId: branch } };
		};
		const lists = times.flatMap((version) =>
			['555001', '555002'].map((branch) => {
				const list = Array.from({ length: 12 }, (_, id) => recordOf(id + 1, version, branch));
				return { branch, list: version % 2 === 0 ? list : list.reverse() };
			}),
		);
		await Promise.all([
			...lists.map(async ({ branch, list }) => {
				await loyalty.save(await loyalty.match(list, { company_id: branch }), { company_id: branch });
				await loyalty.post();
			}),
			...times.map((index) => loyalty.people(...(index % 2 === 0 ? people : [...people].reverse()))),
			...times.map((index) =>
				loyalty.act({ external_id: `u${index % 6}`, type: 'adjust', key: `a${index}`, points: 10 }),
			),
		]);
		for (const review of await ledger.rows('list_reviews', {})) {
			const candidate = (review.candidates as Row[])[0];
			await ledger.row('resolve_review', { review_id: review.review_id, external_id: candidate?.external_id, by: 'ops' });
		}
		await loyalty.post();
		expect(await loyalty.work()).toEqual([]);

		const linked = await ledger.sql<{ external_id: string; due: number }>(
			`SELECT u.external_id, count(b.source) FILTER (WHERE b.status = 'completed')::integer * 100 AS due
			FROM fulfillment.loyalty_users u LEFT JOIN fulfillment.bookings b ON b.user_id = u.id GROUP BY 1`,
		);
		const acts = (externalId: string) => 10 * times.filter((index) => `u${index % 6}` === externalId).length;
		const expected = linked.map(({ external_id, due }) => [external_id, due + acts(external_id)]);
		expect(await loyalty.balances()).toEqual(Object.fromEntries(expected));
		expect(await ledger.sql('SELECT FROM fulfillment.bookings')).toHaveLength(24);
	});
});
