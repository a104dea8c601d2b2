import { createHmac } from 'node:crypto';

export type FormFields = ReadonlyArray<readonly [name: string, value: string]>;

/** A form as the service writes it: lower-case escapes, `+` for a blank (providers/cloudpayments.md §1). */
export function encodeForm(fields: FormFields): string {
	return fields.map(([name, value]) => `${escapeText(name)}=${escapeText(value)}`).join('&');
}

/** The same text before it was escaped; `X-Content-HMAC` signs it. */
export function plainForm(fields: FormFields): string {
	return fields.map(([name, value]) => `${name}=${value}`).join('&');
}

/** Both signature headers (§5). @param plain what `X-Content-HMAC` signs */
export function signatureHeaders(body: string, plain: string, apiSecret: string): Record<string, string> {
	return { 'Content-HMAC': hmac(body, apiSecret), 'X-Content-HMAC': hmac(plain, apiSecret) };
}

function hmac(message: string, apiSecret: string): string {
	return createHmac('sha256', apiSecret).update(message, 'utf8').digest('base64');
}

function escapeText(text: string): string {
	return encodeURIComponent(text)
		.replace(/%20/g, '+')
		.replace(/[~']/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
		.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}
