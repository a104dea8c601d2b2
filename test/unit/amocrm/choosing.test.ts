import { chooseContact, missingFields } from '../../../nodes/AmoCrm/chooseContact';
import { chooseActiveLead, readStatusPairs, unsortedStatuses } from '../../../nodes/AmoCrm/chooseLead';
import { displayName, identifiersOf, type Customer } from '../../../nodes/AmoCrm/customer';
import { contact, email, lead, phone, telegram } from './support';

const NOBODY: Customer = { telegramId: '', telegramUsername: '', phone: '', email: '', name: '' };
const FIELDS = { telegramId: 'Telegram ID', telegramUsername: '' };

function identifier(customer: Partial<Customer>) {
	const [first] = identifiersOf({ ...NOBODY, ...customer }, FIELDS).identifiers;
	if (!first) throw new Error('No identifier');
	return first;
}

describe('PA4 identifiers', () => {
	it('come in the order Telegram ID, phone, email, each with what the search finds it by', () => {
		const customer = { ...NOBODY, telegramId: ' 42 ', phone: '8 (999) 123-45-67', email: ' Anna@Example.COM ' };
		expect(identifiersOf(customer, FIELDS)).toEqual({
			identifiers: [
				{ kind: 'telegramId', value: '42', query: '42' },
				{ kind: 'phone', value: '+79991234567', query: '9991234567' },
				{ kind: 'email', value: 'anna@example.com', query: 'anna@example.com' },
			],
			warnings: [],
		});
	});

	it('that are none are not searched for, and are not shown', () => {
		const customer = { ...NOBODY, telegramId: '@anna', phone: 'secret', email: 'no mail' };
		const { identifiers, warnings } = identifiersOf(customer, FIELDS);
		expect(identifiers).toEqual([]);
		expect(warnings).toHaveLength(3);
		expect(warnings.join()).not.toMatch(/anna|secret|no mail/);
	});

	it('a number without a known country is compared by its digits', () => {
		expect(identifier({ phone: '(044) 123-45-67' })).toEqual({ kind: 'phone', value: '0441234567', query: '0441234567' });
	});
});

describe('PA4 the contact', () => {
	const choose = (customer: Partial<Customer>, ...found: object[]) =>
		chooseContact(found.map(contact), identifier(customer), FIELDS);

	it.each(['+7 999 123-45-67', '89991234567', '7 (999) 1234567', '9991234567'])('has the phone %s', (stored) => {
		const found = choose({ phone: '+79991234567' }, { custom_fields_values: [phone('+7 900 0', stored)] });
		expect(found.contact?.id).toBe('1');
	});

	it.each([
		['another country', [phone('+1 999 123 4567')]],
		['a longer number', [phone('+79991234567 ext 8')]],
		['the digits in another field', [telegram('9991234567')]],
		['nothing', null],
	])('is nobody with %s', (_name, custom_fields_values) => {
		expect(choose({ phone: '+79991234567' }, { custom_fields_values }).contact).toBeNull();
	});

	it('has exactly this Telegram ID, as text or number', () => {
		expect(choose({ telegramId: '42' }, { custom_fields_values: [telegram(42)] }).contact?.id).toBe('1');
		expect(choose({ telegramId: '42' }, { custom_fields_values: [telegram('142')] }).contact).toBeNull();
	});

	it('has this email whatever its case', () => {
		expect(choose({ email: 'a@b.c' }, { custom_fields_values: [email('A@B.c ')] }).contact?.id).toBe('1');
		expect(choose({ email: 'a@b.c' }, { custom_fields_values: [email('aa@b.c')] }).contact).toBeNull();
	});

	it('is the last updated one of several, and of equal ones the newer', () => {
		const twin = (id: number, updated_at: number, more = {}) => ({
			id,
			updated_at,
			custom_fields_values: [telegram('42')],
			...more,
		});
		const found = choose({ telegramId: '42' }, twin(1, 10), twin(2, 20), twin(3, 20), twin(4, 30, { is_deleted: true }));
		expect(found.contact?.id).toBe('3');
		expect(found.warnings).toEqual(['3 contacts have this Telegram ID; the last updated one was taken']);
	});

	it('lacks what is known and has a field', () => {
		const customer = { telegramId: '42', telegramUsername: '@anna', phone: '+79991234567', email: 'a@b.c', name: 'Anna' };
		const fields = { telegramId: 'Telegram ID', telegramUsername: '4' };
		const held = contact({ custom_fields_values: [phone('1'), { ...telegram(' ') }] });
		expect(missingFields(held, customer, fields)).toEqual(['telegramId', 'telegramUsername', 'email']);
		expect(missingFields(held, customer, { telegramId: '', telegramUsername: '' })).toEqual(['email']);
		expect(missingFields(held, NOBODY, fields)).toEqual([]);
	});

	it('is called by what is known of him', () => {
		expect(displayName({ ...NOBODY, name: ' Anna ', telegramUsername: 'a' })).toBe('Anna');
		expect(displayName({ ...NOBODY, telegramUsername: '@@anna', phone: '1' })).toBe('@anna');
		expect(displayName({ ...NOBODY, phone: '+7999', email: 'a@b.c' })).toBe('+7999');
		expect(displayName({ ...NOBODY, email: 'a@b.c' })).toBe('a@b.c');
		expect(displayName({ ...NOBODY, telegramId: '42' })).toBe('Telegram 42');
	});
});

describe('PA5 the lead', () => {
	const choose = (rows: object[], excluded: string[] = [], ids = ['1', '2', '3']) =>
		chooseActiveLead(rows.map(lead), ids, excluded)?.id ?? null;

	it('is the last updated active one, and of equal ones the newer', () => {
		expect(choose([{ id: 1, updated_at: 10 }, { id: 3, updated_at: 20 }, { id: 2, updated_at: 20 }])).toBe('3');
	});

	it.each([
		['won', { status_id: 142 }],
		['lost', { status_id: 143, pipeline_id: 8 }],
		['deleted', { is_deleted: true }],
		['excluded', { status_id: 778 }],
		['not the contact’s own', { id: 9 }],
	])('is not one that is %s', (_name, row) => {
		expect(choose([{ id: 1, updated_at: 900, ...row }], ['7/778'])).toBeNull();
	});

	it('a status is excluded in its own pipeline only', () => {
		expect(choose([{ id: 1, pipeline_id: 8, status_id: 778 }], ['7/778'])).toBe('1');
	});

	it('may have an open task or none', () => {
		expect(choose([{ id: 1, closest_task_at: null }])).toBe('1');
	});

	it('is not one that nobody has accepted yet', () => {
		const status = (id: string, isUnsorted: boolean) => ({ id, name: id, isUnsorted });
		const pipeline = { id: '7', name: 'Site', isMain: true, isArchive: false };
		expect(unsortedStatuses([{ ...pipeline, statuses: [status('700', true), status('777', false)] }])).toEqual(['7/700']);
	});

	it('excluded statuses may be written in several ways', () => {
		expect(readStatusPairs(['7/778', '8/888'])).toEqual(['7/778', '8/888']);
		expect(readStatusPairs('7/778, 8/888;9/1\n10/2')).toEqual(['7/778', '8/888', '9/1', '10/2']);
		expect(readStatusPairs('')).toEqual([]);
		expect(readStatusPairs(null)).toEqual([]);
		expect(() => readStatusPairs('778')).toThrow('not "778"');
		expect(() => readStatusPairs(['7/x'])).toThrow('not "7/x"');
	});
});
