import { toBooking } from '../../../nodes/YClients/booking';
import { matchUser, UserMatcher, type Match, type MatchPolicy } from '../../../nodes/YClients/match';
import { record, sample, type Raw } from './samples';

const anna = { id: 'u1', code: 'ABC12345', email: 'anna.petrova@example.com', phone: '+7 000 111-22-33' };
const boris = { id: 'u2', code: 'XKM48210', email: 'boris@example.com', phone: '+70002223344' };
const vera = { id: 'u3', code: null, email: 'Vera@Example.org', phone: '8 (000) 333-44-55' };
const users = [anna, boris, vera];

interface From {
	comment?: string;
	email?: string | null;
	phone?: string | null;
}

function match(
	{ comment = '', email = '', phone = '' }: From,
	policy?: MatchPolicy,
	among: readonly unknown[] = users,
): Match {
	return matchUser(record({ comment, client: { id: 1, name: 'x', email, phone } }), among, policy);
}

const nobody: Match = { userId: null, matchedBy: null, review: false, warnings: [] };
const review = (...warnings: Match['warnings']): Match => ({
	userId: null,
	matchedBy: null,
	review: true,
	warnings,
});
const by = (matchedBy: Match['matchedBy'], userId: string, ...warnings: Match['warnings']): Match => ({
	userId,
	matchedBy,
	review: false,
	warnings,
});

describe('YL4 row 1 and 2: text and token', () => {
	it.each([
		['Код клиента: ABC12345'],
		['код клиента abc12345'],
		['Код клиента: АВС12345'],
		['Koд клиeнта - аbс12345'],
		['К\u200bод\u00a0клиента= ABC12345'],
	])('finds the user in "%s"', (comment) => expect(match({ comment })).toEqual(by('code', 'u1')));

	it.each([['Промокод клиента: ABC12345'], ['Код клиента: ABC1234'], ['Код клиента: ABC123456'], ['ABC12345']])(
		'finds nobody in "%s"',
		(comment) => expect(match({ comment })).toEqual(nobody),
	);

	it('compares with codes as users have them', () => {
		expect(match({ comment: 'Код клиента: QWE00001' }, {}, [{ id: 9, code: ' qwe00001 ' }])).toEqual(
			by('code', '9'),
		);
	});
});

describe('YL4 YL10 row 3: several codes', () => {
	it('counts the same code twice as one', () => {
		expect(match({ comment: 'Код клиента: ABC12345, код клиента: АВС12345' })).toEqual(by('code', 'u1'));
	});

	it('sends codes of two users to review, without falling back', () => {
		const comment = 'Код клиента: ABC12345. Код клиента: XKM48210';
		expect(match({ comment, email: vera.email, phone: vera.phone })).toEqual(review('two_codes'));
	});

	it('takes the known one of two and warns', () => {
		const comment = 'Код клиента: ZZZ99999. Код клиента: XKM48210';
		expect(match({ comment })).toEqual(by('code', 'u2', 'unknown_extra_code'));
	});

	it('warns about an unknown one and goes on to e-mail', () => {
		const comment = 'Код клиента: ZZZ99999';
		expect(match({ comment, email: boris.email })).toEqual(by('email', 'u2', 'unknown_code'));
		expect(match({ comment: `${comment}, код клиента: ZZZ99998` })).toEqual({
			...nobody,
			warnings: ['unknown_code'],
		});
	});

	it('sends one code of two users to review', () => {
		expect(match({ comment: 'Код клиента: ABC12345' }, {}, [anna, { ...boris, code: 'abc12345' }])).toEqual(
			review('two_codes'),
		);
	});
});

