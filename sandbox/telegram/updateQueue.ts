import { keepNewest } from '../shared/keepNewest';
import type { Clock } from './clock';

const UPDATE_TYPES = [
	'message', 'edited_message', 'channel_post', 'edited_channel_post', 'inline_query', 'chosen_inline_result',
	'callback_query', 'shipping_query', 'pre_checkout_query', 'poll', 'poll_answer', 'my_chat_member', 'chat_member',
	'chat_join_request', 'chat_boost', 'removed_chat_boost', 'message_reaction', 'message_reaction_count',
	'business_connection', 'business_message', 'edited_business_message', 'deleted_business_messages',
] as const;
export type UpdateType = (typeof UPDATE_TYPES)[number];

/** Sent only to bots that name them (providers/telegram.md §5). */
const ON_REQUEST = new Set<UpdateType>(['chat_member', 'message_reaction', 'message_reaction_count']);
const DEFAULT_TYPES: readonly UpdateType[] = UPDATE_TYPES.filter((type) => !ON_REQUEST.has(type));

const DAY_SECONDS = 86_400;
/** Telegram gives up on a pressed button long before it gives up on a message. */
const CALLBACK_SECONDS = 150;

/** One thing the bot is told. */
export interface Update {
	readonly id: number;
	readonly type: UpdateType;
	readonly payload: object;
	/** Updates of one lane go out one after another; lanes do not wait for each other. */
	readonly lane: string;
	/** Unix seconds. */
	readonly expiresAt: number;
	attempts: number;
	/** `dropped`: thrown away unread by `drop_pending_updates`. */
	state: 'waiting' | 'delivered' | 'expired' | 'dropped';
}

/** The updates of the bot, waiting for its webhook or its `getUpdates`. */
export class UpdateQueue {
	private readonly lanes = new Map<string, Update[]>();
	private readonly known: Update[] = [];
	/** Grows over restarts: a ledger kept between two starts must not see an old number again. */
	private lastId = Math.floor(Date.now() / 1000);
	private types: ReadonlySet<UpdateType> = new Set(DEFAULT_TYPES);
	private readonly listeners: Array<() => void> = [];

	constructor(private readonly clock: Clock) {}

	/** Newest updates, oldest of them first. */
	get all(): readonly Update[] {
		return this.known;
	}

	get waiting(): readonly Update[] {
		return [...this.lanes.values()].flat().sort((left, right) => left.id - right.id);
	}

	/** The named types, or null while it is the default choice. */
	get allowedTypes(): readonly UpdateType[] | null {
		const isDefault = this.types.size === DEFAULT_TYPES.length && DEFAULT_TYPES.every((type) => this.types.has(type));
		return isDefault ? null : [...this.types];
	}

	/** Chooses the types by name; a list without any known name is the default choice. */
	allow(names: readonly string[]): void {
		const wanted = UPDATE_TYPES.filter((type) => names.some((name) => name.toLowerCase() === type));
		this.types = new Set(wanted.length > 0 ? wanted : DEFAULT_TYPES);
	}

	/** Calls back after each new update. */
	onAdded(listener: () => void): void {
		this.listeners.push(listener);
	}

	/** Takes an update in, unless the bot does not want this type now. */
	add(type: UpdateType, lane: string, payload: object): void {
		if (!this.types.has(type)) return;
		this.lastId += 1;
		const lifetime = type === 'callback_query' ? CALLBACK_SECONDS : DAY_SECONDS;
		const expiresAt = this.clock.unix() + lifetime;
		const update: Update = { id: this.lastId, type, payload, lane, expiresAt, attempts: 0, state: 'waiting' };
		this.lanes.set(lane, [...(this.lanes.get(lane) ?? []), update]);
		keepNewest(this.known, update);
		for (const listener of this.listeners) listener();
	}

	/** The first waiting update of each lane. */
	heads(): readonly Update[] {
		return [...this.lanes.values()].flatMap((lane) => lane.slice(0, 1));
	}

	/** Takes an update out of its lane. */
	settle(update: Update, state: Exclude<Update['state'], 'waiting'>): void {
		if (update.state !== 'waiting') return;
		update.state = state;
		const rest = (this.lanes.get(update.lane) ?? []).filter((one) => one !== update);
		if (rest.length > 0) this.lanes.set(update.lane, rest);
		else this.lanes.delete(update.lane);
	}

	/** Gives up what nobody took in time. */
	expire(): void {
		const now = this.clock.unix();
		for (const update of this.waiting) if (update.expiresAt < now) this.settle(update, 'expired');
	}

	/** Throws away what waits. */
	drop(): void {
		for (const update of this.waiting) this.settle(update, 'dropped');
	}

	/** Forgets all updates; their numbers go on, the chosen types stay. */
	reset(): void {
		this.drop();
		this.known.length = 0;
	}
}

/** The body of an update, as it is delivered. */
export function updateJson({ id, type, payload }: Update): object {
	return { update_id: id, [type]: payload };
}
