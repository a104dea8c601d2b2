import type { Block, ReadingDocument, Section } from '../reading/document';

/** How a text format writes the parts of a reading. Every dialect escapes what it is given. */
export interface Dialect {
	heading(text: string, level: 1 | 2): string;
	block(block: Block): string;
}

/** Between blocks, sections and the parts of a chunk. */
export const GAP = '\n\n';

/** The whole reading in one text. */
export function renderText(document: ReadingDocument, dialect: Dialect): string {
	return [renderTitle(document, dialect), ...document.sections.map((section) => renderSection(section, dialect))].join(
		GAP,
	);
}

export function renderTitle({ title, subtitle }: ReadingDocument, dialect: Dialect): string {
	const heading = dialect.heading(title, 1);
	return subtitle === null ? heading : heading + GAP + dialect.block({ kind: 'paragraph', text: subtitle });
}

export function renderSection({ heading, blocks }: Section, dialect: Dialect): string {
	return [dialect.heading(heading, 2), ...blocks.map((block) => dialect.block(block))].join(GAP);
}