describe('YL4 YL10 row 4: e-mail', () => {
	it('is trimmed and compared in small letters', () => {
		expect(match({ email: '  BORIS@example.COM ' })).toEqual(by('email', 'u2'));
		expect(match({ email: 'vera@example.org' })).toEqual(by('email', 'u3'));
	});

	it('must be equal', () => expect(match({ email: 'xboris@example.com' })).toEqual(nobody));

	it('that several users have goes to review, also with a phone', () => {
		const among = [anna, { ...boris, email: anna.email }];
		expect(match({ email: anna.email, phone: anna.phone }, {}, among)).toEqual(review('ambiguous_email'));
	});

	it('comes before the phone', () => {
		expect(match({ email: boris.email, phone: boris.phone })).toEqual(by('email', 'u2'));
		expect(match({ email: boris.email, phone: anna.phone })).toEqual(by('email', 'u2', 'contact_mismatch'));
	});

	it.each(['', ' ', null])("%j is nobody's", (email) => {
		expect(match({ email }, {}, [{ id: 'u9', email: '' }, { id: 'u8', email: null }, { id: 'u7' }])).toEqual(
			nobody,
		);
	});
});

describe('YL4 YL10 row 5: phone', () => {
	it.each([
		'+70003334455',
		'80003334455',
		'70003334455',
		'0003334455',
		'8 (000) 333-44-55',
		'+7\u00a0000\u00a03334455',
	])('%s is the same number', (phone) => expect(match({ phone })).toEqual(by('phone', 'u3')));

	it.each(['3334455', '000333445', '', '+7000***4455', '+7000333445*', 'нет'])('"%s" is none', (phone) => {
		expect(match({ phone })).toEqual(nobody);
	});

	it('of another country goes to review', () => {
		expect(match({ phone: '+380003334455' })).toEqual(review('country_mismatch'));
		expect(match({ phone: '0003334455' }, { defaultCountryCode: '380' })).toEqual(review('country_mismatch'));
	});

	it('of another country counts when the guard is off', () => {
		expect(match({ phone: '+380003334455' }, { phoneCountryGuard: false })).toEqual(by('phone', 'u3'));
	});

	it('of several users is decided by the whole number', () => {
		const among = [vera, { id: 'u4', phone: '+380003334455' }];
		expect(match({ phone: '80003334455' }, {}, among)).toEqual(by('phone', 'u3'));
		expect(match({ phone: '+380003334455' }, {}, among)).toEqual(by('phone', 'u4'));
		expect(match({ phone: '+480003334455' }, {}, among)).toEqual(review('ambiguous_phone'));
		expect(match({ phone: '+480003334455' }, { phoneCountryGuard: false }, among)).toEqual(
			review('ambiguous_phone'),
		);
		expect(match({ phone: vera.phone }, {}, [vera, { id: 'u5', phone: '+70003334455' }])).toEqual(
			review('ambiguous_phone'),
		);
	});

	it('of one user who is listed twice is no doubt', () => {
		expect(match({ phone: vera.phone }, {}, [vera, vera])).toEqual(by('phone', 'u3'));
	});
});

