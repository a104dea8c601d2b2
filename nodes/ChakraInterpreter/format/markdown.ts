import type { Dialect } from './dialect';
import { labelled } from './lines';

/** CommonMark with tables, for pages and documents. */
export const markdown: Dialect = {
	heading: (text, level) => `${'#'.repeat(level)} ${escapeMarkdown(text)}`,
	block: (block) => {
		switch (block.kind) {
			case 'paragraph': {
				const text = escapeMarkdown(block.text);
				return block.label === undefined ? text : labelled(`**${escapeMarkdown(block.label)}**`, text);
			}
			case 'list':
				return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
			case 'table': {
				const row = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
				return [row(block.head), `|${' --- |'.repeat(block.head.length)}`, ...block.rows.map(row)].join('\n');
			}
		}
	},
};

/** Backslashes before what CommonMark would read as markup, links, HTML or the start of a list or heading. */
function escapeMarkdown(text: string): string {
	return text
		.replace(/[\\`*_[\]<>|~&]/g, '\\$&')
		.replace(/^([#+=-])/, '\\$1')
		.replace(/^(\d+)([.)])/, '$1\\$2');
}
