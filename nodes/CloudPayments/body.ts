import { expandForm, type FormTree } from '../shared/formTree';

/** A notification has some sixty fields, and what a shop puts into `Data` is its own. */
const LIMITS = { maxDepth: 16, maxKeys: 1000 };

/** Fields that hold JSON as text in a form (providers/cloudpayments.md §4). */
const JSON_FIELDS: ReadonlySet<string> = new Set(['Data', 'CustomFields']);

/** Which of the two ways to read a body its `Content-Type` names; null for any other. */
export function bodyFormat(contentType: string | undefined): 'form' | 'json' | null {
	const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
	if (type === 'application/x-www-form-urlencoded') return 'form';
	return type === 'application/json' ? 'json' : null;
}

/** Names and values of a form in the order they came, `+` and escapes decoded. */
export function formPairs(text: string): Array<[name: string, value: string]> {
	return [...new URLSearchParams(text)];
}

/**
 * The fields of a verified notification: a form, which is what the provider sends, or JSON, which some send on its
 * behalf (§4). `Data` and `CustomFields` become trees when they are JSON. Text that is no UTF-8 is read as well as it
 * can be; of a repeated name the last value counts. Without a known type, a body that begins with `{` is read as JSON.
 *
 * @throws FormLimitError for more than 1000 fields or 16 levels
 */
export function readFields(rawBody: Uint8Array, contentType: string | undefined): FormTree {
	const text = new TextDecoder().decode(rawBody);
	const format = bodyFormat(contentType) ?? (text.trimStart().startsWith('{') ? 'json' : 'form');
	return toTree(format === 'json' ? asObject(parseJson(text)) : Object.fromEntries(formPairs(text)));
}

/**
 * Fields of a notification, or of a transaction of the API, as one tree: `Data` and `CustomFields` opened, prototype
 * keys dropped.
 *
 * @throws FormLimitError for more than 1000 fields or 16 levels
 */
export function toTree(fields: object): FormTree {
	const entries = Object.entries(fields).map(([name, value]) => [name, readField(name, value)]);
	return expandForm(Object.fromEntries(entries), LIMITS);
}

function readField(name: string, value: unknown): unknown {
	if (typeof value !== 'string' || !JSON_FIELDS.has(name)) return value;
	const parsed = parseJson(value);
	return typeof parsed === 'object' && parsed !== null ? parsed : value;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function asObject(value: unknown): object {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
