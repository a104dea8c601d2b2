import type { Entity, FormattedText } from './entities';
import { isOpenable } from './html';
import { ParseError } from './parseError';

const TYPES: Readonly<Record<string, string>> = { '*': 'bold', _: 'italic', '`': 'code', '[': 'text_link' };

/**
 * Reads a message in legacy Markdown: nothing nests, and a lone `_`, `*`, `` ` `` or `[` is an error
 * (providers/telegram.md §3: invite links often hold one).
 *
 * @throws ParseError
 */
export function parseLegacyMarkdown(source: string): FormattedText {
	const entities: Entity[] = [];
	let text = '';
	let position = 0;
	while (position < source.length) {
		const mark = source[position] ?? '';
		if (mark === '\\' && (source[position + 1] ?? '') in TYPES) {
			text += source[position + 1];
			position += 2;
			continue;
		}
		const type = TYPES[mark];
		if (type === undefined) {
			text += mark;
			position += 1;
			continue;
		}
		const isBlock = source.startsWith('```', position);
		const opening = isBlock ? '```' : mark;
		const closing = mark === '[' ? ']' : opening;
		const start = position + opening.length;
		const end = source.indexOf(closing, start);
		if (end < 0) throw new ParseError("Can't find end of the entity starting", source, position);
		const inner = source.slice(start, end);
		position = end + closing.length;
		const span = { offset: text.length, length: inner.length };
		text += inner;
		if (mark === '[') {
			const [all, url = ''] = /^\(([^)]*)\)/.exec(source.slice(position)) ?? [];
			position += all?.length ?? 0;
			if (inner !== '' && isOpenable(url)) entities.push({ type, ...span, url });
		} else if (inner !== '') {
			entities.push({ type: isBlock ? 'pre' : type, ...span });
		}
	}
	return { text, entities };
}
