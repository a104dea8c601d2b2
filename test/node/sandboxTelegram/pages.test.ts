import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BOT, CHANNEL, http, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const page = async (path: string) => await http.get<string>(`${stage.telegram.url}/_chats${path}`);
const submit = async (path: string, fields: Record<string, string> = {}) =>
	await http.post<string>(`${stage.telegram.url}/_chats${path}`, new URLSearchParams(fields));
const shown = async (path: string) => (await page(path)).data.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const say = async (text: string, more: object = {}) =>
	await stage.api('sendMessage', { chat_id: 7, text, parse_mode: 'HTML', ...more });
const anna = () => stage.telegram.control.user({ id: 7 });

/** The value of a button of the form `press` or `open` with this label. */
const valueOf = (markup: string, label: string) => {
	const button = new RegExp(`name="(?:at|url)" value="([^"]+)"[^>]*>${label}`).exec(markup);
	return button?.[1]?.replaceAll('&amp;', '&') ?? 'no such button';
};

describe('the chat pages', () => {
	it('are plain pages without scripts, nothing foreign, for light and dark', async () => {
		stage.telegram.control.user({ id: 7, firstName: 'Anna' }).start();
		for (const path of ['', '/people/7', `/chats/${CHANNEL}`]) {
			const { status, data, headers } = await page(path);
			expect(status).toBe(200);
			expect(headers['content-security-policy']).toContain("default-src 'none'");
			expect(data).not.toMatch(/<script|javascript:| on[a-z]+="| style="/);
			expect(data).toContain('name="color-scheme" content="light dark"');
		}
		const css = (await http.get<string>(`${stage.telegram.url}/_assets/page.css`)).data;
		expect(css).toContain('prefers-color-scheme: dark');
		expect(css).not.toMatch(/url\(|@import/);
	});

	it('start from the address of the stand-in', async () => {
		const { status, headers } = await http.get(stage.telegram.url);
		expect([status, headers.location]).toEqual([302, '/_chats']);
		expect(await shown('')).toContain(`Chats with @${BOT}`);
	});

	it('make a person, who presses Start, writes, blocks and comes back', async () => {
		const made = await submit('/people', { firstName: 'Анна' });
		const path = String(made.headers.location).replace('/_chats', '');
		const id = path.split('/').at(-1) ?? '';
		expect(made.status).toBe(303);
		expect(await shown(path)).toContain('has not pressed Start');
		expect((await page(path)).data).not.toContain('name="text"');

		expect((await submit(`${path}/start`)).headers.location).toBe(`/_chats${path}#end`);
		await submit(`${path}/send`, { text: '/pay' });
		const person = stage.telegram.control.user({ id });
		expect(person.messages().map(({ text }) => text)).toEqual(['/start', '/pay']);
		expect(await shown(path)).toContain('/pay');

		await submit(`${path}/block`);
		expect(await shown(path)).toMatch(/has blocked the bot.*Restart bot/);
		await submit(`${path}/unblock`);
		expect(await shown(path)).toContain('chat open');
		await submit(`${path}/send`, { text: ' ' });
		expect(await shown(path)).toContain('There is nothing to send');
		expect(await shown(path)).not.toContain('There is nothing to send');
	});

	it('wait a little for the answer, so that it is there at once', async () => {
		await stage.hook();
		stage.receiver.answer({ status: 200, body: { method: 'sendMessage', chat_id: 7, text: 'Welcome' }, afterMs: 100 });
		stage.telegram.control.user({ id: 7 });
		await submit('/people/7/start');
		expect(await shown('/people/7')).toContain('Welcome');
	});

	it('have buttons that work', async () => {
		await stage.hook();
		anna().start();
		const invite = (await stage.api('createChatInviteLink', { chat_id: CHANNEL, member_limit: 1 })).result.invite_link;
		const rows = [
			[{ text: 'Help', callback_data: 'help' }],
			[{ text: 'Pay', url: 'https://example.com/pay?a=1&b=2' }, { text: 'Join', url: invite }],
		];
		await say('Choose', { reply_markup: { inline_keyboard: rows } });
		const { data } = await page('/people/7');
		expect(data).toContain('<a href="https://example.com/pay?a=1&amp;b=2" class="key" target="_blank"');

		await submit('/people/7/press', { at: valueOf(data, 'Help') });
		await stage.telegram.control.waitForDeliveries();
		const query = stage.receiver.received.at(-1)?.update.callback_query;
		expect(query.data).toBe('help');

		expect(valueOf(data, 'Join')).toBe(invite);
		await submit('/people/7/open', { url: valueOf(data, 'Join') });
		expect(anna().isMember(CHANNEL)).toBe(true);
		expect(await shown('/people/7')).toMatch(/You joined\..*Course.*member/);
		await submit('/people/7/leave', { chat: CHANNEL });
		expect(anna().isMember(CHANNEL)).toBe(false);
	});

	it('show the answer to a pressed button', async () => {
		await stage.hook();
		anna().start();
		await say('Choose', { reply_markup: { inline_keyboard: [[{ text: 'Help', callback_data: 'help' }]] } });
		await stage.telegram.control.waitForDeliveries();
		const pressing = submit('/people/7/press', { at: valueOf((await page('/people/7')).data, 'Help') });
		await stage.telegram.control.waitForDeliveries();
		const isPressed = () => stage.receiver.received.at(-1)?.update.callback_query;
		while (!isPressed()) await new Promise((resolve) => setTimeout(resolve, 5));
		await stage.api('answerCallbackQuery', { callback_query_id: isPressed().id, text: 'On its way' });
		await pressing;
		expect(await shown('/people/7')).toContain('On its way');
	});

	it.each([
		['https://t.me/+nobodymadethis1', 'not valid'],
		['https://example.com/', 'open it in a browser'],
		[`https://t.me/${BOT}?start=bad payload`, 'Telegram takes 1 to 64'],
	])('tell what became of the link %s', async (url, text) => {
		anna();
		await submit('/people/7/open', { url });
		expect(await shown('/people/7')).toContain(text);
	});

	it('show text as Telegram does', async () => {
		anna().start();
		const link = stage.telegram.control.ownerLink(CHANNEL);
		await say(`<b>Paid <i>now</i></b>\n<a href="https://example.com/">site</a> ${link} <tg-spoiler>s</tg-spoiler>`);
		const { data } = await page('/people/7');
		expect(data).toContain('<b>Paid </b><b><i>now</i></b>');
		expect(data).toContain('<a href="https://example.com/" class="link" target="_blank" rel="noopener noreferrer">site');
		expect(data).toContain(`<button form="open" name="url" value="${link}" class="link">${link}</button>`);
		expect(data).toContain('<span class="spoiler">s</span>');
	});

	it('escape everything people and the bot write', async () => {
		const hostile = '<img src=x onerror=alert(1)>"\'';
		stage.telegram.control.user({ id: 7, firstName: hostile }).start();
		anna().send(hostile);
		const rows = [[{ text: hostile, callback_data: 'x' }, { text: 'tg', url: 'tg://user?id=7' }]];
		await stage.api('sendMessage', { chat_id: 7, text: hostile, reply_markup: { inline_keyboard: rows } });
		await stage.api('createChatInviteLink', { chat_id: CHANNEL, name: '<img src=x>' });
		const { data } = await page('/people/7');
		expect(data).not.toContain('<img');
		expect(data).not.toContain('href="tg:');
		expect((await page(`/chats/${CHANNEL}`)).data).not.toContain('<img');
	});

	it('show a channel with members, links and posts', async () => {
		const name = 'order-1';
		stage.telegram.control.user({ id: 7, firstName: 'Anna' });
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL, member_limit: 1, name });
		anna().openInvite(result.invite_link);
		await stage.api('revokeChatInviteLink', { chat_id: CHANNEL, invite_link: result.invite_link });
		await stage.api('sendMessage', { chat_id: CHANNEL, text: 'News' });
		const text = await shown(`/chats/${CHANNEL}`);
		expect(text).toMatch(/Anna member order-1/);
		expect(text).toMatch(/order-1 https:\/\/t\.me\/\+\S+ invite 1 of 1 never revoked Anna/);
		expect(text).toContain('News');
	});

	it.each(['/people/999', '/chats/-5'])('do not know %s', async (path) => {
		expect(await page(path)).toMatchObject({ status: 404, data: expect.stringContaining('There is no such page') });
	});

	it('know no other acts', async () => {
		anna();
		expect((await submit('/people/7/fly')).status).toBe(404);
		expect((await submit('/people/7/press', { at: '5.0' })).status).toBe(303);
		expect(await shown('/people/7')).toContain('There is no such button');
	});

	it('are for this sandbox only', async () => {
		const headers = { Origin: 'https://evil.example' };
		const { status } = await http.post(`${stage.telegram.url}/_chats/people`, 'firstName=x', { headers });
		expect(status).toBe(403);
	});

	it('style every class they use', async () => {
		const folder = join(__dirname, '../../../sandbox/telegram');
		const sheets = ['../shared/assets/base.css', 'assets/page.css'].map((name) => join(folder, name));
		const css = (await Promise.all(sheets.map(async (path) => await readFile(path, 'utf8')))).join('\n');
		const paths = ['layout', 'richText', 'chatPage', 'groupPage'].map((name) => join(folder, `pages/${name}.ts`));
		const sources = await Promise.all(paths.map(async (path) => await readFile(path, 'utf8')));
		const used = sources.join('\n').matchAll(/class="([a-z ]+)"/g);
		for (const name of new Set([...used].flatMap(([, names = '']) => names.split(' ')))) {
			expect(css).toMatch(new RegExp(`\\.${name}\\b`));
		}
	});
});
