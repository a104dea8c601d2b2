const DEFAULT_API_URL = 'https://api.cloudpayments.ru';

/** The credential `cloudPaymentsApi`. A field that was left out is empty. */
export interface CloudPaymentsCredentials {
	publicId: string;
	apiSecret: string;
	/** Without a slash at the end. */
	apiUrl: string;
}

/** Reads stored credential data; keys lose the spaces and line breaks that come along when they are pasted. */
export function readCredentials(stored: object): CloudPaymentsCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	return {
		publicId: text('publicId'),
		apiSecret: text('apiSecret'),
		apiUrl: text('apiUrl').replace(/\/+$/, '') || DEFAULT_API_URL,
	};
}
