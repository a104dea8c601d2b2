/** Markup Telegram cannot read; the message is what follows `can't parse entities: `. */
export class ParseError extends Error {
	/** @param position index in `source` that is told as a byte offset, as Telegram does */
	constructor(reason: string, source: string, position: number, rest = '') {
		super(`${reason} at byte offset ${Buffer.byteLength(source.slice(0, position))}${rest}`);
	}
}
