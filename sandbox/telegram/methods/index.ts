import { getChat, getChatMember, getMe } from './info';
import { createChatInviteLink, editChatInviteLink, exportChatInviteLink, revokeChatInviteLink } from './inviteLinks';
import { approveChatJoinRequest, declineChatJoinRequest } from './joinRequests';
import { banChatMember, unbanChatMember } from './members';
import { answerCallbackQuery, sendMessage } from './messages';
import type { Method } from './method';
import { deleteWebhook, getUpdates, getWebhookInfo, setWebhook } from './updates';

const METHODS = {
	answerCallbackQuery, approveChatJoinRequest, banChatMember, createChatInviteLink, declineChatJoinRequest,
	deleteWebhook, editChatInviteLink, exportChatInviteLink, getChat, getChatMember, getMe, getUpdates, getWebhookInfo,
	revokeChatInviteLink, sendMessage, setWebhook, unbanChatMember,
} satisfies Readonly<Record<string, Method>>;

const BY_NAME: ReadonlyMap<string, { readonly name: string; readonly run: Method }> = new Map(
	Object.entries(METHODS).map(([name, run]) => [name.toLowerCase(), { name, run }]),
);

/** Finds a method; upper and lower case do not matter. Null when the stand-in has none of that name. */
export function methodNamed(name: string): { readonly name: string; readonly run: Method } | null {
	return BY_NAME.get(name.toLowerCase()) ?? null;
}
