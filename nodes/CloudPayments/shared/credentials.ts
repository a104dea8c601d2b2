const DEFAULT_API_URL = 'https://api.cloudpayments.ru';

/** A test site takes five calls at once, a live one thirty (providers/cloudpayments.md §2); nothing tells them apart. */
const DEFAULT_CALLS_AT_ONCE = 5;
const MAX_CALLS_AT_ONCE = 30;

/** The credential `cloudPaymentsApi`. A field that was left out is empty. */
export interface CloudPaymentsCredentials {
	publicId: string;
	apiSecret: string;
	/** Without a slash at the end. */
	apiUrl: string;
	/** From 1 to 30. */
	callsAtOnce: number;
}

/** Reads stored credential data; keys lose the spaces and line breaks that come along when they are pasted. */
export function readCredentials(stored: object): CloudPaymentsCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	const wanted = Math.floor(Number(fields.get('callsAtOnce')));
	return {
		publicId: text('publicId'),
		apiSecret: text('apiSecret'),
		apiUrl: text('apiUrl').replace(/\/+$/, '') || DEFAULT_API_URL,
		callsAtOnce: wanted >= 1 ? Math.min(wanted, MAX_CALLS_AT_ONCE) : DEFAULT_CALLS_AT_ONCE,
	};
}
