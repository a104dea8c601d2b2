import type { Html } from '../shared/html';
import { html } from '../shared/html';

const ICONS: Readonly<Record<string, Html>> = {
	AC: html`<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><path d="M2.5 10h19M6 15h4"/>`,
	SBP: html`<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M10.5 18.5h3M9.5 8.5l2 2 3.5-3.5"/>`,
	installment: html`<rect x="3" y="4.5" width="18" height="16" rx="2.5"/><path d="M3 9.5h18M8 2.5v4M16 2.5v4M8 14h3"/>`,
};

/** A line drawing for a payment method, in the colour of the text around it. */
export function methodIcon(code: string): Html {
	return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[code] ?? null}</svg>`;
}
