import type { Person } from '../../../sandbox/telegram/person';
import { BOT, CHANNEL, type Stage, startStage } from './stage';

let stage: Stage;
let anna: Person;
beforeEach(async () => {
	stage = await startStage();
	anna = stage.telegram.control.user({ id: 7, firstName: 'Anna', languageCode: 'ru' });
});
afterEach(async () => await stage.close());

const say = async (text: string, buttons: object[] = []) =>
	await stage.api('sendMessage', { chat_id: 7, text, reply_markup: { inline_keyboard: [buttons] } });
const updates = () => stage.telegram.control.updates().map(({ body }) => body);

describe('a person', () => {
	it('presses Start, writes and sees the answers (ST1)', async () => {
		anna.start('order-1');
		await say('<b>', [{ text: 'Help', callback_data: 'help' }]);
		anna.send(' /pay now ');
		expect(anna.messages()).toEqual([
			expect.objectContaining({ from: 'person', text: '/start order-1', buttons: [] }),
			{
				id: expect.any(Number),
				from: 'bot',
				text: '<b>',
				entities: [],
				buttons: [{ text: 'Help', callback_data: 'help' }],
				at: expect.stringMatching(/^\d{4}-.*Z$/),
			},
			expect.objectContaining({ text: '/pay now', entities: [{ type: 'bot_command', offset: 0, length: 4 }] }),
		]);
		expect(updates()[1]).toMatchObject({ message: { from: { first_name: 'Anna', language_code: 'ru' } } });
	});

	it.each(['', 'with space', 'x'.repeat(65), 'order#1', 'заказ'])('cannot start with %p (ST10)', (payload) => {
		expect(() => anna.start(payload)).toThrow('Telegram takes 1 to 64');
		expect(updates()).toEqual([]);
	});

	it('takes the longest payload', () => {
		anna.start(`${'x'.repeat(62)}_-`);
		expect(anna.messages()[0]?.text).toHaveLength(71);
	});

	it('cannot write before Start or while the bot is blocked', () => {
		expect(() => anna.send('hi')).toThrow('Press Start first');
		anna.start();
		anna.blockBot();
		expect(() => anna.send('hi')).toThrow('The bot is blocked');
		anna.start();
		expect(anna.state).toBe('open');
		expect(() => anna.send('  ')).toThrow('nothing to send');
	});

	it('tells the bot by blocking and unblocking, once each', () => {
		anna.start();
		anna.blockBot();
		anna.blockBot();
		anna.unblockBot();
		expect(updates().slice(1)).toMatchObject([
			{
				my_chat_member: {
					chat: { id: 7, type: 'private' },
					from: { id: 7 },
					old_chat_member: { status: 'member' },
					new_chat_member: { user: { username: BOT }, status: 'kicked' },
				},
			},
			{ my_chat_member: { old_chat_member: { status: 'kicked' }, new_chat_member: { status: 'member' } } },
		]);
	});

	it('with a deleted account does nothing more', () => {
		anna.start();
		anna.deleteAccount();
		for (const act of [() => anna.start(), () => anna.send('x'), () => anna.openInvite('https://t.me/+x')]) {
			expect(act).toThrow('The account is deleted');
		}
	});

	it('is the same one under the same id', () => {
		anna.start();
		const again = stage.telegram.control.user({ id: '7', username: 'anna_fake' });
		expect(again).toBe(anna);
		expect(again.messages()).toHaveLength(1);
		anna.send('x');
		expect(updates()[1]).toMatchObject({ message: { from: { first_name: 'Anna', username: 'anna_fake' } } });
	});

	it('gets an id above 32 bits, its own, when none is named', () => {
		const ids = [stage.telegram.control.user().id, stage.telegram.control.user().id].map(Number);
		expect(ids[0]).toBeGreaterThan(2 ** 32);
		expect(ids[1]).not.toBe(ids[0]);
	});

	it.each(['0', 'x', '-7', 2 ** 52, '1.5'])('has not the id %p', (id) => {
		expect(() => stage.telegram.control.user({ id })).toThrow('Not a user id');
	});

	it('leaves only where it is', () => {
		expect(() => anna.leave(CHANNEL)).toThrow(`Not a member of ${CHANNEL}`);
	});
});

