import type { Html } from './html';
import { html } from './html';

/** For a page whose colours follow the reader's system: the browser knows before the style sheets have come. */
export const LIGHT_AND_DARK = html`<meta name="color-scheme" content="light dark">`;

/** For the pages of a payment service. */
export const PAYMENT_STYLE = html`<link rel="stylesheet" href="/_assets/payment.css">`;

/**
 * The head of a stand-in's page. Its own style sheet comes last, so that it has the last word.
 *
 * @param more what stands between the shared style sheet and the stand-in's own
 */
export function pageHead(title: string, ...more: readonly Html[]): Html {
	return html`<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<title>${title}</title>
	<link rel="stylesheet" href="/_assets/base.css">
	${more}
	<link rel="stylesheet" href="/_assets/page.css">
	<link rel="icon" href="data:,">
</head>`;
}
