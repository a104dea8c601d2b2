import type { Block, ReadingDocument, Section } from '../reading/document';
import { escapeMarkup } from './escape';
import { labelled } from './lines';

/**
 * The reading as an HTML fragment for a page, a mail or a PDF printer: one `article`, no scripts, everything escaped.
 */
export function renderPage({ locale, title, subtitle, sections }: ReadingDocument): string {
	const intro = subtitle === null ? '' : `<p>${escapeMarkup(subtitle)}</p>`;
	const body = sections.map(renderSection).join('\n');
	return `<article lang="${locale}">\n<h1>${escapeMarkup(title)}</h1>${intro}\n${body}\n</article>`;
}

function renderSection({ id, heading, colour, blocks }: Section): string {
	const style = colour ? ` style="border-left: 4px solid ${colour}; padding-left: 12px"` : '';
	const body = blocks.map(renderBlock).join('\n');
	return `<section data-section="${id}"${style}>\n<h2>${escapeMarkup(heading)}</h2>\n${body}\n</section>`;
}

function renderBlock(block: Block): string {
	switch (block.kind) {
		case 'paragraph': {
			const text = escapeMarkup(block.text);
			const label = block.label === undefined ? null : `<strong>${escapeMarkup(block.label)}</strong>`;
			return `<p>${label === null ? text : labelled(label, text)}</p>`;
		}
		case 'list':
			return `<ul>${block.items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`;
		case 'table': {
			const head = cells('th scope="col"', 'th', block.head);
			const rows = block.rows.map(([first = '', ...rest]) => {
				const rowHead = cells('th scope="row"', 'th', [first]);
				return `<tr>${rowHead}${cells('td', 'td', rest)}</tr>`;
			});
			return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
		}
	}
}

function cells(open: string, close: string, texts: readonly string[]): string {
	return texts.map((text) => `<${open}>${escapeMarkup(text)}</${close}>`).join('');
}
