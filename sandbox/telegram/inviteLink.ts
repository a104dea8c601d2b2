import { randomBytes } from 'node:crypto';
import type { InviteLinkJson, UserJson } from './apiTypes';

/** What a link may be given, and loses again when an edit leaves it out. */
export interface InviteTerms {
	readonly name: string;
	/** Unix seconds; 0 is never. */
	readonly expireDate: number;
	/** Members at one time; 0 is any number. */
	readonly memberLimit: number;
	readonly createsJoinRequest: boolean;
}

/** A link into a chat. */
export class InviteLink {
	readonly url = `https://t.me/+${inviteHash()}`;
	isRevoked = false;
	/** Everybody who ever came in by it. */
	readonly joinedIds: number[] = [];

	constructor(
		/** `owner`: made by a person; the bot can neither edit nor revoke it. */
		readonly creator: 'bot' | 'owner',
		readonly isPrimary: boolean,
		public terms: InviteTerms,
	) {}

	/** Whether somebody may still use it. */
	isValid(now: number, placesTaken: number): boolean {
		const { expireDate, memberLimit } = this.terms;
		if (this.isRevoked || (expireDate !== 0 && expireDate <= now)) return false;
		return memberLimit === 0 || placesTaken < memberLimit;
	}

	/** As the bot sees it: of other people's links only the beginning. */
	toJson(creator: UserJson, pendingRequests: number): InviteLinkJson {
		const { name, expireDate, memberLimit, createsJoinRequest } = this.terms;
		return {
			invite_link: this.creator === 'bot' ? this.url : `${this.url.slice(0, 'https://t.me/+'.length + 8)}...`,
			...(name ? { name } : {}),
			creator,
			...(expireDate ? { expire_date: expireDate } : {}),
			...(memberLimit ? { member_limit: memberLimit } : {}),
			...(pendingRequests ? { pending_join_request_count: pendingRequests } : {}),
			creates_join_request: createsJoinRequest,
			is_primary: this.isPrimary,
			is_revoked: this.isRevoked,
		};
	}
}

export const NO_TERMS: InviteTerms = { name: '', expireDate: 0, memberLimit: 0, createsJoinRequest: false };

/** 16 characters with exactly one `_`: each link breaks legacy Markdown, not just some of them. */
function inviteHash(): string {
	const characters = randomBytes(12).toString('base64url').replaceAll('_', 'x');
	return `${characters.slice(0, 7)}_${characters.slice(8)}`;
}

/** The hash in `https://t.me/+…`, `https://t.me/joinchat/…` or `tg://join?invite=…`; null for any other address. */
export function inviteHashOf(link: string): string | null {
	const form = /^(?:(?:https?:\/\/)?t\.me\/(?:\+|joinchat\/)|tg:\/\/join\?invite=)([A-Za-z0-9_-]+)\/?$/;
	return form.exec(link.trim())?.[1] ?? null;
}
