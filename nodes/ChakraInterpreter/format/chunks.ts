import { splitSentences, takeUnits } from '../reading/cleanText';
import type { Block, List, ReadingDocument, Table } from '../reading/document';
import { type Dialect, GAP, renderSection, renderTitle } from './dialect';

/** Telegram takes 4,096 UTF-16 units (domain/chakras.md §5); the rest is room for the mark. */
const TARGET = 3900;

/**
 * The reading in parts for a messenger, in order, marked `2/3` when there are several. A part ends at a section where
 * it can, else at a block, else at a sentence, else at a word. Blocks are cut before they are rendered, so a cut never
 * falls inside a tag or a surrogate pair.
 */
export function renderChunks(document: ReadingDocument, dialect: Dialect): string[] {
	const pieces = [
		renderTitle(document, dialect),
		...document.sections.flatMap((section) => {
			const whole = renderSection(section, dialect);
			if (whole.length <= TARGET) return [whole];
			const heading = dialect.heading(section.heading, 2);
			const [first, ...rest] = section.blocks.flatMap((block) =>
				cutBlock(block, TARGET - heading.length - GAP.length, dialect),
			);
			return [[heading, ...(first ? [dialect.block(first)] : [])].join(GAP), ...rest.map((part) => dialect.block(part))];
		}),
	];
	const chunks = group(pieces, (run) => run.join(GAP).length <= TARGET).map((run) => run.join(GAP));
	return chunks.length === 1 ? chunks : chunks.map((chunk, index) => `${chunk}${GAP}${index + 1}/${chunks.length}`);
}

function cutBlock(block: Block, limit: number, dialect: Dialect): Block[] {
	const fits = (part: Block) => dialect.block(part).length <= limit;
	if (fits(block)) return [block];
	switch (block.kind) {
		case 'paragraph':
			return cutText(block.text, (text) => fits({ ...block, text })).map((text, index) =>
				index === 0 ? { ...block, text } : { kind: 'paragraph', text },
			);
		case 'list': {
			const list = (items: string[]): List => ({ kind: 'list', items });
			const items = block.items.flatMap((item) => cutText(item, (text) => fits(list([text]))));
			return group(items, (part) => fits(list(part))).map(list);
		}
		case 'table': {
			const table = (rows: string[][]): Table => ({ kind: 'table', head: block.head, rows });
			return group(block.rows, (part) => fits(table(part))).map(table);
		}
	}
}

/** Runs of neighbours, each as long as it fits. */
function group<T>(items: readonly T[], fits: (run: T[]) => boolean): T[][] {
	const runs: T[][] = [];
	for (const item of items) {
		const longer = [...(runs.at(-1) ?? []), item];
		if (runs.length > 0 && fits(longer)) runs[runs.length - 1] = longer;
		else runs.push([item]);
	}
	return runs;
}

/** Cuts at sentences, a long sentence at words, a long word anywhere between code points. */
function cutText(text: string, fits: (part: string) => boolean): string[] {
	const words = (sentence: string) =>
		fits(sentence) ? [sentence] : sentence.split(' ').flatMap((word) => cutWord(word, fits));
	const pieces = splitSentences(text).flatMap(words);
	return group(pieces, (run) => fits(run.join(' '))).map((run) => run.join(' '));
}

function cutWord(word: string, fits: (part: string) => boolean): string[] {
	const parts: string[] = [];
	let rest = word;
	while (rest !== '') {
		let part = rest;
		while (part.length > 2 && !fits(part)) part = takeUnits(part, Math.ceil(part.length / 2));
		parts.push(part);
		rest = rest.slice(part.length);
	}
	return parts;
}