describe('buttons', () => {
	it('send the data with the message they stand under', async () => {
		anna.start();
		await say('first', [{ text: 'Pay', callback_data: 'old' }]);
		const { result } = await say('second', [{ text: 'Pay', callback_data: 'pay' }]);
		expect(anna.press('Pay')).toBeNull();
		expect(updates()[1]).toMatchObject({
			callback_query: {
				id: expect.stringMatching(/^\d{15,}$/),
				from: { id: 7 },
				data: 'pay',
				chat_instance: expect.any(String),
				message: { message_id: result.message_id, text: 'second', from: { is_bot: true } },
			},
		});
	});

	it('with an address give it back', async () => {
		anna.start();
		await say('a', [{ text: 'Pay', url: 'https://example.com/pay' }]);
		expect(anna.press('Pay')).toBe('https://example.com/pay');
		expect(updates()).toHaveLength(1);
	});

	it('with an invite link let in', async () => {
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL, member_limit: 1 });
		anna.start();
		await say('a', [{ text: 'Join', url: result.invite_link }]);
		expect(anna.press('Join')).toBe(result.invite_link);
		expect(anna.isMember(CHANNEL)).toBe(true);
	});

	it('with a deep link start the bot', async () => {
		anna.start();
		await say('a', [{ text: 'Again', url: `https://t.me/${BOT}?start=token-1` }]);
		anna.press('Again');
		expect(anna.messages().at(-1)?.text).toBe('/start token-1');
	});

	it('are missed with a list of those there are', async () => {
		anna.start();
		await say('a', [{ text: 'Pay', callback_data: 'x' }]);
		expect(() => anna.press('Buy')).toThrow('There is no button "Buy". There are: Pay');
	});
});

describe('openLink', () => {
	it.each([
		[`https://t.me/${BOT}?start=abc`, 'started', '/start abc'],
		[`https://t.me/${BOT.toUpperCase()}?start=abc`, 'started', '/start abc'],
		[`tg://resolve?domain=${BOT}&start=abc`, 'started', '/start abc'],
		[`https://t.me/${BOT}`, 'started', '/start'],
		['https://t.me/other_bot?start=abc', 'elsewhere', undefined],
		['https://example.com/course_sandbox_bot?start=abc', 'elsewhere', undefined],
		['nonsense', 'elsewhere', undefined],
		['https://t.me/+nobodymadethis1', 'link_invalid', undefined],
	])('%s: %s', (url, outcome, text) => {
		expect(anna.openLink(url)).toBe(outcome);
		expect(anna.messages().at(-1)?.text).toBe(text);
	});
});

describe('waitForMessage', () => {
	it('finds a part of a text that comes later', async () => {
		anna.start();
		const waiting = anna.waitForMessage('link is');
		await say('Paid');
		await say('Your link is ready');
		expect((await waiting).text).toBe('Your link is ready');
	});

	it('returns each message once, whatever the order', async () => {
		anna.start();
		await say('one');
		await say('two');
		await say('one');
		const ids = [
			(await anna.waitForMessage('two')).id,
			(await anna.waitForMessage('one')).id,
			(await anna.waitForMessage(({ text }) => text === 'one')).id,
		];
		expect(new Set(ids).size).toBe(3);
		await expect(anna.waitForMessage('one', 30)).rejects.toThrow(/No such message.*"one"; "two"; "one"/);
	});

	it('does not take what the person wrote', async () => {
		anna.start();
		await expect(anna.waitForMessage('/start', 30)).rejects.toThrow('The bot said: nothing');
	});
});
