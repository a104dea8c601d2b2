/**
 * Reads `https://t.me/<bot>?start=<payload>` or `tg://resolve?domain=<bot>&start=<payload>`.
 *
 * @returns the payload, empty when the link has none; null when the address is no link to this bot
 */
export function startPayloadOf(url: string, botUsername: string): string | null {
	if (!URL.canParse(url)) return null;
	const { protocol, host, pathname, searchParams } = new URL(url);
	const name = linkedName(protocol, host, pathname, searchParams);
	return name?.toLowerCase() === botUsername.toLowerCase() ? (searchParams.get('start') ?? '') : null;
}

function linkedName(protocol: string, host: string, pathname: string, query: URLSearchParams): string | null {
	if (protocol === 'tg:') return host === 'resolve' ? query.get('domain') : null;
	return host === 't.me' && /^https?:$/.test(protocol) ? pathname.slice(1) : null;
}
