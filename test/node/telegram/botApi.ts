import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = '700000001:FAKE-token_for_tests';

/** One call as it arrived. */
export interface Call {
	method: string;
	token: string;
	type: string | undefined;
	parameters: Record<string, unknown>;
	at: number;
}

/** What the stand-in does with a call; without one it answers by the method's default. */
export type Reaction =
	| { result: unknown }
	| { refuse: number; description: string; parameters?: object }
	| { status: number; body: string; headers?: Record<string, string> }
	/** Takes the call in and hangs up without an answer. */
	| 'drop';

export interface BotApi {
	url: string;
	calls: Call[];
	/** Names of the methods called so far. */
	methods: () => string[];
	/** What the next calls of a method meet, in this order; the defaults follow. */
	on: (method: string, ...reactions: Reaction[]) => void;
	close: () => Promise<void>;
}

export const refuse = (code: number, description: string, parameters?: object): Reaction => ({
	refuse: code,
	description,
	parameters,
});

const LINK = 'https://t.me/+AbC_d-EfGhIjKl';

function usualResult(method: string, parameters: Record<string, unknown>): unknown {
	switch (method) {
		case 'getMe':
			return { id: 800_000_001, is_bot: true, first_name: 'Course', username: 'course_test_bot' };
		case 'getChat':
			return { id: -1_001_234_567_890, type: 'channel', title: 'Course' };
		case 'getChatMember':
			return { status: 'member', user: { id: parameters.user_id } };
		case 'createChatInviteLink': {
			const { name, expire_date, member_limit, creates_join_request } = parameters;
			const fields = { name, expire_date, member_limit, creates_join_request };
			return { invite_link: LINK, creator: {}, is_primary: false, is_revoked: false, ...fields };
		}
		case 'revokeChatInviteLink':
			return { invite_link: parameters.invite_link, is_revoked: true };
		case 'sendMessage':
			return { message_id: 55, date: 1_800_000_000, chat: { id: Number(parameters.chat_id) || -100, type: 'private' } };
		case 'getWebhookInfo':
			return { url: '', has_custom_certificate: false, pending_update_count: 0 };
		default:
			return true;
	}
}

/** A small Bot API on loopback: envelopes, refusals, pauses, moved groups, lost connections. */
export async function startBotApi(): Promise<BotApi> {
	const calls: Call[] = [];
	const planned = new Map<string, Reaction[]>();
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
		const parameters = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
		calls.push({ method, token, type: request.headers['content-type'], parameters, at: Date.now() });
		const send = (status: number, json: object) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
		const reaction = planned.get(method)?.shift();
		if (reaction === 'drop') request.socket.destroy();
		else if (token !== TOKEN) send(401, { ok: false, error_code: 401, description: 'Unauthorized' });
		else if (!reaction) send(200, { ok: true, result: usualResult(method, parameters) });
		else if ('result' in reaction) send(200, { ok: true, result: reaction.result });
		else if ('status' in reaction) response.writeHead(reaction.status, reaction.headers).end(reaction.body);
		else {
			const { refuse: code, description, parameters: help } = reaction;
			send(code, { ok: false, error_code: code, description, ...(help && { parameters: help }) });
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		methods: () => calls.map(({ method }) => method),
		on: (method, ...reactions) => void planned.set(method, [...(planned.get(method) ?? []), ...reactions]),
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
