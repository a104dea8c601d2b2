import { BOT, CHANNEL, GROUP, type Stage, startStage, SUPERGROUP } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.telegram.control.user({ id: 7, firstName: 'Anna', username: 'anna_fake', languageCode: 'ru' }).start();
});
afterEach(async () => await stage.close());

const send = async (parameters: object) => await stage.api('sendMessage', { chat_id: 7, ...parameters });
const sendHtml = async (text: string) => await send({ text, parse_mode: 'HTML' });
const anna = () => stage.telegram.control.user({ id: 7 });

describe('HTML mode', () => {
	it.each([
		['<b>a</b>', 'bold'],
		['<strong>a</strong>', 'bold'],
		['<i>a</i>', 'italic'],
		['<em>a</em>', 'italic'],
		['<u>a</u>', 'underline'],
		['<ins>a</ins>', 'underline'],
		['<s>a</s>', 'strikethrough'],
		['<strike>a</strike>', 'strikethrough'],
		['<del>a</del>', 'strikethrough'],
		['<tg-spoiler>a</tg-spoiler>', 'spoiler'],
		['<span class="tg-spoiler">a</span>', 'spoiler'],
		['<code>a</code>', 'code'],
		['<pre>a</pre>', 'pre'],
		['<blockquote>a</blockquote>', 'blockquote'],
		['<blockquote expandable>a</blockquote>', 'blockquote'],
		['<B>a</B>', 'bold'],
	])('reads %s', async (text, type) => {
		expect((await sendHtml(text)).result).toMatchObject({ text: 'a', entities: [{ type, offset: 0, length: 1 }] });
	});

	it('nests, and counts UTF-16 units', async () => {
		const { result } = await sendHtml('😀 <b>bold <i>both</i></b> end');
		expect(result.text).toBe('😀 bold both end');
		expect(result.entities).toEqual([
			{ type: 'bold', offset: 3, length: 9 },
			{ type: 'italic', offset: 8, length: 4 },
		]);
	});

	it('makes links of addresses and keeps the text of others', async () => {
		const { result } = await sendHtml('<a href="https://example.com/?a=1&amp;b=2">pay</a> <a href="javascript:x">no</a>');
		expect(result.entities).toEqual([
			{ type: 'text_link', offset: 0, length: 3, url: 'https://example.com/?a=1&b=2' },
		]);
		expect(result.text).toBe('pay no');
	});

	it('names the language of a code block', async () => {
		const { result } = await sendHtml('<pre><code class="language-js">x</code></pre>');
		expect(result.entities).toEqual([{ type: 'pre', offset: 0, length: 1, language: 'js' }]);
	});

	it('decodes the four named and all numeric references, no others', async () => {
		const { result } = await sendHtml('&lt;b&gt; &amp; &quot;x&quot; &#128512; &#x41; &nbsp; & &copy;');
		expect(result.text).toBe('<b> & "x" 😀 A &nbsp; & &copy;');
	});

	it.each([
		['<p>a</p>', 'Unsupported start tag "p" at byte offset 0'],
		['ж<br>', 'Unsupported start tag "br" at byte offset 2'],
		['1 < 2', 'Unsupported start tag "" at byte offset 2'],
		['<b>a', 'Can\'t find end tag corresponding to start tag "b" at byte offset 0'],
		['<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
		['<b><i>a</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
		['a</b>', 'Unexpected end tag at byte offset 1'],
		['<b', 'Unclosed start tag at byte offset 0'],
		['<b>a</b', 'Unclosed end tag at byte offset 4'],
		['<a href="x>a</a>', 'Unclosed start tag "a" at byte offset 0'],
		['<a href>a</a>', 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'],
		['<span>a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
		['<span class="red">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
	])('refuses %s', async (text, reason) => {
		const answer = await sendHtml(text);
		const description = `Bad Request: can't parse entities: ${reason}`;
		expect(answer).toEqual({ status: 400, ok: false, error_code: 400, description });
		expect(anna().messages()).toHaveLength(1);
	});
});

describe('other modes', () => {
	it('reads legacy Markdown', async () => {
		const text = '*b* _i_ `c` ```p``` [l](https://example.com/) \\_ [x]';
		const { result } = await send({ text, parse_mode: 'Markdown' });
		expect(result.text).toBe('b i c p l _ x');
		expect(result.entities.map(({ type }: { type: string }) => type)).toEqual([
			'bold', 'italic', 'code', 'pre', 'text_link',
		]);
	});

	it.each(['_', '*', '`', '['])('refuses a lone %s in legacy Markdown', async (mark) => {
		const answer = await send({ text: `за${mark}b`, parse_mode: 'markdown' });
		expect(answer.description).toBe(
			"Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 4",
		);
	});

	it('cannot carry any of its own invite links in legacy Markdown (ST6)', async () => {
		for (let made = 0; made < 20; made += 1) {
			const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL });
			expect((await send({ text: result.invite_link, parse_mode: 'Markdown' })).status).toBe(400);
			expect((await sendHtml(result.invite_link)).status).toBe(200);
		}
	});

	it('sends anything without a mode', async () => {
		expect((await send({ text: '<b> _ *' })).result).toMatchObject({ text: '<b> _ *' });
	});

	it('refuses modes it cannot read', async () => {
		expect((await send({ text: 'a', parse_mode: 'BBCode' })).description).toBe('Bad Request: unsupported parse_mode');
		expect((await send({ text: 'a', parse_mode: 'MarkdownV2' })).status).toBe(400);
	});
});

describe('the text', () => {
	it.each([undefined, '', '   \n ', '<b></b>', '<b> </b>'])('is not empty: %p', async (text) => {
		const answer = await send({ text, parse_mode: 'HTML' });
		expect(answer.description).toBe('Bad Request: message text is empty');
	});

	it('has at most 4096 units after the markup is gone', async () => {
		expect((await sendHtml(`<b>${'x'.repeat(4096)}</b>`)).status).toBe(200);
		expect((await sendHtml(`${'x'.repeat(4095)}&amp;`)).status).toBe(200);
		expect((await sendHtml('x'.repeat(4097))).description).toBe('Bad Request: message is too long');
		expect((await sendHtml('😀'.repeat(2049))).description).toBe('Bad Request: message is too long');
	});

	it('loses white space at the ends, entities move along', async () => {
		const { result } = await sendHtml('  <b> a</b>b <i> </i> ');
		expect(result).toMatchObject({ text: 'ab', entities: [{ type: 'bold', offset: 0, length: 1 }] });
	});

	it('has its links and commands found', async () => {
		const { result } = await send({ text: 'See https://example.com/a_b. Or /help, not a/b' });
		expect(result.entities).toEqual([
			{ type: 'url', offset: 4, length: 23 },
			{ type: 'bot_command', offset: 32, length: 5 },
		]);
	});
});

describe('buttons', () => {
	const withKeyboard = async (keyboard: unknown) =>
		await send({ text: 'a', reply_markup: { inline_keyboard: keyboard } });

	it('come back with the message and are seen by the person', async () => {
		const rows = [[{ text: 'Pay', url: 'https://example.com/' }, { text: 'Help', callback_data: 'help' }], []];
		expect((await withKeyboard(rows)).result.reply_markup).toEqual({ inline_keyboard: [rows[0]] });
		expect(anna().messages().at(-1)?.buttons.map(({ text }) => text)).toEqual(['Pay', 'Help']);
	});

	it.each(['http://127.0.0.1:5678/x', 'http://localhost:5678/', 'tg://user?id=7', 'example.com/x'])(
		'may lead to %s',
		async (url) => {
			expect((await withKeyboard([[{ text: 'a', url }]])).status).toBe(200);
		},
	);

	it.each(['ftp://example.com', 'javascript:alert(1)', 'nowhere', 'http://', ''])('may not lead to %p', async (url) => {
		expect((await withKeyboard([[{ text: 'a', url }]])).description).toBe(
			`Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`,
		);
	});

	it('carry at most 64 bytes', async () => {
		expect((await withKeyboard([[{ text: 'a', callback_data: 'x'.repeat(64) }]])).status).toBe(200);
		for (const callback_data of ['x'.repeat(65), 'ж'.repeat(33), '']) {
			const { description } = await withKeyboard([[{ text: 'a', callback_data }]]);
			expect(description).toBe('Bad Request: BUTTON_DATA_INVALID');
		}
	});

	it.each([
		['not json', "can't parse reply keyboard markup JSON object"],
		['[]', 'object expected as reply markup'],
		[{ inline_keyboard: {} }, 'field "inline_keyboard" must be an Array of Arrays of buttons'],
		[{ inline_keyboard: [{ text: 'a' }] }, 'field "inline_keyboard" must be an Array of Arrays of buttons'],
		[{ inline_keyboard: [[{ url: 'https://example.com' }]] }, /field "text"/],
		[{ inline_keyboard: [[{ text: 'a' }]] }, /Text buttons are unallowed/],
		[{ inline_keyboard: [Array(101).fill({ text: 'a', callback_data: 'a' })] }, 'REPLY_MARKUP_TOO_LONG'],
	])('refuses %p', async (reply_markup, reason) => {
		const { status, description = '' } = await send({ text: 'a', reply_markup });
		expect(status).toBe(400);
		expect(description.replace('Bad Request: ', '')).toMatch(reason);
	});

	it('leaves other keyboards without buttons of the message', async () => {
		const answer = await send({ text: 'a', reply_markup: { remove_keyboard: true } });
		expect(answer.result.reply_markup).toBeUndefined();
	});
});

describe('whom the bot can write to', () => {
	it('writes to a chat and to people who pressed Start', async () => {
		const before = Math.floor(Date.now() / 1000);
		const { result } = await send({ text: 'Hi' });
		expect(result).toMatchObject({
			chat: { id: 7, type: 'private', first_name: 'Anna', username: 'anna_fake' },
			from: { is_bot: true, username: BOT },
			text: 'Hi',
		});
		expect(result.date).toBeGreaterThanOrEqual(before);
		const post = await stage.api('sendMessage', { chat_id: CHANNEL, text: 'News' });
		expect(post.result).toMatchObject({ sender_chat: { id: Number(CHANNEL) }, text: 'News' });
		expect(post.result.from).toBeUndefined();
		expect(stage.telegram.control.chatMessages(CHANNEL).map(({ text }) => text)).toEqual(['News']);
		expect((await stage.api('sendMessage', { chat_id: SUPERGROUP, text: 'x' })).result.from.is_bot).toBe(true);
	});

	it('cannot write first', async () => {
		stage.telegram.control.user({ id: 8 });
		expect(await send({ chat_id: 8, text: 'a' })).toMatchObject({
			status: 403,
			error_code: 403,
			description: "Forbidden: bot can't initiate conversation with a user",
		});
	});

	it('cannot write to somebody who blocked it, until it is let in again (ST9)', async () => {
		anna().blockBot();
		expect(await send({ text: 'a' })).toMatchObject({
			status: 403, description: 'Forbidden: bot was blocked by the user',
		});
		anna().unblockBot();
		expect((await send({ text: 'a' })).ok).toBe(true);
	});

	it('cannot write to a deleted account', async () => {
		anna().deleteAccount();
		expect((await send({ text: 'a' })).description).toBe('Forbidden: user is deactivated');
	});

	it('may write to somebody who asks to join, for five minutes while the request waits', async () => {
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL, creates_join_request: true });
		const boris = stage.telegram.control.user({ id: 8 });
		boris.openInvite(result.invite_link);
		expect((await send({ chat_id: 8, text: 'a' })).ok).toBe(true);
		stage.telegram.control.advance(301_000);
		expect((await send({ chat_id: 8, text: 'a' })).status).toBe(403);
	});

	it('may not write any more once the request is decided', async () => {
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL, creates_join_request: true });
		stage.telegram.control.user({ id: 8 }).openInvite(result.invite_link);
		await stage.api('declineChatJoinRequest', { chat_id: CHANNEL, user_id: 8 });
		expect((await send({ chat_id: 8, text: 'a' })).status).toBe(403);
	});

	it.each([
		['kickBot', CHANNEL, 'bot was kicked from the channel chat'],
		['kickBot', GROUP, 'bot was kicked from the group chat'],
		['demoteBot', CHANNEL, 'bot is not a member of the channel chat'],
	] as const)('is told after %s of %s', async (action, chat, reason) => {
		stage.telegram.control[action](chat);
		expect(await send({ chat_id: chat, text: 'a' })).toMatchObject({ status: 403, description: `Forbidden: ${reason}` });
		stage.telegram.control.promoteBot(chat);
		expect((await send({ chat_id: chat, text: 'a' })).ok).toBe(true);
	});
});

