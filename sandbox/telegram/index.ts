import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { serveAssets } from '../shared/serveAssets';
import { ApiError } from './apiError';
import { apiRoutes } from './apiRoutes';
import { Bot } from './bot';
import { BotApi, refusal } from './botApi';
import { CallbackQueries } from './callbackQueries';
import type { ChatOptions } from './chat';
import { Chats } from './chats';
import { chatsRoutes } from './chatsRoutes';
import { Clock } from './clock';
import { TelegramControl } from './control';
import { controlRoutes } from './controlRoutes';
import { Faults } from './faults';
import { Journal } from './journal';
import { People } from './people';
import { UpdateQueue } from './updateQueue';
import { Webhook } from './webhook';
import type { World } from './world';
import { MessageIds, Polls } from './world';

export interface TelegramOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** `<bot id>:<secret>`. */
	readonly botToken: string;
	/** Without `@`. */
	readonly botUsername: string;
	/** Chats where the bot is an administrator who may invite and remove. */
	readonly chats: readonly ChatOptions[];
	/** Factor on the pauses of Telegram: 1 is the real ones, 0.001 makes a second 1 ms. */
	readonly timeScale: number;
	/** How long the receiver of an update may take. @default 60000 */
	readonly webhookTimeoutMs?: number;
	readonly log: (line: string) => void;
}

export interface TelegramSandbox {
	/** Origin without a trailing slash: Bot API, pages and control API. */
	readonly url: string;
	readonly control: TelegramControl;
	close(): Promise<void>;
}

/**
 * Starts a stand-in for the Telegram Bot API (providers/telegram.md) with one bot, on 127.0.0.1.
 *
 * @throws Error when the port is taken, or an option has not Telegram's form
 */
export async function startTelegram(options: TelegramOptions): Promise<TelegramSandbox> {
	const { botToken, botUsername, chats, timeScale, log } = options;
	const clock = new Clock();
	const journal = new Journal();
	const faults = new Faults();
	const updates = new UpdateQueue(clock);
	const bot = new Bot(botToken, botUsername);
	const timeoutMs = options.webhookTimeoutMs ?? 60_000;
	const webhook = new Webhook(updates, clock, journal, { timeScale, timeoutMs, log });
	const world: World = {
		clock, bot, updates, webhook,
		people: new People(),
		chats: new Chats(chats),
		callbacks: new CallbackQueries(clock),
		messageIds: new MessageIds(),
		polls: new Polls(),
	};
	const api = new BotApi(world, journal, log);
	webhook.onAnswer(async (method, call) => {
		const answer = await api.serve(method, call);
		api.record(method, call, answer, { from: 'webhook', isApplied: answer.status === 200 });
	});
	const control = new TelegramControl(world, faults, journal);

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		if (response.headersSent) return next(error);
		const isTooBig = error instanceof Error && 'type' in error && error.type === 'entity.too.large';
		if (!isTooBig) log(`Telegram: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		const answer = isTooBig ? new ApiError(413, 'Request Entity Too Large') : new ApiError(500, 'Internal Server Error');
		response.status(answer.code).json(refusal(answer).body);
	};
	const app = express()
		.disable('x-powered-by')
		.get('/', (_request, response) => response.redirect('/_chats'))
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_chats', chatsRoutes(control, botUsername))
		.use(apiRoutes(api, bot, faults))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'Telegram sandbox (option ports.telegram)');
	return {
		url: listening.url,
		control,
		close: async () => {
			webhook.close();
			await listening.close();
		},
	};
}
