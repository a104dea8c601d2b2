import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { amountText } from './layout';
import type { Transaction } from './objects';

/** What the payer answers on the bank's page, in the app of the bank as well. */
export type BankAnswer = 'ok' | 'fail';

/** The page of the card's bank (3-D Secure), or the app of the bank (SBP). @param action where the form goes */
export function bankCard(transaction: Transaction, action: string): Html {
	const { method, amountMinor, currency, card, description } = transaction;
	const title = method === 'sbp' ? 'Приложение банка' : 'Страница банка: 3-D Secure';
	const what = method === 'sbp' ? 'Оплата через СБП' : `Карта •••• ${card?.lastFour ?? ''}`;
	return html`<section class="card narrow">
		<h1>${title}</h1>
		<p class="total">${amountText(amountMinor, currency)}</p>
		<p class="muted">${[what, description].filter(Boolean).join(' · ')}</p>
		<form method="post" action="${action}" class="fields">
			<button class="primary" name="answer" value="ok">Подтвердить</button>
			<button class="secondary" name="answer" value="fail">Отказаться</button>
		</form>
	</section>`;
}
