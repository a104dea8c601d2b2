import type { Button } from './keyboard';
import type { Entity } from './text/entities';

/** `User` of the Bot API. */
export interface UserJson {
	readonly id: number;
	readonly is_bot: boolean;
	readonly first_name: string;
	readonly username?: string;
	readonly language_code?: string;
}

/** `Chat` of the Bot API. */
export interface ChatJson {
	readonly id: number;
	readonly type: 'private' | 'group' | 'supergroup' | 'channel';
	readonly title?: string;
	readonly first_name?: string;
	readonly username?: string;
}

/** `ChatInviteLink` of the Bot API. */
export interface InviteLinkJson {
	readonly invite_link: string;
	readonly creator: UserJson;
	readonly creates_join_request: boolean;
	readonly is_primary: boolean;
	readonly is_revoked: boolean;
	readonly name?: string;
	readonly expire_date?: number;
	readonly member_limit?: number;
	readonly pending_join_request_count?: number;
}

/** `Message` of the Bot API, as far as the stand-in has any. */
export interface MessageJson {
	readonly message_id: number;
	readonly chat: ChatJson;
	readonly date: number;
	readonly from?: UserJson;
	readonly sender_chat?: ChatJson;
	readonly text?: string;
	readonly entities?: readonly Entity[];
	readonly reply_markup?: { readonly inline_keyboard: ReadonlyArray<readonly Button[]> };
	readonly new_chat_members?: readonly UserJson[];
	readonly left_chat_member?: UserJson;
	readonly migrate_to_chat_id?: number;
}
