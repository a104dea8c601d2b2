import { z } from 'zod';

import { isAdministrator, isPresent } from '../../../nodes/TelegramInvite/chatMember';
import { BotApiError, readAnswer } from '../../../nodes/TelegramInvite/shared/answers';
import { readCredentials, withoutToken } from '../../../nodes/TelegramInvite/shared/credentials';
import { isRefusal, refusalAdvice, type Refusal } from '../../../nodes/TelegramInvite/shared/refusals';

const TOKEN = '700000001:FAKE-token_for_tests';

function refusal(json: unknown, status = 400, headers: Record<string, string> = {}): BotApiError {
	try {
		readAnswer({ status, headers, json, text: '' }, z.unknown());
	} catch (error) {
		if (error instanceof BotApiError) return error;
	}
	throw new Error('Not refused');
}

describe('answers', () => {
	it('give their result', () => {
		const answer = { status: 200, headers: {}, text: '', json: { ok: true, result: { id: 1, more: 2 } } };
		expect(readAnswer(answer, z.object({ id: z.number() }))).toEqual({ id: 1 });
	});

	it('with a result in another form may have had an effect', () => {
		const answer = { status: 200, headers: {}, text: '', json: { ok: true, result: false } };
		expect(() => readAnswer(answer, z.literal(true))).toThrow(BotApiError);
		expect(refusal({ ok: false, error_code: 400 }).mayHaveHappened).toBe(false);
	});

	it('refuse with code, words and what helps', () => {
		const parameters = { migrate_to_chat_id: -1_001_234 };
		const error = refusal({ ok: false, error_code: 400, description: 'x', parameters });
		expect([error.code, error.description, error.migrateToChatId, error.retryAfterSeconds]).toEqual([
			400,
			'x',
			'-1001234',
			undefined,
		]);
	});

	it.each<[unknown, Record<string, string>, number]>([
		[{ ok: false, error_code: 429, description: 'x', parameters: { retry_after: 7 } }, {}, 7],
		[{ ok: false, error_code: 429, description: 'x', parameters: { retry_after: 0 } }, {}, 1],
		[{ ok: false, error_code: 429, description: 'x' }, { 'retry-after': '5' }, 5],
		[{ ok: false, error_code: 429, description: 'x' }, {}, 1],
		['<html>slow down</html>', { 'retry-after': '2.2' }, 3],
		['<html>slow down</html>', { 'retry-after': 'soon' }, 1],
	])('429 %j %j asks for %d seconds', (json, headers, seconds) => {
		expect(refusal(json, 429, headers).retryAfterSeconds).toBe(seconds);
	});

	it.each([
		[200, true],
		[302, true],
		[404, false],
		[413, false],
		[500, true],
		[502, true],
		[504, true],
	])('HTTP %d of something in between: may have happened is %s', (status, mayHaveHappened) => {
		const error = refusal('<html>nginx</html>', status);
		expect([error.code, error.mayHaveHappened, error.message]).toEqual([
			status,
			mayHaveHappened,
			`HTTP ${status} without an answer of the Bot API`,
		]);
	});

	it.each([
		[500, false],
		[502, false],
		[504, true],
	])('code %d of the Bot API itself: may have happened is %s', (code, mayHaveHappened) => {
		expect(refusal({ ok: false, error_code: code, description: 'x' }, code).mayHaveHappened).toBe(mayHaveHappened);
	});
});

