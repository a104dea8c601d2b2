import type { Bot } from './bot';
import type { CallbackQueries } from './callbackQueries';
import type { Chats } from './chats';
import type { Clock } from './clock';
import type { Message } from './message';
import type { People } from './people';
import type { UpdateQueue } from './updateQueue';
import type { Webhook } from './webhook';

/** What Telegram knows. */
export interface World {
	readonly clock: Clock;
	readonly bot: Bot;
	readonly people: People;
	readonly chats: Chats;
	readonly updates: UpdateQueue;
	readonly webhook: Webhook;
	readonly callbacks: CallbackQueries;
	readonly messageIds: MessageIds;
	readonly polls: Polls;
}

/** Message numbers; all chats share them. */
export class MessageIds {
	private last = 0;

	next(): number {
		this.last += 1;
		return this.last;
	}
}

/** Calls of `getUpdates`; a later one ends those before it. */
export class Polls {
	private newest = 0;

	/** Notes a call. The function tells whether it is still the newest. */
	begin(): () => boolean {
		this.newest += 1;
		const own = this.newest;
		return () => own === this.newest;
	}
}

/** A new message, dated now. */
export function newMessage(world: World, parts: Omit<Message, 'id' | 'at'>): Message {
	return { ...parts, id: world.messageIds.next(), at: world.clock.now() };
}