describe('answerCallbackQuery', () => {
	const pressed = async () => {
		await stage.hook();
		await send({ text: 'a', reply_markup: { inline_keyboard: [[{ text: 'Help', callback_data: 'help' }]] } });
		anna().press('Help');
		await stage.telegram.control.waitForDeliveries();
		return stage.receiver.received.at(-1)?.update.callback_query;
	};

	it('shows the text once', async () => {
		const { id: callback_query_id } = await pressed();
		expect((await stage.api('answerCallbackQuery', { callback_query_id, text: 'Sent' })).result).toBe(true);
		expect(anna().notices()).toEqual(['Sent']);
		expect((await stage.api('answerCallbackQuery', { callback_query_id })).description).toMatch(/query is too old/);
	});

	it('refuses unknown and late ids, and long texts', async () => {
		expect((await stage.api('answerCallbackQuery', { callback_query_id: '1' })).status).toBe(400);
		const { id: callback_query_id } = await pressed();
		const long = await stage.api('answerCallbackQuery', { callback_query_id, text: 'x'.repeat(201) });
		expect(long.description).toBe('Bad Request: MESSAGE_TOO_LONG');
		stage.telegram.control.advance(200_000);
		expect((await stage.api('answerCallbackQuery', { callback_query_id })).status).toBe(400);
	});
});
