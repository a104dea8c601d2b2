import type { ChipKind } from '../shared/chip';
import { chip } from '../shared/chip';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { listSection } from '../shared/listSection';
import type { AddressSettings, NotificationType } from './addresses';
import { NOTIFICATION_TYPES } from './addresses';
import { amountText, layout } from './layout';
import { formText } from './moments';
import type { Notification } from './notifications';
import type { Order, Subscription, Transaction } from './objects';
import { reasonOf } from './reasons';
import { isRunning } from './subscriptions';

const SUBSCRIPTION_TITLES = ['Подписка', 'Плательщик', 'Сумма', 'Следующее списание', 'Состояние', ''];

/** What the shop sees of its site. */
export interface CabinetView {
	readonly now: string;
	readonly savesCards: boolean;
	readonly transactions: readonly Transaction[];
	readonly orders: readonly Order[];
	readonly subscriptions: readonly Subscription[];
	readonly notifications: readonly Notification[];
	readonly addressOf: (type: NotificationType) => AddressSettings;
}

/** The shop's side: what there is, with buttons for what happens outside the shop's program. */
export function cabinetPage(view: CabinetView, notice: string | null): Html {
	const { transactions, orders, subscriptions, notifications } = view;
	return layout('Кабинет', html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		${section('Операции', ['Время', '№', 'Заказ', 'Сумма', 'Состояние', ''], transactions.map(transactionRow))}
		${section('Счета', ['Счёт', 'Заказ', 'Сумма', 'Состояние', ''], orders.map(orderRow))}
		${section('Подписки', SUBSCRIPTION_TITLES, subscriptions.map(subscriptionRow))}
		${section('Уведомления', ['Время', 'Тип', 'О чём', 'Попытки', ''], notifications.map(notificationRow))}
		<section class="card">
			<h1>Адреса уведомлений</h1>
			<div class="scroll"><table><tbody>
				${NOTIFICATION_TYPES.map((type) => addressRow(type, view.addressOf(type)))}
			</tbody></table></div>
			<p class="muted">Отправляются только на этот компьютер, по http.</p>
		</section>
		<section class="card">
			<h1>Сайт</h1>
			<p>Часы сайта: ${formText(view.now)} UTC.
				Карты ${view.savesCards ? 'запоминаются' : 'не запоминаются'}.</p>
			<div class="buttons">
				${button('site/all/hour', 'Прошёл час')}
				${button('site/all/day', 'Прошёл день')}
				${button('site/all/month', 'Прошло 30 дней')}
				${button('site/all/cards', view.savesCards ? 'Не запоминать карты' : 'Запоминать карты')}
			</div>
		</section>`);
}

/** Rows come oldest first. */
function section(heading: string, titles: readonly string[], rows: readonly Html[]): Html {
	return listSection(heading, titles, rows, 'Пока ничего нет.');
}

type StateWords = readonly [text: string, kind: ChipKind];

const STATUS_WORDS: Readonly<Record<Transaction['status'], StateWords>> = {
	Created: ['ждёт плательщика', 'neutral'],
	Pending: ['ждёт ответа', 'neutral'],
	AwaitingAuthentication: ['на странице банка', 'neutral'],
	Authorized: ['заблокировано', 'neutral'],
	Completed: ['проведено', 'good'],
	Cancelled: ['отменено', 'bad'],
	Declined: ['отклонено', 'bad'],
};

function transactionRow(transaction: Transaction): Html {
	const { transactionId: id, type, method, status, amountMinor, refundedMinor, currency, reasonCode } = transaction;
	const press = (name: string, title: string) => button(`payments/${id}/${name}`, title);
	const reason = status === 'Declined' ? ` ${reasonOf(reasonCode ?? 0).name} ${reasonCode}` : null;
	const returned = refundedMinor > 0 ? html` возвращено ${amountText(refundedMinor, currency)}` : null;
	const isRefundable = type === 'payment' && status === 'Completed' && refundedMinor < amountMinor;
	const waitsForBank = method === 'sbp' && (status === 'Pending' || status === 'Created');
	return html`<tr>
		<td>${formText(transaction.createdAt)}</td>
		<td class="code">${id}</td>
		<td class="code">${transaction.invoiceId ?? transaction.subscriptionId ?? '—'}</td>
		<td class="amount">${type === 'refund' ? '− ' : ''}${amountText(amountMinor, currency)}</td>
		<td>${chip(...STATUS_WORDS[status])}${reason}${returned}</td>
		<td class="buttons">
			${status === 'Authorized' ? html`${press('confirm', 'Подтвердить')}${press('void', 'Отменить')}` : null}
			${isRefundable ? press('refund', 'Вернуть') : null}
			${waitsForBank ? html`${press('settle', 'Банк провёл')}${press('bounce', 'Банк отказал')}` : null}
		</td>
	</tr>`;
}

const ORDER_WORDS: Readonly<Record<Order['status'], StateWords>> = {
	Created: ['ждёт оплаты', 'neutral'],
	Paid: ['оплачен', 'good'],
	Cancelled: ['отменён', 'bad'],
};

function orderRow({ id, invoiceId, amountMinor, currency, status }: Order): Html {
	return html`<tr>
		<td class="code"><a class="link" href="/d/${id}">${id}</a></td>
		<td class="code">${invoiceId ?? '—'}</td>
		<td class="amount">${amountText(amountMinor, currency)}</td>
		<td>${chip(...ORDER_WORDS[status])}</td>
		<td class="buttons">${status === 'Created' ? button(`orders/${id}/cancel`, 'Отменить') : null}</td>
	</tr>`;
}

function subscriptionRow(subscription: Subscription): Html {
	const { id, accountId, amountMinor, currency, nextAt, status, interval, period, successes, failures } = subscription;
	const words = { Day: 'дн.', Week: 'нед.', Month: 'мес.' };
	const kind = status === 'Active' ? 'good' : status === 'PastDue' ? 'neutral' : 'bad';
	const press = (name: string, title: string) => button(`subscriptions/${id}/${name}`, title);
	return html`<tr>
		<td class="code">${id}</td>
		<td>${accountId}</td>
		<td class="amount">${amountText(amountMinor, currency)} / ${period} ${words[interval]}</td>
		<td>${nextAt === null ? '—' : formText(nextAt)}</td>
		<td>${chip(status, kind)} ${successes} / ${failures}</td>
		<td class="buttons">${isRunning(subscription)
			? html`${press('poor', 'Деньги кончились')}${press('rich', 'Деньги появились')}${press('cancel', 'Отменить')}`
			: null}</td>
	</tr>`;
}

function notificationRow({ type, about, at, state, attempts }: Notification): Html {
	return html`<tr>
		<td>${formText(at)}</td>
		<td>${type}</td>
		<td class="code">${about}</td>
		<td>${chip(...STATE_WORDS[state])}${attempts.slice(-3).map(({ number, status, body, error }) => {
			return html`<div class="code">${number || 'вручную'}: ${status ?? error} ${body.slice(0, 60)}</div>`;
		})}</td>
		<td class="buttons">${about === '' ? null : button(`notifications/${about}/${type}`, 'Ещё раз')}</td>
	</tr>`;
}

const STATE_WORDS: Readonly<Record<Notification['state'], StateWords>> = {
	off: ['адрес не задан', 'neutral'],
	dropped: ['потеряно', 'bad'],
	sending: ['отправляется', 'neutral'],
	waiting: ['будет ещё попытка', 'neutral'],
	held: ['задержано', 'neutral'],
	delivered: ['принято', 'good'],
	exhausted: ['попытки кончились', 'bad'],
	single: ['один раз', 'neutral'],
};

function addressRow(type: NotificationType, { isEnabled, address, httpMethod }: AddressSettings): Html {
	return html`<tr>
		<td>${type}</td>
		<td>${isEnabled ? chip(httpMethod, 'good') : chip('выкл.', 'neutral')}</td>
		<td><form method="post" action="/_cabinet/address/${type}" class="address">
			<input name="url" type="url" aria-label="Адрес ${type}" value="${isEnabled ? address : ''}"
				placeholder="http://127.0.0.1:5678/webhook/cloudpayments/${type}">
			<button class="small">Сохранить</button>
		</form></td>
	</tr>`;
}

function button(action: string, title: string): Html {
	return html`<form method="post" action="/_cabinet/${action}"><button class="small">${title}</button></form>`;
}
