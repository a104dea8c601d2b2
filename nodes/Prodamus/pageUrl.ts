const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of a payment page in the one form links are built on: `https://shop.payform.ru/`.
 * Plain HTTP is only good for a stand-in on the same machine.
 *
 * @throws RangeError saying what is wrong with the address
 */
export function normalizePageUrl(input: string): string {
	const url = readUrl(input);
	if (!url) throw new RangeError('The payment page URL must be an address such as https://your-shop.payform.ru/');
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname))) {
		throw new RangeError('The payment page URL must start with https://');
	}
	if (url.username || url.password || url.search || url.hash) {
		throw new RangeError(
			'The payment page URL must be the bare address of the page, such as https://your-shop.payform.ru/',
		);
	}
	return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
}

function readUrl(text: string): URL | null {
	try {
		return new URL(text.trim());
	} catch {
		return null;
	}
}
