import { toDecimal } from '../../nodes/shared/money';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { PAYMENT_STYLE, pageHead } from '../shared/pageHead';
import type { PageMode } from './settings';

const SYMBOLS: Readonly<Record<string, string>> = { rub: '₽', usd: '$', eur: '€', kzt: '₸' };

const MODE_NOTES: Readonly<Record<PageMode, string>> = {
	live: 'Песочница: деньги не списываются, данные карты не нужны',
	notLive: 'Песочница: страница ещё не включена, уведомления подписаны тестовым ключом',
	merchantDemo: 'Песочница: продавец включил демо-режим',
};

/** A short coloured label; `kind` is `good`, `bad` or `neutral`. */
export function chip([text, kind]: readonly [string, string]): Html {
	return html`<span class="chip ${kind}">${text}</span>`;
}

/** Minor units as people write money: `1 000 ₽`. */
export function amount(minor: number, currency: string): string {
	const [whole = '', fraction = ''] = toDecimal(minor, 'RUB').split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0');
	return `${grouped}${fraction === '00' ? '' : `,${fraction}`}\u00a0${SYMBOLS[currency] ?? currency}`;
}

/** The frame of every page, labelled as a sandbox. */
export function layout(title: string, mode: PageMode, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, PAYMENT_STYLE)}
<body>
	<p class="ribbon">${MODE_NOTES[mode]}</p>
	<header><a class="brand" href="/_cabinet"><span aria-hidden="true"></span>Платёжная страница</a></header>
	<main>${body}</main>
	<footer>Местная замена платёжной системы для разработки. Кабинет продавца: <a href="/_cabinet">/_cabinet</a></footer>
</body>
</html>`;
}
