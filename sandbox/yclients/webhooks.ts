import { keepNewest } from '../shared/keepNewest';
import { postJson } from '../shared/postJson';
import type { Hooks } from './hookSettings';

/** What a webhook tells. */
export interface HookEvent {
	readonly resource: 'record' | 'client';
	readonly resourceId: number;
	readonly status: 'create' | 'update' | 'delete';
	/** The body as it was at the moment of the change. */
	readonly body: unknown;
}

/** One request that was sent, or would have been. */
export interface Delivery {
	/** Number of the delivery, from 1. */
	readonly id: number;
	readonly at: string;
	readonly url: string;
	/** `hand`: sent again on demand; `forged`: made up; `lost`: on purpose never sent. */
	readonly kind: 'event' | 'hand' | 'forged' | 'lost';
	readonly resource: string;
	readonly resourceId: number;
	readonly event: string;
	readonly body: unknown;
	/** Status of the answer; null when none came. */
	readonly status: number | null;
	readonly error: string | null;
	readonly durationMs: number;
}

/** A delivery kept back. */
export type HeldDelivery = Pick<Delivery, 'id' | 'url' | 'resource' | 'resourceId' | 'event' | 'body'>;

/** `together`: all at once; otherwise one after another: as they came, backwards, or these numbers first. */
export type ReleaseOrder = 'given' | 'reversed' | 'together' | readonly number[];

export interface WebhookOptions {
	readonly timeoutMs: number;
	/** ISO moment of the stand-in's clock. */
	readonly now: () => string;
	readonly log: (line: string) => void;
}

const POLL_MS = 10;

/**
 * Sends events to every address at once. Nothing is signed, nothing is repeated: an event that meets no answer is gone
 * (providers/yclients.md §4).
 */
export class Webhooks {
	private readonly entries: Delivery[] = [];
	private held: HeldDelivery[] = [];
	private isHolding = false;
	private lastId = 0;
	private running = 0;
	private copiesOfNext = 1;
	private toLose = 0;

	constructor(
		private readonly hooks: Hooks,
		private readonly options: WebhookOptions,
	) {}

	/** What was sent, in the order of the answers. */
	get journal(): readonly Delivery[] {
		return this.entries;
	}

	/** What is kept back, oldest first. */
	get waiting(): readonly HeldDelivery[] {
		return this.held;
	}

	/** Sends an event to everybody who listens; nobody waits for it. */
	accept({ status: event, ...about }: HookEvent): void {
		for (const url of this.hooks.urlsFor(about.resource)) {
			const copies = this.copiesOfNext;
			this.copiesOfNext = 1;
			for (let copy = 0; copy < copies; copy += 1) {
				this.lastId += 1;
				this.route({ ...about, id: this.lastId, url, event });
			}
		}
	}

	/** The next event goes out in so many identical copies at once. */
	duplicateNext(copies: number): void {
		this.copiesOfNext = copies;
	}

	/** The next `count` deliveries never arrive. */
	loseNext(count: number): void {
		this.toLose = count;
	}

	/** Keeps back everything from now on. */
	hold(): void {
		this.isHolding = true;
	}

	/** Stops holding and sends what was held. */
	async release(order: ReleaseOrder): Promise<void> {
		this.isHolding = false;
		const held = this.held;
		this.held = [];
		const named = typeof order === 'string' ? [] : order;
		const rank = ({ id }: HeldDelivery) => (named.includes(id) ? named.indexOf(id) : named.length);
		const sorted = order === 'reversed' ? held.reverse() : held.sort((left, right) => rank(left) - rank(right));
		if (order === 'together') await Promise.all(sorted.map(async (delivery) => await this.send(delivery, 'event')));
		else for (const delivery of sorted) await this.send(delivery, 'event');
	}

	/**
	 * Sends a body to these addresses, all copies at once.
	 *
	 * @returns the statuses, null where no answer came
	 */
	async post(
		kind: 'hand' | 'forged',
		event: Pick<HookEvent, 'resource' | 'resourceId' | 'status' | 'body'>,
		urls: readonly string[],
		copies: number,
	): Promise<ReadonlyArray<number | null>> {
		const { status, ...about } = event;
		return await Promise.all(
			urls.flatMap((url) => Array.from({ length: copies }, async () => {
				this.lastId += 1;
				return (await this.send({ ...about, id: this.lastId, url, event: status }, kind)).status;
			})),
		);
	}

	/**
	 * Waits until nothing is on its way; what is held back does not count.
	 *
	 * @throws Error when it takes longer than `timeoutMs`
	 */
	async settled(timeoutMs: number): Promise<void> {
		const deadline = performance.now() + timeoutMs;
		while (this.running > 0) {
			if (performance.now() > deadline) {
				throw new Error(`${this.running} webhooks not answered within ${timeoutMs} ms`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Forgets what is held, what was asked for the next events, and the journal. */
	reset(): void {
		this.entries.length = 0;
		this.held = [];
		this.isHolding = false;
		this.copiesOfNext = 1;
		this.toLose = 0;
	}

	private route(delivery: HeldDelivery): void {
		if (this.toLose > 0) {
			this.toLose -= 1;
			const lost = { status: null, error: 'Lost on purpose', durationMs: 0 };
			keepNewest(this.entries, { ...delivery, ...lost, kind: 'lost', at: this.options.now() });
		} else if (this.isHolding) this.held.push(delivery);
		else void this.send(delivery, 'event');
	}

	private async send(delivery: HeldDelivery, kind: Delivery['kind']): Promise<Delivery> {
		const { id, event, resource, resourceId, url } = delivery;
		const at = this.options.now();
		this.running += 1;
		const answer = await postJson(url, JSON.stringify(delivery.body), this.options.timeoutMs);
		this.running -= 1;
		const sent: Delivery = { ...delivery, ...answer, kind, at };
		keepNewest(this.entries, sent);
		const result = `${answer.status ?? answer.error} in ${answer.durationMs} ms`;
		this.options.log(`YCLIENTS: webhook ${id}, ${event} of ${resource} ${resourceId}: ${result}`);
		return sent;
	}
}
