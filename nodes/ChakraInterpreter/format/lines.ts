import type { Block } from '../reading/document';

/** Writes of a block line by line, for formats without tables of their own. */
export function blockLines(block: Block, escape: (text: string) => string, bold: (text: string) => string): string {
	switch (block.kind) {
		case 'paragraph':
			return block.label === undefined ? escape(block.text) : labelled(bold(escape(block.label)), escape(block.text));
		case 'list':
			return block.items.map((item) => `• ${escape(item)}`).join('\n');
		case 'table':
			return [block.head, ...block.rows]
				.map(([first = '', ...rest]) => `${escape(first)}: ${rest.map(escape).join(' · ')}`)
				.join('\n');
	}
}

/** A label with its text, or the label alone when there is nothing to say under it. */
export function labelled(label: string, text: string): string {
	return text === '' ? label : `${label}: ${text}`;
}
