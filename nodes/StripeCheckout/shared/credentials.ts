const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const DEFAULT_API_URL = 'https://api.stripe.com';

/** The credential `stripeCheckoutApi`. A key that was left out is empty. */
export interface StripeCredentials {
	secretKey: string;
	webhookSecret: string;
	/** Without a slash at the end. */
	apiUrl: string;
}

/**
 * Reads stored credential data; keys lose the spaces and line breaks that come along when they are pasted.
 *
 * @throws RangeError saying what is wrong with the API URL
 */
export function readCredentials(stored: object): StripeCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	return {
		secretKey: text('secretKey'),
		webhookSecret: text('webhookSecret'),
		apiUrl: normalizeApiUrl(text('apiUrl') || DEFAULT_API_URL),
	};
}

/** Plain HTTP is only good for a stand-in on the same machine: the key travels with every request. */
function normalizeApiUrl(text: string): string {
	const url = readUrl(text);
	if (!url || url.username || url.password || url.search || url.hash) {
		throw new RangeError(`The API URL must be an address such as ${DEFAULT_API_URL}`);
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname))) {
		throw new RangeError('The API URL must start with https://');
	}
	return url.href.replace(/\/+$/, '');
}

function readUrl(text: string): URL | null {
	try {
		return new URL(text);
	} catch {
		return null;
	}
}
