import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { moscowText } from './clock';
import type { PaymentView } from './control';
import type { Delivery } from './journal';
import { amount, chip, layout } from './layout';
import type { PageMode } from './settings';
import type { Subscription } from './subscription';
import { isRunning } from './subscription';

/** The merchant's cabinet: payments, subscriptions and the newest deliveries. */
export function cabinetPage(
	payments: readonly PaymentView[],
	subscriptions: readonly Subscription[],
	deliveries: readonly Delivery[],
	mode: PageMode,
): Html {
	const paymentTitles = ['№', 'Заказ магазина', 'Сумма', 'Статус', 'Уведомления', ''];
	const subscriptionTitles = ['Профиль', 'Тариф', 'Оплачено до', 'Состояние', ''];
	const deliveryTitles = ['Время', 'Платёж', 'Попытка', 'Ответ', 'мс', 'Адрес'];
	return layout('Кабинет', mode, html`
		${section('Платежи', paymentTitles, payments.map(paymentRow), 'Платежей ещё не было.')}
		${section('Подписки', subscriptionTitles, subscriptions.map(subscriptionRow), 'Подписок нет.')}
		${section('Последние доставки', deliveryTitles, deliveries.slice(-SHOWN_DELIVERIES).map(deliveryRow), 'Их нет.')}`);
}

const SHOWN_DELIVERIES = 30;

/** Rows come oldest first and are shown newest first. */
function section(heading: string, titles: readonly string[], rows: readonly Html[], whenEmpty: string): Html {
	if (rows.length === 0) {
		return html`<section class="card wide"><h1>${heading}</h1><p class="muted">${whenEmpty}</p></section>`;
	}
	return html`<section class="card wide">
		<h1>${heading}</h1>
		<div class="scroll"><table>
			<thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
			<tbody>${[...rows].reverse()}</tbody>
		</table></div>
	</section>`;
}

const STATUS_WORDS: Readonly<Record<PaymentView['status'], readonly [string, string]>> = {
	success: ['оплачен', 'good'],
	order_canceled: ['отменён', 'neutral'],
	order_denied: ['отказ банка', 'bad'],
};

const STATE_WORDS: Readonly<Record<PaymentView['notifications'][number]['state'], readonly [string, string]>> = {
	waiting: ['ждёт ответа 200', 'neutral'],
	held: ['задержано', 'neutral'],
	delivered: ['доставлено', 'good'],
	exhausted: ['попытки кончились', 'bad'],
};

function paymentRow(payment: PaymentView): Html {
	return html`<tr>
		<td>${payment.id}</td>
		<td class="code">${payment.orderNum || '—'}</td>
		<td>${amount(payment.sumMinor, payment.currency)}</td>
		<td>${chip(STATUS_WORDS[payment.status])}</td>
		<td>${payment.notifications.map((one) => html`<div>${chip(STATE_WORDS[one.state])} ${one.attempt}×</div>`)}</td>
		<td>${button(`resend/${payment.id}`, 'Отправить ещё раз')}</td>
	</tr>`;
}

function subscriptionRow(subscription: Subscription): Html {
	const { profileId, plan } = subscription;
	const state = subscription.completedAt
		? (['завершена', 'bad'] as const)
		: isRunning(subscription) ? (['активна', 'good'] as const) : (['не продлится', 'neutral'] as const);
	const event = (name: string, title: string) => button(`subscription/${profileId}/${name}`, title);
	const renewal = isRunning(subscription)
		? html`${event('renew', 'Продлить')}${event('fail', 'Ошибка списания')}${event('deactivate', 'Отключить')}`
		: null;
	return html`<tr>
		<td>${profileId}</td>
		<td>${plan.name}, ${amount(plan.costMinor, 'rub')}</td>
		<td>${moscowText(subscription.nextPaymentAt).slice(0, 16)}</td>
		<td>${chip(state)}</td>
		<td class="buttons">${subscription.completedAt ? null : html`${renewal}${event('finish', 'Завершить')}`}</td>
	</tr>`;
}

function deliveryRow(delivery: Delivery): Html {
	const result = delivery.status === 200 ? 'good' : 'bad';
	return html`<tr>
		<td>${moscowText(new Date(delivery.at)).slice(11)}</td>
		<td>${delivery.paymentId}</td>
		<td>${delivery.attempt}</td>
		<td>${chip([String(delivery.status ?? delivery.error), result])}</td>
		<td>${delivery.durationMs}</td>
		<td class="code">${delivery.url}</td>
	</tr>`;
}

function button(action: string, title: string): Html {
	return html`<form method="post" action="/_cabinet/${action}"><button class="small">${title}</button></form>`;
}
