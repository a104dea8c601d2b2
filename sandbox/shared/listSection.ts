import type { Html } from './html';
import { html } from './html';

const SHOWN_ROWS = 50;

/**
 * A card with a table of the newest rows, newest first.
 *
 * @param rows oldest first
 * @param whenEmpty stands in place of the table when there are no rows
 */
export function listSection(heading: string, titles: readonly string[], rows: readonly Html[], whenEmpty: string): Html {
	const shown = rows.slice(-SHOWN_ROWS).reverse();
	const table = html`<div class="scroll"><table>
		<thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
		<tbody>${shown}</tbody>
	</table></div>`;
	return html`<section class="card">
		<h1>${heading}</h1>
		${shown.length === 0 ? html`<p class="muted">${whenEmpty}</p>` : table}
	</section>`;
}
