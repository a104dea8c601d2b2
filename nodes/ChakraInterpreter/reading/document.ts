import type { System } from '../calculate';
import type { Locale } from '../knowledge/builtIn';

export type Tier = 'free' | 'paid';

export interface Paragraph {
	kind: 'paragraph';
	text: string;
	label?: string;
}

export interface List {
	kind: 'list';
	items: string[];
}

export interface Table {
	kind: 'table';
	head: string[];
	rows: string[][];
}

export type Block = Paragraph | List | Table;

export interface Section {
	/** Stable name for templates: `how_to_read`, `numbers`, a chakra id, `point`, `repeats`, `plan`… */
	id: string;
	heading: string;
	/** CSS colour of a chakra's section. */
	colour?: string;
	blocks: Block[];
}

/** A reading before it gets a format; texts are raw, every format escapes for itself. */
export interface ReadingDocument {
	locale: Locale;
	tier: Tier;
	system: System;
	/** `YYYY-MM-DD`. */
	birthDate: string | null;
	title: string;
	/** The birth date in words, null without one. */
	subtitle: string | null;
	sections: Section[];
}

export function paragraph(text: string, label?: string): Paragraph {
	return label === undefined ? { kind: 'paragraph', text } : { kind: 'paragraph', text, label };
}
