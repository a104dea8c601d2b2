import { BotApiError } from './answers';

/** What the refusals of providers/telegram.md §4 mean. Words are compared loosely: they are no contract. */
const MEANINGS = {
	chatUnknown: [400, /chat not found/i],
	personUnknown: [400, /user not found|member not found|PARTICIPANT_ID_INVALID|USER_ID_INVALID|USER_NOT_PARTICIPANT/i],
	botShutOut: [403, /(?:)/],
	linkUnknown: [400, /INVITE_HASH_|invite link (?:is )?(?:not found|invalid|expired)/i],
	requestGone: [400, /USER_ALREADY_PARTICIPANT|HIDE_REQUESTER_MISSING/i],
	pressTooOld: [400, /query is too old|query ID is invalid/i],
	personIsAdministrator: [400, /user is an administrator|remove chat owner|USER_ADMIN_INVALID/i],
	basicGroup: [400, /available (?:only )?for supergroups?/i],
	addressRefused: [400, /bad webhook/i],
	markupBroken: [400, /can't parse entities/i],
	rightsMissing: [400, /not enough rights|CHAT_ADMIN_REQUIRED|need administrator rights|list is inaccessible/i],
} satisfies Readonly<Record<string, [code: number, words: RegExp]>>;

export type Refusal = keyof typeof MEANINGS;

/** Whether an error is a refusal with one of these meanings. */
export function isRefusal(error: unknown, ...meanings: readonly Refusal[]): error is BotApiError {
	return error instanceof BotApiError && meanings.some((meaning) => error.is(...MEANINGS[meaning]));
}

/** What a call gives, or the refusal when it has one of these meanings. */
export async function orRefusal<T>(call: Promise<T>, ...meanings: readonly Refusal[]): Promise<T | BotApiError> {
	return await call.catch((error: unknown) => {
		if (isRefusal(error, ...meanings)) return error;
		throw error;
	});
}

/** What a person can do about a refusal. */
export function refusalAdvice(error: BotApiError): string {
	if (error.code === 401 || error.code === 404) {
		return 'Check the bot token in the credential: copy it from @BotFather once more.';
	}
	if (error.code === 403) return 'Add the bot to the chat again, as an administrator.';
	if (error.mayHaveHappened) return 'It is not known whether it was done. Look into the chat before you repeat it.';
	if (error.code >= 500) return 'Telegram has trouble of its own. Try again later.';
	if (isRefusal(error, 'chatUnknown')) {
		return 'Check the chat ID (channels and groups begin with -100), and that the bot is in this chat.';
	}
	if (isRefusal(error, 'rightsMissing')) {
		return 'Make the bot an administrator who may invite users, and ban users for removals.';
	}
	if (isRefusal(error, 'addressRefused')) {
		return 'Telegram needs an HTTPS address it can reach, on port 443, 80, 88 or 8443: check WEBHOOK_URL of n8n.';
	}
	return 'Check the fields of this node: Telegram has not accepted one of them.';
}
