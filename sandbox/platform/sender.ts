import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { keepNewest } from '../shared/keepNewest';
import { isLoopbackUrl } from '../shared/loopback';

/** Seconds before each retry after a 5xx or no answer. */
export const RETRY_SECONDS: readonly number[] = [1, 5, 15];

/** What the receiver made of a webhook. */
export interface Answer {
	/** null when no answer came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	/** From the first attempt to this answer, pauses between attempts included. */
	readonly elapsedMs: number;
	/** Attempts made so far. */
	readonly attempts: number;
}

/** One attempt. */
export interface Delivery {
	readonly at: string;
	/** `payment_id` of the order; empty for a body that is none. */
	readonly orderId: string;
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** A webhook ready to go. */
export interface Message {
	readonly orderId: string;
	readonly bytes: Buffer;
	readonly headers: Readonly<Record<string, string>>;
}

export interface SenderOptions {
	readonly webhookUrl: string;
	readonly secret: string;
	readonly timeScale: number;
	readonly timeoutMs: number;
	readonly log: (line: string) => void;
}

/** Signs and sends the platform's webhooks, to this machine only. Never rejects. */
export class WebhookSender {
	private readonly sent: Delivery[] = [];
	private readonly closing = new AbortController();

	constructor(private readonly options: SenderOptions) {
		// Each waiting retry listens, and a burst has many.
		setMaxListeners(0, this.closing.signal);
	}

	/** Every attempt, oldest first. */
	get deliveries(): readonly Delivery[] {
		return this.sent;
	}

	/** A message with the true signature: HMAC-SHA256 of the bytes, in hex, in `X-Signature`. */
	signed(orderId: string, bytes: Buffer): Message {
		return { orderId, bytes, headers: { 'X-Signature': sign(bytes, this.options.secret) } };
	}

	/** Sends once, whatever the answer. */
	async sendOnce(message: Message): Promise<Answer> {
		const { status, body, error, durationMs } = await this.attempt(message);
		return { status, body, error, elapsedMs: durationMs, attempts: 1 };
	}

	/** Sends until an answer below 500 comes or the retries are used up. `first` is the answer to the first attempt. */
	sendWithRetries(message: Message): { readonly first: Promise<Answer>; readonly final: Promise<Answer> } {
		const startedAt = performance.now();
		const first = this.sendOnce(message);
		return { first, final: first.then(async (answer) => await this.retry(message, answer, startedAt)) };
	}

	/** Forgets the deliveries. */
	clear(): void {
		this.sent.length = 0;
	}

	/** Ends pending retries: they answer what they have. */
	close(): void {
		this.closing.abort();
	}

	private async retry(message: Message, first: Answer, startedAt: number): Promise<Answer> {
		let answer = first;
		for (const seconds of RETRY_SECONDS) {
			if (answer.status !== null && answer.status < 500) return answer;
			if (!(await this.waited(seconds * 1000 * this.options.timeScale))) return answer;
			const { status, body, error } = await this.attempt(message);
			const elapsedMs = Math.round(performance.now() - startedAt);
			answer = { status, body, error, elapsedMs, attempts: answer.attempts + 1 };
		}
		return answer;
	}

	/** False when the sender was closed meanwhile. */
	private async waited(milliseconds: number): Promise<boolean> {
		return await pause(milliseconds, true, { signal: this.closing.signal }).catch(() => false);
	}

	private async attempt(message: Message): Promise<Delivery> {
		const at = new Date().toISOString();
		const startedAt = performance.now();
		const answer = await this.post(message);
		const durationMs = Math.round(performance.now() - startedAt);
		const delivery = { at, orderId: message.orderId, durationMs, ...answer };
		keepNewest(this.sent, delivery);
		this.options.log(`Platform: order ${message.orderId}: ${answer.status ?? answer.error} in ${durationMs} ms`);
		return delivery;
	}

	private async post({ bytes, headers }: Message): Promise<Pick<Delivery, 'status' | 'body' | 'error'>> {
		const { webhookUrl, timeoutMs } = this.options;
		if (!isLoopbackUrl(webhookUrl)) {
			return { status: null, body: '', error: 'Not sent: the sandbox delivers to this machine only' };
		}
		try {
			const response = await fetch(webhookUrl, {
				method: 'POST',
				body: new Uint8Array(bytes),
				headers: { 'Content-Type': 'application/json', 'User-Agent': 'CoursePlatform/1.0', ...headers },
				redirect: 'manual',
				signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeoutMs)]),
			});
			return { status: response.status, body: await response.text(), error: null };
		} catch (error) {
			return { status: null, body: '', error: reasonOf(error) };
		}
	}
}

/** HMAC-SHA256 of the bytes in hex. */
export function sign(bytes: Buffer, secret: string): string {
	return createHmac('sha256', secret).update(bytes).digest('hex');
}

/** What really went wrong stands in the cause of fetch's error. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