describe('refusals', () => {
	it.each<[number, string, Refusal]>([
		[400, 'Bad Request: chat not found', 'chatUnknown'],
		[400, 'Bad Request: CHAT NOT FOUND', 'chatUnknown'],
		[400, 'Bad Request: user not found', 'personUnknown'],
		[400, 'Bad Request: member not found', 'personUnknown'],
		[400, 'Bad Request: PARTICIPANT_ID_INVALID', 'personUnknown'],
		[400, 'Bad Request: INVITE_HASH_EXPIRED', 'linkUnknown'],
		[400, 'Bad Request: USER_ALREADY_PARTICIPANT', 'requestGone'],
		[400, 'Bad Request: HIDE_REQUESTER_MISSING', 'requestGone'],
		[400, 'Bad Request: user is an administrator of the chat', 'personIsAdministrator'],
		[400, "Bad Request: can't remove chat owner", 'personIsAdministrator'],
		[400, 'Bad Request: method is available for supergroup and channel chats only', 'basicGroup'],
		[400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"', 'markupBroken'],
		[400, 'Bad Request: not enough rights to manage chat invite link', 'rightsMissing'],
		[400, 'Bad Request: CHAT_ADMIN_REQUIRED', 'rightsMissing'],
		[403, 'Forbidden: bot was blocked by the user', 'botShutOut'],
		[400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'pressTooOld'],
	])('%d %s means %s', (code, description, meaning) => {
		expect(isRefusal(new BotApiError(code, description), meaning)).toBe(true);
		expect(isRefusal(new BotApiError(code + 100, description), meaning)).toBe(false);
		expect(isRefusal(new Error(description), meaning)).toBe(false);
	});

	it.each<[number, string, RegExp]>([
		[401, 'Unauthorized', /bot token/],
		[404, 'Not Found', /bot token/],
		[403, 'Forbidden: bot was kicked from the channel chat', /Add the bot to the chat again/],
		[400, 'Bad Request: chat not found', /chat ID/],
		[400, 'Bad Request: not enough rights', /administrator/],
		[400, 'Bad Request: message is too long', /fields of this node/],
		[502, 'Bad Gateway', /later/],
	])('%d %s: says what to do', (code, description, advice) => {
		expect(refusalAdvice(new BotApiError(code, description))).toMatch(advice);
	});

	it('that may have had an effect say so', () => {
		expect(refusalAdvice(new BotApiError(504, 'x', { mayHaveHappened: true }))).toMatch(/not known whether/);
	});
});

describe('chat members', () => {
	it.each([
		['creator', undefined, true, true],
		['administrator', undefined, true, true],
		['member', undefined, true, false],
		['restricted', true, true, false],
		['restricted', false, false, false],
		['restricted', undefined, false, false],
		['left', undefined, false, false],
		['kicked', undefined, false, false],
		['left', true, false, false],
	])('%s (is_member %s): present %s, administrator %s', (status, isMember, present, administrator) => {
		const member = { status, is_member: isMember };
		expect([isPresent(member), isAdministrator(member)]).toEqual([present, administrator]);
	});
});

describe('the credential', () => {
	it('loses the spaces of pasting, and has a usual address', () => {
		expect(readCredentials({ botToken: ` ${TOKEN}\n`, baseUrl: ' https://bots.example/api/ ' })).toEqual({
			botToken: TOKEN,
			baseUrl: 'https://bots.example/api',
		});
		for (const baseUrl of ['', undefined, 'https://api.telegram.org/']) {
			expect(readCredentials({ botToken: TOKEN, baseUrl }).baseUrl).toBe('https://api.telegram.org');
		}
	});

	it.each(['http://127.0.0.1:8081', 'http://localhost:8081', 'http://[::1]:8081'])(
		'%s is on this machine and needs no https',
		(baseUrl) => {
			expect(readCredentials({ botToken: TOKEN, baseUrl }).baseUrl).toBe(baseUrl);
		},
	);

	it.each([
		'http://api.telegram.org',
		'http://127.0.0.1.example',
		'ftp://api.telegram.org',
		'api.telegram.org',
		'https://user:pass@api.telegram.org',
		'https://api.telegram.org/?x=1',
		'https://api.telegram.org/#x',
	])('%s is refused', (baseUrl) => {
		expect(() => readCredentials({ botToken: TOKEN, baseUrl })).toThrow(/base URL/);
	});

	it.each([
		'',
		'  ',
		'nonsense',
		'4242',
		'4242:',
		'4242:short',
		`${TOKEN}/../x`,
		`bot${TOKEN}`,
		'1:with space-inside',
		`${TOKEN}?`,
	])('the token %j is refused without showing it', (botToken) => {
		const read = () => readCredentials({ botToken });
		expect(read).toThrow(RangeError);
		expect(read).not.toThrow(botToken.trim() === '' ? /$^/ : botToken);
	});

	it('ST5 never comes back in an answer', () => {
		const credentials = { botToken: TOKEN, baseUrl: '' };
		const answer = { a: [`https://x/bot${TOKEN}/y`, 'FAKE-token_for_tests'], [TOKEN]: 1, fine: 'x' };
		const clean = withoutToken(answer, credentials);
		expect(JSON.stringify(clean)).not.toContain('FAKE-token');
		expect(clean).toMatchObject({ a: ['https://x/bot700000001:***/y', '***'], fine: 'x' });
		expect(withoutToken(undefined, credentials)).toBeUndefined();
	});
});
