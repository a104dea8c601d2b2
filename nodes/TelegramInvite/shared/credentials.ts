import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';
import { z } from 'zod';

const DEFAULT_BASE_URL = 'https://api.telegram.org';
const TEST_TIMEOUT_MS = 15_000;
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The credential `telegramInviteApi`, checked. */
export interface BotCredentials {
	botToken: string;
	/** Without a slash at its end. */
	baseUrl: string;
}

/**
 * Reads stored credential data; values lose the spaces and line breaks that come along when they are pasted.
 *
 * @throws RangeError saying what is wrong, without the token
 */
export function readCredentials(stored: object): BotCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => String(fields.get(name) ?? '').trim();
	const botToken = text('botToken');
	if (botToken === '') throw new RangeError('The Telegram Invite credential has no bot token');
	if (!/^\d+:[\w-]{10,}$/.test(botToken)) {
		throw new RangeError('The bot token must look like 123456789:AbC…; copy it from @BotFather once more');
	}
	return { botToken, baseUrl: normalizeBaseUrl(text('baseUrl') || DEFAULT_BASE_URL) };
}

/** An answer without the token, which some servers echo; also where only its part behind the bot's number stands. */
export function withoutToken(json: unknown, { botToken }: BotCredentials): unknown {
	const secret = botToken.slice(botToken.indexOf(':') + 1);
	const text = JSON.stringify(json) ?? '';
	return text.includes(secret) ? (JSON.parse(text.replaceAll(secret, '***')) as unknown) : json;
}

/** Asks Telegram who the bot is. No message holds the token, though it is part of the address. */
export async function testBotToken(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const { botToken, baseUrl } = readCredentials(credential.data ?? {});
		const { helpers } = this;
		const body: unknown = await helpers
			.request({
				method: 'POST',
				uri: `${baseUrl}/bot${botToken}/getMe`,
				json: true,
				simple: false,
				followRedirect: false,
				timeout: TEST_TIMEOUT_MS,
			})
			// The error may name the address, and with it the token.
			.catch(() => null);
		return judge(getMeAnswer.safeParse(body).data);
	} catch (error) {
		return { status: 'Error', message: error instanceof RangeError ? error.message : 'The credential cannot be read' };
	}
}

const getMeAnswer = z.union([
	z.object({ ok: z.literal(true), result: z.object({ username: z.string() }) }),
	z.object({ ok: z.literal(false), error_code: z.number() }),
]);

function judge(answer: z.infer<typeof getMeAnswer> | undefined): INodeCredentialTestResult {
	if (answer?.ok) return { status: 'OK', message: `The bot is @${answer.result.username}` };
	if (!answer) return { status: 'Error', message: 'No answer of the Bot API: check the base URL and the network' };
	const isTokenWrong = answer.error_code === 401 || answer.error_code === 404;
	return {
		status: 'Error',
		message: isTokenWrong
			? 'Telegram does not know this bot token: copy it from @BotFather once more'
			: `Telegram answered with code ${answer.error_code}: try again later`,
	};
}

function normalizeBaseUrl(input: string): string {
	if (!URL.canParse(input)) throw new RangeError(`The base URL must be an address such as ${DEFAULT_BASE_URL}`);
	const url = new URL(input);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname))) {
		throw new RangeError('The base URL must start with https://');
	}
	if (url.username || url.password || url.search || url.hash) {
		throw new RangeError(`The base URL must be a bare address such as ${DEFAULT_BASE_URL}`);
	}
	return url.href.replace(/\/+$/, '');
}
