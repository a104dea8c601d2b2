/** `MessageEntity` of the Bot API; offset and length count UTF-16 units. */
export interface Entity {
	readonly type: string;
	readonly offset: number;
	readonly length: number;
	readonly url?: string;
	readonly language?: string;
}

/** Text without its markup. */
export interface FormattedText {
	readonly text: string;
	readonly entities: readonly Entity[];
}

/** What Telegram marks by itself in any text. */
const FOUND = /(?<url>https?:\/\/[^\s<>"]*[^\s<>".,!?:;)\]])|(?<=^|\s)\/[A-Za-z0-9_]{1,64}(?![A-Za-z0-9_/])/g;

/** Adds links and bot commands found in the text, except where markup says what it is. */
export function withFoundEntities({ text, entities }: FormattedText): FormattedText {
	const found = [...text.matchAll(FOUND)].map((match) => ({
		type: match.groups?.['url'] === undefined ? 'bot_command' : 'url',
		offset: match.index,
		length: match[0].length,
	}));
	const taken = entities.filter(({ type }) => ['text_link', 'text_mention', 'code', 'pre'].includes(type));
	const free = found.filter((one) => !taken.some((other) => overlap(one, other)));
	return { text, entities: sorted([...entities, ...free]) };
}

/** Cuts white space at both ends, as Telegram does before it counts. */
export function trimmed({ text, entities }: FormattedText): FormattedText {
	const cut = text.length - text.trimStart().length;
	const kept = text.trim();
	const moved = entities.flatMap((entity) => {
		const start = Math.max(0, entity.offset - cut);
		const end = Math.min(kept.length, entity.offset + entity.length - cut);
		return end > start ? [{ ...entity, offset: start, length: end - start }] : [];
	});
	return { text: kept, entities: sorted(moved) };
}

function overlap(one: Entity, other: Entity): boolean {
	return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

function sorted(entities: readonly Entity[]): Entity[] {
	return [...entities].sort((left, right) => left.offset - right.offset || right.length - left.length);
}
