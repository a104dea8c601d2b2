import { clientCodeFrom } from '../../nodes/YClients/clientCode';
import { describeLedger, type Row } from './ledger';

interface Person {
	outcome: string;
	user_id: string;
	external_id: string;
	code: string | null;
	contacts_changed: boolean;
}

/** Codes as the node generates them, here always the same. */
const codes = (count: number) =>
	Array.from({ length: count }, (_, index) => clientCodeFrom(Buffer.from(String(index).padStart(12, '0'))));

describeLedger('YL1: codes', (ledger) => {
	const issue = (users: Row[], candidates = codes(5)) =>
		ledger.rows<Person>('issue_codes', { users, codes: candidates });

	it('everybody gets one on first need, in the order of the people, and keeps it', async () => {
		const [first, second] = codes(5);
		const made = await issue([{ external_id: 'b' }, { external_id: 'a' }, { external_id: 'b' }]);
		expect(made).toMatchObject([
			{ outcome: 'created', external_id: 'b', code: first, contacts_changed: true },
			{ outcome: 'created', external_id: 'a', code: second, contacts_changed: true },
			{ outcome: 'known', external_id: 'b', code: first, contacts_changed: false },
		]);
		expect(await issue([{ external_id: 'a' }])).toMatchObject([
			{ outcome: 'known', user_id: made[1]?.user_id, code: second, contacts_changed: false },
		]);
	});

	it('candidates that are taken are skipped; whoever gets none is kept, and gets one later', async () => {
		const [first, second, third] = codes(3) as [string, string, string];
		await issue([{ external_id: 'a' }], [first]);
		expect(await issue([{ external_id: 'b' }, { external_id: 'c' }], [first, second])).toMatchObject([
			{ outcome: 'created', code: second },
			{ outcome: 'no_code_left', code: null },
		]);
		expect(await issue([{ external_id: 'c' }], [])).toMatchObject([{ outcome: 'no_code_left', code: null }]);
		expect(await issue([{ external_id: 'c' }], [second, third])).toMatchObject([
			{ outcome: 'known', code: third, contacts_changed: true },
		]);
	});

	it('contacts are kept in one form; what is left out stays, and only a change is told', async () => {
		const contact = { name: 'Анна', phone: '+79990000001', telegram_id: '42' };
		const person = { external_id: 'a', email: ' Anna@Example.COM ', ...contact };
		await issue([person]);
		const contacts = () => ledger.sql('SELECT name, email, phone, telegram_id FROM fulfillment.loyalty_users');
		const kept = [{ ...contact, email: 'anna@example.com' }];
		expect(await contacts()).toEqual(kept);
		for (const same of [{ external_id: 'a' }, { external_id: 'a', email: '', phone: null }, person]) {
			expect(await issue([same])).toMatchObject([{ outcome: 'known', contacts_changed: false }]);
			expect(await contacts()).toEqual(kept);
		}
		expect(await issue([{ external_id: 'a', name: 'Анна Б.' }])).toMatchObject([{ contacts_changed: false }]);
		expect(await issue([{ external_id: 'a', phone: '+79990000002' }])).toMatchObject([{ contacts_changed: true }]);
		expect(await issue([{ external_id: 'a', email: 'a@example.com' }])).toMatchObject([{ contacts_changed: true }]);
	});

	it('20 calls at once with the same candidates, in different orders: a code of its own for each', async () => {
		const people = Array.from({ length: 30 }, (_, index) => ({ external_id: `u${index}` }));
		const candidates = codes(40);
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, index) =>
				issue(
					index % 2 === 0 ? people : [...people].reverse(),
					index % 3 === 0 ? candidates : [...candidates].reverse(),
				),
			),
		);
		const created = answers.flat().filter(({ outcome }) => outcome === 'created');
		expect(created).toHaveLength(30);
		expect(new Set(created.map(({ code }) => code)).size).toBe(30);
		const codeOf = new Map(created.map(({ external_id, code }) => [external_id, code]));
		for (const { external_id, code } of answers.flat()) expect(code).toBe(codeOf.get(external_id));
	});

	it('2,000 existing people in one call', async () => {
		const people = Array.from({ length: 2000 }, (_, index) => ({
			external_id: `u${index}`,
			phone: `+7999${1_000_000 + index}`,
		}));
		const rows = await issue(people, codes(2000));
		expect(rows.map(({ external_id }) => external_id)).toEqual(people.map(({ external_id }) => external_id));
		expect(new Set(rows.map(({ code }) => code)).size).toBe(2000);
	});
});
