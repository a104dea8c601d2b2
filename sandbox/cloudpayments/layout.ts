import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { PAYMENT_STYLE, pageHead } from '../shared/pageHead';
import { decimal } from './noticeFields';

const SYMBOLS: Readonly<Record<string, string>> = { RUB: '₽', USD: '$', EUR: '€', KZT: '₸' };

const FRAME_SCRIPT = html`<script src="/_assets/frame.js" defer></script>`;

/** Minor units as people write money: `1 490 ₽`. */
export function amountText(minor: number, currency: string): string {
	const [whole = '', fraction = ''] = decimal(minor).split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0');
	return `${grouped}${fraction === '00' ? '' : `,${fraction}`}\u00a0${SYMBOLS[currency] ?? currency}`;
}

/** The frame of every page, labelled as a sandbox. */
export function layout(title: string, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, PAYMENT_STYLE)}
<body>
	<p class="ribbon">Песочница: деньги не списываются, настоящая карта не нужна</p>
	<main>${body}</main>
	<footer>Местная замена платёжного сервиса для разработки. Кабинет магазина: <a href="/_cabinet">/_cabinet</a></footer>
</body>
</html>`;
}

/** What the widget is to know of a page in its frame. */
export interface Outcome {
	readonly type: 'payment' | 'error';
	readonly status: 'success' | 'fail';
	readonly message?: string;
	readonly data?: { readonly transactionId: number; readonly ReasonCode: number | null };
}

/**
 * A page inside the widget's dialog.
 *
 * @param outcome what to tell the page of the shop; a success closes the dialog
 */
export function frameLayout(title: string, outcome: Outcome | null, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, PAYMENT_STYLE, FRAME_SCRIPT)}
<body class="framed"${outcome === null ? null : html` data-outcome="${JSON.stringify(outcome)}"`}>
	<p class="ribbon">Песочница: деньги не списываются</p>
	<main>${body}</main>
</body>
</html>`;
}

/** A page with one message. */
export function messagePage(title: string, text: string, more: Html | null = null): Html {
	return layout(title, html`<section class="card narrow"><h1>${title}</h1><p>${text}</p>${more}</section>`);
}
