import type { CallParameters } from './callParameters';
import { parametersOf } from './callParameters';
import type { Clock } from './clock';
import type { Delivery, Journal } from './journal';
import type { Update, UpdateQueue } from './updateQueue';
import { updateJson } from './updateQueue';
import type { WebhookAnswer } from './webhookRequest';
import { postUpdate } from './webhookRequest';

/** What `setWebhook` set. */
export interface WebhookSettings {
	readonly url: string;
	/** null: no header. */
	readonly secret: string | null;
	readonly maxConnections: number;
}

export interface WebhookOptions {
	/** Factor on the pauses between tries: 1 is the real one, 0.001 makes a second 1 ms. */
	readonly timeScale: number;
	readonly timeoutMs: number;
	readonly log: (line: string) => void;
}

/** `setWebhook` may be called once in this time. */
const SET_PAUSE_MS = 1000;
const MAX_PAUSE_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3600;
/** A webhook that answers 410 for so long is taken away. */
const GONE_SECONDS = 23 * 3600;

/** Methods an answer to a webhook cannot call, besides everything that starts with `get`. */
const NOT_AS_ANSWER = new Set(['setwebhook', 'deletewebhook', 'close', 'logout']);

/** Brings updates to the bot (providers/telegram.md §5). */
export class Webhook {
	/** null while there is none. */
	settings: WebhookSettings | null = null;
	/** The newest failure since the webhook was set; `at` in Unix seconds. */
	lastError: { readonly at: number; readonly text: string } | null = null;
	private goneSince: number | null = null;
	private nextSetAt = 0;
	private readonly busyLanes = new Set<string>();
	/** Lanes that wait for the next try of their first update. */
	private readonly pauses = new Map<string, NodeJS.Timeout>();
	private answersRunning = 0;
	private execute: (method: string, call: CallParameters) => Promise<unknown> = async () => undefined;

	constructor(
		private readonly updates: UpdateQueue,
		private readonly clock: Clock,
		private readonly journal: Journal,
		private readonly options: WebhookOptions,
	) {
		updates.onAdded(() => this.wake());
	}

	/** Who runs the API call in an answer. */
	onAnswer(execute: (method: string, call: CallParameters) => Promise<unknown>): void {
		this.execute = execute;
	}

	/** Whether nothing is on its way and nothing waits for a try. */
	get isIdle(): boolean {
		return this.busyLanes.size === 0 && this.answersRunning === 0 && this.updates.waiting.length === 0;
	}

	/** Whether `setWebhook` may be called now; asking counts as calling. */
	mayBeSet(): boolean {
		const now = Date.now();
		if (now < this.nextSetAt) return false;
		this.nextSetAt = now + SET_PAUSE_MS * this.options.timeScale;
		return true;
	}

	/** Sets, replaces or (null) takes away the webhook. What waits is tried at once. */
	set(settings: WebhookSettings | null): void {
		this.settings = settings;
		this.lastError = null;
		this.goneSince = null;
		this.clearPauses();
		this.wake();
	}

	/** Sends what may go out now. */
	wake(): void {
		const { settings } = this;
		if (!settings) return;
		this.updates.expire();
		for (const update of this.updates.heads()) {
			if (this.busyLanes.size >= settings.maxConnections) return;
			if (this.busyLanes.has(update.lane) || this.pauses.has(update.lane)) continue;
			void this.deliver(update, settings);
		}
	}

	/** Sends an update again outside its lane, `copies` times at once. */
	async repeat(update: Update, copies: number): Promise<readonly WebhookAnswer[]> {
		const settings = this.require();
		const posts = Array.from({ length: copies }, async () => {
			const answer = await this.post(settings, settings.secret, parcel(update, 'copy'));
			if (isTaken(answer)) await this.runAnswer(answer);
			return answer;
		});
		return await Promise.all(posts);
	}

	/** Posts a body that is not from Telegram. Nothing is tried again. */
	async forge(body: object, secret: string | null): Promise<WebhookAnswer> {
		return await this.post(this.require(), secret, { body, updateId: 0, type: 'forged', kind: 'forged', attempt: 1 });
	}

