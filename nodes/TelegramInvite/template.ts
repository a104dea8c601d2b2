import { escapeHtml } from './html';

/** What stands for `{name}` in the texts of a message. */
export type Placeholders = ReadonlyMap<string, string>;

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** Fills Telegram HTML. Values are text: escaped, and nothing in them is filled again. Unknown names stay. */
export function fillHtml(template: string, placeholders: Placeholders): string {
	return fill(template, placeholders, escapeHtml);
}

/** Fills the text of a button, which knows no markup. */
export function fillText(template: string, placeholders: Placeholders): string {
	return fill(template, placeholders, (value) => value);
}

/**
 * Fills the address of a button. A value at the beginning of the address is an address itself and stays as it is;
 * further on it is a part, and what has a meaning in addresses is percent-encoded.
 *
 * @returns the address as Telegram takes it; empty when there is none
 * @throws RangeError when it is none
 */
export function fillUrl(template: string, placeholders: Placeholders): string {
	const start = template.length - template.trimStart().length;
	const beginning = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*/i.exec(template.slice(start))?.[0].length ?? 0;
	const url = fill(template, placeholders, (value, position) =>
		position < start + beginning ? value.trim() : encodeURIComponent(value),
	).trim();
	return url === '' ? '' : webAddress(url, template);
}

function fill(
	template: string,
	placeholders: Placeholders,
	write: (value: string, position: number) => string,
): string {
	return template.replace(PLACEHOLDER, (placeholder: string, name: string, position: number) => {
		const value = placeholders.get(name.trim());
		return value === undefined ? placeholder : write(value, position);
	});
}

const PROTOCOLS: ReadonlySet<string> = new Set(['https:', 'http:', 'tg:']);

function webAddress(text: string, template: string): string {
	// Telegram would refuse the whole message; a name that was not filled in is the usual cause.
	if (/[{}]/.test(text) || !URL.canParse(text)) {
		throw new RangeError(`The button address "${template}" is no web address once it is filled in`);
	}
	const url = new URL(text);
	if (!PROTOCOLS.has(url.protocol)) throw new RangeError(`The button address "${template}" must start with https://`);
	return url.href;
}
