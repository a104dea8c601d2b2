import type { Dialect } from './dialect';
import { escapeMarkup } from './escape';
import { blockLines } from './lines';

const bold = (html: string) => `<b>${html}</b>`;

/** The HTML subset a Telegram message may carry with `parse_mode: HTML` (providers/telegram.md §3). */
export const telegram: Dialect = {
	heading: (text) => bold(escapeMarkup(text)),
	block: (block) => blockLines(block, escapeMarkup, bold),
};
