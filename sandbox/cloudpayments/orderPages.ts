import type { Html } from '../shared/html';
import { html } from '../shared/html';
import type { Typed } from './cardForm';
import { cardFields, cardHints } from './cardForm';
import { amountText, layout, messagePage } from './layout';
import type { Order } from './objects';

/** The page of a payment link. @param notice why the last attempt did not work */
export function orderPage(order: Order, typed: Typed, notice: string | null): Html {
	const total = amountText(order.amountMinor, order.currency);
	const path = `/d/${order.id}`;
	return layout(`Оплата ${total}`, html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<div class="columns">
			<section class="card">
				<p class="muted">Счёт № ${order.number}</p>
				<p class="total">${total}</p>
				<p>${order.description}</p>
				<p class="muted">${aboutOrder(order)}</p>
				${order.offerUri === null ? null : html`<p><a class="link" href="${order.offerUri}">Оферта</a></p>`}
				${cardHints()}
			</section>
			<section class="card">
				<h1>Оплата</h1>
				<form method="post" action="${path}/card" class="fields">
					${cardFields(typed)}
					<button class="primary">${order.scheme === 'Dual' ? 'Заблокировать' : 'Оплатить'} ${total}</button>
					${order.currency === 'RUB'
						? html`<button class="secondary" formaction="${path}/sbp" formnovalidate>Оплатить через СБП</button>`
						: null}
				</form>
			</section>
		</div>`);
}

/** A link that cannot be paid any more. */
export function closedOrderPage(order: Order): Html {
	const total = amountText(order.amountMinor, order.currency);
	const isPaid = order.status === 'Paid';
	const back = order.successUrl === null
		? null
		: html`<p><a class="link" href="${order.successUrl}">Вернуться в магазин</a></p>`;
	return isPaid
		? messagePage('Оплачено', `${total}: ${order.description}`, back)
		: messagePage('Счёт отменён', 'Попросите магазин прислать новую ссылку.');
}

function aboutOrder({ recurrent, scheme, invoiceId }: Order): string {
	const words = { Day: 'дн.', Week: 'нед.', Month: 'мес.' };
	const parts = [
		invoiceId === null ? null : `Заказ ${invoiceId}`,
		scheme === 'Dual' ? 'деньги блокируются до подтверждения' : null,
		recurrent === null ? null : `затем каждые ${recurrent.period} ${words[recurrent.interval]}`,
	];
	return parts.filter(Boolean).join(', ');
}
