import axios, { type AxiosResponse } from 'axios';
import { startTelegram, type TelegramOptions, type TelegramSandbox } from '../../../sandbox/telegram';
import { type Receiver, startReceiver } from './receiver';

export const TOKEN = '100200300:fake-token-of-nobody';
export const BOT = 'course_sandbox_bot';
export const CHANNEL = '-1001000000001';
export const SUPERGROUP = '-1001000000002';
export const GROUP = '-400000003';
export const SECRET = 'fake_webhook_secret-1';

/** JSON whose shape is the test's business. */
export type Json = AxiosResponse['data'];

/** What Telegram answers, with the HTTP status. */
export interface Answer {
	readonly status: number;
	readonly ok: boolean;
	readonly result?: Json;
	readonly error_code?: number;
	readonly description?: string;
	readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/** Telegram with a bot and the bot's webhook receiver. */
export interface Stage {
	readonly telegram: TelegramSandbox;
	readonly receiver: Receiver;
	readonly log: string[];
	/** Calls the Bot API with a JSON body. */
	api(method: string, parameters?: object): Promise<Answer>;
	/** Sets the receiver as webhook that hears of everything, `chat_member` too. */
	hook(parameters?: object): Promise<void>;
	close(): Promise<void>;
}

export const http = axios.create({ validateStatus: () => true, proxy: false, maxRedirects: 0 });

const EVERYTHING = ['message', 'callback_query', 'chat_member', 'my_chat_member', 'chat_join_request'];

/** Telegram with a channel, a supergroup and a basic group; a second of its pauses lasts 1 ms. */
export async function startStage(options: Partial<TelegramOptions> = {}): Promise<Stage> {
	const receiver = await startReceiver();
	const log: string[] = [];
	const telegram = await startTelegram({
		port: 0,
		botToken: TOKEN,
		botUsername: BOT,
		chats: [
			{ id: CHANNEL, title: 'Course', type: 'channel' },
			{ id: SUPERGROUP, title: 'Talks', type: 'supergroup' },
			{ id: GROUP, title: 'Old group', type: 'group' },
		],
		timeScale: 0.001,
		log: (line) => log.push(line),
		...options,
	});
	const api = async (method: string, parameters: object = {}): Promise<Answer> => {
		const { status, data } = await http.post(`${telegram.url}/bot${TOKEN}/${method}`, parameters);
		return { status, ...data };
	};
	return {
		telegram,
		receiver,
		log,
		api,
		hook: async (parameters = {}) => {
			const given = { url: receiver.url, secret_token: SECRET, allowed_updates: EVERYTHING, ...parameters };
			const { ok, description } = await api('setWebhook', given);
			if (!ok) throw new Error(description);
		},
		close: async () => {
			await telegram.close();
			await receiver.close();
		},
	};
}

/** Waits until `check` holds. */
export async function until(check: () => boolean, what: string, timeoutMs = 5000): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!check()) {
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