	/** Forgets pauses and failures; the webhook stays. */
	reset(): void {
		this.clearPauses();
		this.lastError = null;
		this.goneSince = null;
	}

	/** Stops for good. */
	close(): void {
		this.settings = null;
		this.reset();
	}

	private require(): WebhookSettings {
		if (!this.settings) throw new Error('The bot has no webhook: call setWebhook first');
		return this.settings;
	}

	private async deliver(update: Update, settings: WebhookSettings): Promise<void> {
		this.busyLanes.add(update.lane);
		update.attempts += 1;
		const answer = await this.post(settings, settings.secret, parcel(update, 'scheduled'));
		this.busyLanes.delete(update.lane);
		if (isTaken(answer)) {
			this.goneSince = null;
			this.updates.settle(update, 'delivered');
			void this.runAnswer(answer);
		} else if (this.settings === settings) {
			this.noteFailure(answer);
			if (update.state === 'waiting') this.pause(update, answer.retryAfter);
		}
		this.wake();
	}

	/** The first try is repeated at once, later ones after 2, 4, 8 … seconds, or after what the receiver asked for. */
	private pause(update: Update, retryAfter: number): void {
		const doubling = update.attempts === 1 ? 0 : Math.min(MAX_PAUSE_SECONDS, 2 ** (update.attempts - 1));
		const seconds = retryAfter > 0 ? Math.min(MAX_RETRY_AFTER_SECONDS, retryAfter) : doubling;
		const timer = setTimeout(
			() => {
				this.pauses.delete(update.lane);
				this.wake();
			},
			seconds * 1000 * this.options.timeScale,
		);
		this.pauses.set(update.lane, timer);
	}

	private noteFailure(answer: WebhookAnswer): void {
		const now = this.clock.unix();
		const text = answer.error ?? `Wrong response from the webhook: ${answer.status}`;
		this.lastError = { at: now, text };
		if (answer.status !== 410) this.goneSince = null;
		else this.goneSince ??= now;
		if (this.goneSince !== null && now > this.goneSince + GONE_SECONDS) {
			this.options.log('Telegram: webhook removed after 23 hours of 410');
			this.set(null);
		}
	}

	/** A JSON answer that names a method is an API call whose result nobody learns. */
	private async runAnswer({ body }: WebhookAnswer): Promise<void> {
		const call = callIn(body);
		if (!call) return;
		this.answersRunning += 1;
		await this.execute(call.method, call.parameters);
		this.answersRunning -= 1;
	}

	private async post(settings: WebhookSettings, secret: string | null, parcel: Parcel): Promise<WebhookAnswer> {
		const { body, ...about } = parcel;
		const at = this.clock.now().toISOString();
		const { url } = settings;
		const answer = await postUpdate({ url, secret, body: JSON.stringify(body), timeoutMs: this.options.timeoutMs });
		const { status, body: text, error, durationMs } = answer;
		this.journal.recordDelivery({ at, ...about, status, body: text, error, durationMs });
		const { kind, updateId, type } = about;
		this.options.log(`Telegram: ${kind} update ${updateId} (${type}): ${status ?? error} in ${durationMs} ms`);
		return answer;
	}

	private clearPauses(): void {
		for (const timer of this.pauses.values()) clearTimeout(timer);
		this.pauses.clear();
	}
}

/** One post with what the journal says about it. */
interface Parcel extends Pick<Delivery, 'updateId' | 'type' | 'kind' | 'attempt'> {
	readonly body: object;
}

function parcel(update: Update, kind: Delivery['kind']): Parcel {
	return { body: updateJson(update), updateId: update.id, type: update.type, kind, attempt: update.attempts };
}

function isTaken({ status }: WebhookAnswer): boolean {
	return status !== null && status >= 200 && status < 300;
}

function callIn(body: string): { readonly method: string; readonly parameters: CallParameters } | null {
	try {
		const { method, ...parameters } = JSON.parse(body) as { method?: unknown };
		const name = typeof method === 'string' ? method.toLowerCase() : '';
		const isCall = name !== '' && !NOT_AS_ANSWER.has(name) && !name.startsWith('get');
		return isCall ? { method: name, parameters: parametersOf(parameters) } : null;
	} catch {
		return null;
	}
}