describe('YL4 YL10 row 6: code against contacts, and links', () => {
	const comment = 'Код клиента: ABC12345';

	it('lets the code win and warns when e-mail or phone belong to somebody else', () => {
		expect(match({ comment, email: boris.email })).toEqual(by('code', 'u1', 'contact_mismatch'));
		expect(match({ comment, phone: vera.phone })).toEqual(by('code', 'u1', 'contact_mismatch'));
		expect(match({ comment, email: anna.email, phone: vera.phone })).toEqual(by('code', 'u1', 'contact_mismatch'));
	});

	it("does not warn when they are the user's or nobody's", () => {
		expect(match({ comment, email: anna.email, phone: anna.phone })).toEqual(by('code', 'u1'));
		expect(match({ comment, email: 'new@example.com', phone: '+70009998877' })).toEqual(by('code', 'u1'));
	});

	it('keeps a link when the code goes out of the comment', () => {
		expect(match({}, { linkedUserId: 'u1' })).toEqual({ ...nobody, userId: 'u1' });
		expect(match({ email: boris.email }, { linkedUserId: 'u1' })).toEqual({
			...nobody,
			userId: 'u1',
			warnings: ['contact_mismatch'],
		});
		expect(match({ comment: 'Код клиента: ZZZ99999' }, { linkedUserId: 'u1', pointsPosted: true })).toEqual({
			...nobody,
			userId: 'u1',
			warnings: ['unknown_code'],
		});
	});

	it('keeps what a person has decided about doubtful contacts', () => {
		const among = [anna, { ...boris, email: anna.email }];
		expect(match({ email: anna.email }, { linkedUserId: 'u2' }, among)).toEqual({
			userId: 'u2',
			matchedBy: null,
			review: false,
			warnings: ['ambiguous_email'],
		});
		const two = 'Код клиента: ABC12345. Код клиента: XKM48210';
		expect(match({ comment: two }, { linkedUserId: 'u2', pointsPosted: true })).toEqual(
			by('code', 'u2', 'two_codes'),
		);
	});

	it('sends the code of somebody else to review once points were given', () => {
		expect(match({ comment }, { linkedUserId: 'u2', pointsPosted: true })).toEqual({
			userId: 'u2',
			matchedBy: null,
			review: true,
			warnings: ['relink_after_award'],
		});
		expect(match({ comment }, { linkedUserId: 'u2', pointsPosted: false })).toEqual(by('code', 'u1'));
		expect(match({ comment }, { linkedUserId: 'u1', pointsPosted: true })).toEqual(by('code', 'u1'));
	});

	it('sends codes of two others to review and keeps the link', () => {
		const two = 'Код клиента: ABC12345. Код клиента: XKM48210';
		const kept = { userId: 'u3', matchedBy: null, review: true };
		expect(match({ comment: two }, { linkedUserId: 'u3' })).toEqual({ ...kept, warnings: ['two_codes'] });
		expect(match({ comment: two }, { linkedUserId: 'u3', pointsPosted: true })).toEqual({
			...kept,
			warnings: ['two_codes', 'relink_after_award'],
		});
	});
});

describe('YL4 row 7: nobody', () => {
	it.each<[string, unknown]>([
		['a walk-in', record({ comment: '', client: null })],
		['a walk-in of another form', record({ comment: '', client: [] })],
		['nothing', null],
		['an empty object', {}],
	])('%s is no error', (_name, value) => expect(matchUser(value, users)).toEqual(nobody));

	it('is what it is without users', () => {
		expect(matchUser(record(), [])).toEqual({ ...nobody, warnings: ['unknown_code'] });
	});
});

describe('matching', () => {
	it('says the same of a record and of the booking made of it', () => {
		const records = [record(), ...(sample('records-list-page').data as Raw[])];
		const matcher = new UserMatcher(users);
		const found = records.map((row) => matcher.match(row));
		expect(found).toEqual([by('code', 'u1'), by('code', 'u2'), nobody, by('email', 'u3')]);
		expect(records.map((row) => matcher.match(toBooking(row)))).toEqual(found);
	});

	it('uses another form of codes', () => {
		const among = [{ id: 'u1', code: 'vip-7' }];
		expect(match({ comment: 'Код клиента: VIP-7' }, { codePattern: 'VIP-\\d' }, among)).toEqual(by('code', 'u1'));
		expect(() => match({}, { codePattern: '(' })).toThrow(RangeError);
	});

	it('refuses a user without an id', () => {
		expect(() => matchUser(record(), [anna, { code: 'ABC12345' }])).toThrow(
			new RangeError('User 2 of the list has no id'),
		);
		expect(() => matchUser(record(), [null])).toThrow(RangeError);
	});

	it('is quick for many records and users', () => {
		const many = Array.from({ length: 20_000 }, (_, at) => ({
			id: at + 1,
			email: `u${at}@example.com`,
			phone: `+7${9_000_000_000 + at}`,
		}));
		const matcher = new UserMatcher(many);
		const started = Date.now();
		for (let at = 0; at < 5_000; at++)
			matcher.match(record({ comment: '', client: { phone: `8${9_000_000_000 + at}` } }));
		expect(Date.now() - started).toBeLessThan(5_000);
	});
});
