import type { Html } from './html';
import { html } from './html';

export type ChipKind = 'good' | 'bad' | 'neutral';

/** A short coloured label. */
export function chip(text: string, kind: ChipKind): Html {
	return html`<span class="chip ${kind}">${text}</span>`;
}
