import type { Account } from './account';
import type { ChatJson, UserJson } from './apiTypes';
import type { InviteLink } from './inviteLink';
import { inviteHashOf } from './inviteLink';
import type { Message } from './message';

/** A chat the bot manages. `group` is a basic group, which can do less than the others. */
export interface ChatOptions {
	/** `-100…` for channels and supergroups, `-…` for basic groups. */
	readonly id: string;
	readonly title: string;
	readonly type: 'channel' | 'supergroup' | 'group';
}

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'left' | 'kicked';

/** Where one person stands in a chat. */
export interface Membership {
	readonly status: MemberStatus;
	/** End of a ban in Unix seconds; 0 is never. */
	readonly until: number;
	/** The link the person is in by. */
	readonly link: InviteLink | null;
}

export interface JoinRequest {
	readonly account: Account;
	readonly link: InviteLink;
	/** Unix seconds. */
	readonly at: number;
}

/** What the bot may do in a chat. */
export interface BotRights {
	readonly canInviteUsers: boolean;
	readonly canRestrictMembers: boolean;
}

export const ALL_RIGHTS: BotRights = { canInviteUsers: true, canRestrictMembers: true };
const STRANGER: Membership = { status: 'left', until: 0, link: null };
/** Every chat has a person who made it. */
export const OWNER: UserJson = { id: 5_000_000_001, is_bot: false, first_name: 'Owner', username: 'sandbox_owner' };

/** A channel, supergroup or basic group with its people and links. */
export class Chat {
	readonly id: number;
	readonly title: string;
	readonly type: ChatOptions['type'];
	botStatus: 'administrator' | 'member' | 'left' | 'kicked' = 'administrator';
	botRights = ALL_RIGHTS;
	/** Id of the supergroup it became; null as long as it is this chat. */
	migratedTo: number | null = null;
	readonly links: InviteLink[] = [];
	readonly requests = new Map<number, JoinRequest>();
	readonly messages: Message[] = [];
	private readonly memberships = new Map<number, Membership>();

	constructor(options: ChatOptions) {
		this.id = Number(options.id);
		this.title = options.title;
		this.type = options.type;
		this.memberships.set(OWNER.id, { status: 'creator', until: 0, link: null });
	}

	/** Where the person stands at `now`: a ban that ran out is none. */
	membershipOf(userId: number, now: number): Membership {
		const membership = this.memberships.get(userId) ?? STRANGER;
		const isOver = membership.status === 'kicked' && membership.until !== 0 && membership.until <= now;
		return isOver ? STRANGER : membership;
	}

	setMembership(userId: number, membership: Membership): void {
		this.memberships.set(userId, membership);
	}

	/** Everybody who is or was in the chat, with their status at `now`. */
	membershipsAt(now: number): ReadonlyArray<readonly [number, Membership]> {
		return [...this.memberships.keys()].map((id) => [id, this.membershipOf(id, now)]);
	}

	isMember(userId: number, now: number): boolean {
		return isInside(this.membershipOf(userId, now).status);
	}

	/** Members at present who came by the link: what its `member_limit` counts. */
	placesTaken(link: InviteLink, now: number): number {
		return this.membershipsAt(now).filter(([, one]) => isInside(one.status) && one.link === link).length;
	}

	/** The link with this address, whoever made it. */
	linkBy(url: string): InviteLink | null {
		const hash = inviteHashOf(url);
		return this.links.find((link) => hash !== null && inviteHashOf(link.url) === hash) ?? null;
	}

	toJson(): ChatJson {
		return { id: this.id, title: this.title, type: this.type };
	}

	/** The chat after its upgrade: a supergroup with another id and the same people and links. */
	upgraded(id: number): Chat {
		const next = new Chat({ id: String(id), title: this.title, type: 'supergroup' });
		next.botStatus = this.botStatus;
		next.botRights = this.botRights;
		next.links.push(...this.links);
		for (const [userId, membership] of this.memberships) next.memberships.set(userId, membership);
		for (const [userId, request] of this.requests) next.requests.set(userId, request);
		return next;
	}
}

/** Whether somebody with this status is in the chat. */
export function isInside(status: MemberStatus): boolean {
	return status === 'creator' || status === 'administrator' || status === 'member';
}
