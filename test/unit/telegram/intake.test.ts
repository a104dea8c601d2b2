import cryptoJs from 'crypto-js';

import { MAX_BODY_BYTES } from '../../../nodes/shared/bodyLimit';
import { takeIn, type IntakeSettings, type UpdateRequest } from '../../../nodes/TelegramInvite/intake';
import { allowedUpdates, type EventChoice } from '../../../nodes/TelegramInvite/updateKinds';
import { webhookSecret } from '../../../nodes/TelegramInvite/webhookSecret';
import { blockUpdate, buttonUpdate, joinRequestUpdate, memberUpdate, messageUpdate } from './updates';

const ALL: EventChoice[] = ['command', 'message', 'button', 'joinRequest', 'memberChange', 'botBlocked'];
const SETTINGS: IntakeSettings = { secret: 's3cret', events: ALL, chatIds: [], includeRaw: false };
const request = (body: unknown, change: Partial<UpdateRequest> = {}): UpdateRequest => ({
	body,
	secret: 's3cret',
	bodyBytes: 100,
	...change,
});

describe('the intake', () => {
	it('ST5 lets nobody in without the secret', () => {
		for (const secret of [undefined, '', 's3cre', 's3cret ', 'S3CRET', ['s3cret'], null, 1]) {
			expect(takeIn(request(messageUpdate(), { secret }), SETTINGS)).toEqual({
				status: 401,
				message: 'Secret token missing or wrong',
			});
		}
	});

	it('lets nobody in while there is no token', () => {
		for (const secret of [undefined, '', 'null', 's3cret']) {
			expect(takeIn(request(messageUpdate(), { secret }), { ...SETTINGS, secret: null })).toMatchObject({ status: 401 });
		}
	});

	it('refuses a body over a megabyte, but only from Telegram', () => {
		const bodyBytes = MAX_BODY_BYTES + 1;
		expect(takeIn(request(messageUpdate(), { bodyBytes }), SETTINGS)).toMatchObject({ status: 413 });
		expect(takeIn(request(messageUpdate(), { bodyBytes, secret: 'x' }), SETTINGS)).toMatchObject({ status: 401 });
		expect(takeIn(request(messageUpdate(), { bodyBytes: MAX_BODY_BYTES }), SETTINGS)).toHaveProperty('event');
	});

	it.each([undefined, null, '', 'x', [], {}, { message: {} }, { update_id: 1, message: 'x' }])('refuses %j', (body) => {
		expect(takeIn(request(body), SETTINGS)).toMatchObject({ status: 422 });
	});

	it('refuses what is too deep to be kept', () => {
		const deep: unknown = JSON.parse(`${'['.repeat(7000)}${']'.repeat(7000)}`);
		const intake = () => takeIn(request({ ...messageUpdate(), deep }), { ...SETTINGS, includeRaw: true });
		expect(intake).not.toThrow();
	});

	it.each<[EventChoice, unknown]>([
		['command', messageUpdate()],
		['message', messageUpdate({ text: 'hi' })],
		['button', buttonUpdate()],
		['joinRequest', joinRequestUpdate()],
		['memberChange', memberUpdate({ status: 'left' }, { status: 'member' })],
		['memberChange', memberUpdate({ status: 'member' }, { status: 'left' })],
		['botBlocked', blockUpdate('member', 'kicked')],
		['botBlocked', blockUpdate('kicked', 'member')],
	])('takes %s only when it is asked for', (choice, update) => {
		expect(takeIn(request(update), { ...SETTINGS, events: [choice] })).toHaveProperty('event');
		const others = ALL.filter((other) => other !== choice);
		expect(takeIn(request(update), { ...SETTINGS, events: others })).toEqual({ status: 200, message: 'ok' });
	});

	it('limits join requests and member changes to the given chats, and nothing else', () => {
		const elsewhere = { ...SETTINGS, chatIds: ['-1009999999999'] };
		const here = { ...SETTINGS, chatIds: ['-1009999999999', '-1001234567890'] };
		const joined = memberUpdate({ status: 'left' }, { status: 'member' });
		for (const update of [joinRequestUpdate(), joined]) {
			expect(takeIn(request(update), elsewhere)).toMatchObject({ status: 200 });
			expect(takeIn(request(update), here)).toHaveProperty('event');
		}
		for (const update of [messageUpdate(), buttonUpdate(), blockUpdate('member', 'kicked')]) {
			expect(takeIn(request(update), elsewhere)).toHaveProperty('event');
		}
	});

	it('adds the raw update on request only', () => {
		expect(takeIn(request(messageUpdate()), SETTINGS)).not.toHaveProperty('event.raw');
		expect(takeIn(request(messageUpdate()), { ...SETTINGS, includeRaw: true })).toHaveProperty(
			'event.raw',
			JSON.parse(JSON.stringify(messageUpdate())),
		);
	});

	it('makes every text fit for the ledger', () => {
		const intake = takeIn(request(messageUpdate({ text: '/start a\u0000b\ud800' })), SETTINGS);
		expect(intake).toMatchObject({ event: { payload: 'ab\ufffd' } });
	});
});

describe('the secret of the webhook', () => {
	const owner = { workflowId: 'wf1', nodeId: 'n1', isTest: false };

	it('is the HMAC of the node, keyed with the token', () => {
		const expected = cryptoJs.HmacSHA256('wf1:n1:production', '1:fake-token').toString();
		expect(webhookSecret('1:fake-token', owner)).toBe(expected);
		expect(expected).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
	});

	it('differs by token, workflow, node and listener', () => {
		const secrets = [
			webhookSecret('1:fake-token', owner),
			webhookSecret('2:fake-token', owner),
			webhookSecret('1:fake-token', { ...owner, workflowId: 'wf2' }),
			webhookSecret('1:fake-token', { ...owner, nodeId: 'n2' }),
			webhookSecret('1:fake-token', { ...owner, isTest: true }),
		];
		expect(new Set(secrets).size).toBe(5);
	});
});

describe('the updates Telegram is asked for', () => {
	it('are those the events need, named one by one', () => {
		const all = ['callback_query', 'chat_join_request', 'chat_member', 'message', 'my_chat_member'];
		expect(allowedUpdates(ALL)).toEqual(all);
		expect(allowedUpdates(['message', 'command'])).toEqual(['message']);
		expect(allowedUpdates(['memberChange'])).toEqual(['chat_member']);
		expect(allowedUpdates(['botBlocked'])).toEqual(['my_chat_member']);
	});
});
