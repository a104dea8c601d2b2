import type { RequestHandler } from 'express';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether the address stays on this machine; the stand-ins send nothing anywhere else. */
export function isLoopbackUrl(url: string): boolean {
	return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && LOOPBACK_HOSTS.has(new URL(url).hostname);
}

/**
 * Keeps foreign web pages from driving a stand-in through the developer's browser: a name that merely resolves to
 * loopback (DNS rebinding) and a cross-site form post are both answered 403.
 */
export const refuseForeignPages: RequestHandler = (request, response, next) => {
	const { host = '', origin } = request.headers;
	const isOwnHost = isLoopbackUrl(`http://${host}`);
	const isOwnOrigin = origin === undefined || origin === `http://${host}`;
	if (isOwnHost && isOwnOrigin) next();
	else response.status(403).type('text').send('Only pages of this sandbox may do this');
};
