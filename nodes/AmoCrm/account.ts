/** `<account>.amocrm.ru`, `.amocrm.com` or `.kommo.com`: the account's own host, never the bare domain or `www`. */
const ACCOUNT_HOST = /^(?!www\.)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:amocrm\.(?:ru|com)|kommo\.com)$/;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** What both credentials say about where the account lives. */
export interface AccountAddress {
	accountHost?: unknown;
	apiUrl?: unknown;
}

/**
 * The address in front of `/api/v4/`, without a slash at its end (providers/amocrm.md §1).
 *
 * A token is sent nowhere else, so the host is checked strictly: no path, port, user name or other domain. The custom
 * URL is for a proxy or for trying things out and has to be https unless it stays on this machine.
 *
 * @throws Error that says what is wrong with which field
 */
export function accountUrl({ accountHost, apiUrl }: AccountAddress): string {
	const custom = text(apiUrl);
	if (custom !== '') return customUrl(custom);
	const host = text(accountHost).toLowerCase();
	if (ACCOUNT_HOST.test(host)) return `https://${host}`;
	throw new Error(
		'The account host of the amoCRM credential is not valid. It looks like myshop.amocrm.ru or myshop.kommo.com, without https:// and without a path.',
	);
}

function customUrl(custom: string): string {
	const url = parseUrl(custom);
	const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
	if (url && isSafe && url.username === '' && url.password === '' && url.search === '' && url.hash === '') {
		return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
	}
	throw new Error(
		'The custom API URL of the amoCRM credential is not valid. It has to be an https:// address without user name and query; http:// is for this machine only.',
	);
}

function parseUrl(value: string): URL | null {
	try {
		return new URL(value);
	} catch {
		return null;
	}
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
