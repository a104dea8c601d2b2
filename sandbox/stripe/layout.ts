import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { PAYMENT_STYLE, pageHead } from '../shared/pageHead';

/** The frame of every page, labelled as a sandbox. */
export function layout(title: string, body: Html): Html {
	return html`<!doctype html>
<html lang="en">
${pageHead(`${title} · sandbox`, PAYMENT_STYLE)}
<body>
	<p class="ribbon">Sandbox: no money moves, no card is needed</p>
	<main>${body}</main>
	<footer>Local stand-in for a payment service. The merchant's side: <a href="/_dashboard">/_dashboard</a></footer>
</body>
</html>`;
}

/** A page with one message. */
export function messagePage(title: string, text: string, more: Html | null = null): Html {
	return layout(title, html`<section class="card narrow"><h1>${title}</h1><p>${text}</p>${more}</section>`);
}
