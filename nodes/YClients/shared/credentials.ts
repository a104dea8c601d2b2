const DEFAULT_BASE_URL = 'https://api.yclients.com';
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The credential `yClientsApi`, checked. */
export interface YClientsCredentials {
	partnerToken: string;
	userToken: string;
	/** The branch; digits. */
	companyId: string;
	/** Empty when the trigger shall make its secret itself. */
	webhookSecret: string;
	/** Without `/api/v1` and without a slash at the end. */
	baseUrl: string;
}

/**
 * Reads stored credential data; values lose the spaces and line breaks that come along when they are pasted.
 *
 * @throws RangeError saying what is wrong, without the tokens
 */
export function readCredentials(stored: object): YClientsCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => String(fields.get(name) ?? '').trim();
	const companyId = text('companyId');
	if (!/^[1-9]\d{0,18}$/.test(companyId)) {
		throw new RangeError('The company ID in the YClients credential must be the number of the branch, such as 123456');
	}
	const webhookSecret = text('webhookSecret');
	if (webhookSecret !== '' && !/^[\w-]{16,200}$/.test(webhookSecret)) {
		throw new RangeError('The webhook secret must be at least 16 letters, digits, "-" and "_"');
	}
	return {
		partnerToken: readToken(text('partnerToken'), 'partner token'),
		userToken: readToken(text('userToken'), 'user token'),
		companyId,
		webhookSecret,
		baseUrl: readBaseUrl(text('baseUrl') || DEFAULT_BASE_URL),
	};
}

/** A text without the tokens and without secrets in addresses, which a provider might echo. */
export function withoutTokens(text: string, { partnerToken, userToken }: YClientsCredentials): string {
	return text.replaceAll(partnerToken, '***').replaceAll(userToken, '***').replace(/(secret=)[^\s&"',;]+/gi, '$1***');
}

/** The headers of every request (providers/yclients.md §1). */
export function apiHeaders(
	{ partnerToken, userToken, baseUrl }: YClientsCredentials,
	auth: 'partner' | 'user',
): Record<string, string> {
	const isAltegio = /(?:^|\.)alteg\.io$/.test(new URL(baseUrl).hostname);
	return {
		accept: isAltegio ? 'application/vnd.api.v2+json' : 'application/vnd.yclients.v2+json',
		authorization: `Bearer ${partnerToken}${auth === 'user' ? `, User ${userToken}` : ''}`,
	};
}

/** A token goes into a header as it is, so nothing may be in it that ends the header or begins another value. */
function readToken(token: string, what: string): string {
	if (token === '') throw new RangeError(`The YClients credential has no ${what}`);
	if (!/^[\w.~+/=-]+$/.test(token)) {
		throw new RangeError(`The ${what} in the YClients credential must be the bare token, without spaces and "Bearer"`);
	}
	return token;
}

/** Plain HTTP is only good for a stand-in on the same machine: the tokens travel with every request. */
function readBaseUrl(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!url || url.username || url.password || url.search || url.hash) {
		throw new RangeError(`The base URL must be an address such as ${DEFAULT_BASE_URL}`);
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname))) {
		throw new RangeError('The base URL must start with https://');
	}
	return url.href.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}
