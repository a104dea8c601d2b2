import type { Entity, FormattedText } from './entities';
import { ParseError } from './parseError';

/** Entity type per tag; null: allowed, but what it becomes depends on its attributes or is not kept. */
const TAGS: ReadonlyMap<string, string | null> = new Map([
	['b', 'bold'],
	['strong', 'bold'],
	['i', 'italic'],
	['em', 'italic'],
	['u', 'underline'],
	['ins', 'underline'],
	['s', 'strikethrough'],
	['strike', 'strikethrough'],
	['del', 'strikethrough'],
	['tg-spoiler', 'spoiler'],
	['span', 'spoiler'],
	['code', 'code'],
	['pre', 'pre'],
	['blockquote', 'blockquote'],
	['a', null],
	['tg-emoji', null],
	['tg-time', null],
]);

/** Tags whose attributes may stand without a value. */
const BARE_ATTRIBUTES = new Set(['expandable']);

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const CHARACTER_REFERENCE = /&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]+));?/y;
const SPACE = /[\s\0]/;

interface OpenTag {
	readonly name: string;
	readonly attributes: ReadonlyMap<string, string>;
	/** Where its text starts in the result. */
	readonly offset: number;
	/** Where the tag stands in the source. */
	readonly position: number;
}

/**
 * Reads a message in HTML mode with Telegram's rules (providers/telegram.md §3): a handful of tags, properly nested.
 *
 * @throws ParseError
 */
export function parseHtml(source: string): FormattedText {
	return new HtmlReader(source).read();
}

class HtmlReader {
	private text = '';
	private position = 0;
	private readonly entities: Entity[] = [];
	private readonly open: OpenTag[] = [];

	constructor(private readonly source: string) {}

	read(): FormattedText {
		while (this.position < this.source.length) {
			const character = this.source[this.position];
			if (character === '&') this.text += this.readReference();
			else if (character !== '<') this.text += this.source[this.position++];
			else if (this.source[this.position + 1] === '/') this.readEndTag();
			else this.readStartTag();
		}
		const unclosed = this.open.at(-1);
		if (unclosed) {
			const reason = `Can't find end tag corresponding to start tag "${unclosed.name}"`;
			throw new ParseError(reason, this.source, unclosed.position);
		}
		return { text: this.text, entities: this.entities };
	}

	/** Decodes a character reference; anything else after `&` stays as it is. */
	private readReference(): string {
		CHARACTER_REFERENCE.lastIndex = this.position;
		const [all = '&', decimal, hex, name] = CHARACTER_REFERENCE.exec(this.source) ?? [];
		const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
		const decoded = name ? NAMED[name] : code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined;
		this.position += decoded === undefined ? 1 : all.length;
		return decoded ?? '&';
	}

	private readStartTag(): void {
		const position = this.position;
		this.position += 1;
		const name = this.readUntil(/[\s\0>]/).toLowerCase();
		if (this.position >= this.source.length) throw this.error('Unclosed start tag', position);
		if (!TAGS.has(name)) throw this.error(`Unsupported start tag "${name}"`, position);
		const attributes = this.readAttributes(name, position);
		if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
			throw this.error('Tag "span" must have class "tg-spoiler"', position);
		}
		this.open.push({ name, attributes, offset: this.text.length, position });
	}

	private readAttributes(tag: string, position: number): ReadonlyMap<string, string> {
		const attributes = new Map<string, string>();
		for (;;) {
			this.skipSpace();
			const next = this.source[this.position];
			if (next === undefined) throw this.error('Unclosed start tag', position);
			if (next === '>') break;
			const name = this.readUntil(/[\s\0=>]/).toLowerCase();
			if (name === '') throw this.error(`Empty attribute name in the tag "${tag}"`, position);
			this.skipSpace();
			if (this.source[this.position] === '=') attributes.set(name, this.readValue(tag, position));
			else if (BARE_ATTRIBUTES.has(name)) attributes.set(name, '');
			else throw this.error(`Expected equal sign in declaration of an attribute of the tag "${tag}"`, position);
		}
		this.position += 1;
		return attributes;
	}

	private readValue(tag: string, position: number): string {
		this.position += 1;
		this.skipSpace();
		const quote = this.source[this.position];
		if (quote !== '"' && quote !== "'") {
			const start = this.position;
			const token = this.readUntil(/[^A-Za-z0-9.-]/).toLowerCase();
			if (!/[\s>]/.test(this.source[this.position] ?? ' ')) throw this.error('Unexpected end of name token', start);
			return token;
		}
		this.position += 1;
		let value = '';
		while (this.position < this.source.length && this.source[this.position] !== quote) {
			value += this.source[this.position] === '&' ? this.readReference() : this.source[this.position++];
		}
		if (this.position >= this.source.length) throw this.error(`Unclosed start tag "${tag}"`, position);
		this.position += 1;
		return value;
	}

	private readEndTag(): void {
		const position = this.position;
		const tag = this.open.pop();
		if (!tag) throw this.error('Unexpected end tag', position);
		this.position += 2;
		const name = this.readUntil(/[\s\0>]/).toLowerCase();
		this.skipSpace();
		if (this.source[this.position] !== '>') throw this.error('Unclosed end tag', position);
		this.position += 1;
		if (name !== '' && name !== tag.name) {
			const rest = `, expected "</${tag.name}>", found "</${name}>"`;
			throw new ParseError('Unmatched end tag', this.source, position, rest);
		}
		this.close(tag);
	}

	private close({ name, attributes, offset }: OpenTag): void {
		const length = this.text.length - offset;
		if (length === 0) return;
		const span = { offset, length };
		if (name === 'a') {
			const url = attributes.get('href') || this.text.slice(offset);
			if (isOpenable(url)) this.entities.push({ type: 'text_link', ...span, url });
		} else if (name === 'code' && this.open.at(-1)?.name === 'pre' && attributes.get('class')) {
			const language = attributes.get('class')?.replace(/^language-/, '') ?? '';
			this.entities.push({ type: 'pre', ...span, language });
		} else {
			const type = TAGS.get(name);
			const isSaid = this.entities.some((one) => one.type === type && one.offset === offset && one.length === length);
			if (type && !isSaid) this.entities.push({ type, ...span });
		}
	}

	private readUntil(end: RegExp): string {
		const rest = this.source.slice(this.position);
		const found = rest.search(end);
		const text = found < 0 ? rest : rest.slice(0, found);
		this.position += text.length;
		return text;
	}

	private skipSpace(): void {
		while (SPACE.test(this.source[this.position] ?? '')) this.position += 1;
	}

	private error(reason: string, position: number): ParseError {
		return new ParseError(reason, this.source, position);
	}
}

/** Whether Telegram makes a link of the address; of another one it keeps the text only. */
export function isOpenable(url: string): boolean {
	const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
	if (!URL.canParse(withScheme)) return false;
	const { protocol, hostname } = new URL(withScheme);
	if (protocol === 'tg:') return true;
	return /^https?:$/.test(protocol) && (hostname.includes('.') || hostname === 'localhost');
}
