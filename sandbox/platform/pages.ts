import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { LIGHT_AND_DARK, pageHead } from '../shared/pageHead';
import type { PlatformOrder, PlatformUtm } from './order';
import { COURSES, inventedUser } from './order';
import type { Delivery } from './sender';

/** Where a buyer may come from, with the advertising marks he brings. */
export const ORIGINS: ReadonlyArray<{ readonly title: string; readonly utm: PlatformUtm }> = [
	{ title: 'Сам, с сайта', utm: {} },
	{ title: 'От партнёра', utm: { source: 'admitad', medium: 'cpa', compaign: 'autumn' } },
	{ title: 'Из рекламы Яндекса', utm: { source: 'yandex', medium: 'cpc', compaign: 'ege-2027', ym: '170000000001' } },
];

export const METHODS: ReadonlyArray<{ readonly code: string; readonly title: string }> = [
	{ code: 'bank_card', title: 'Картой' },
	{ code: 'sbp', title: 'Через СБП' },
	{ code: 'installment', title: 'В рассрочку' },
];

/** Customers to choose from: the first ones of {@link inventedUser}. */
export const SHOWN_CUSTOMERS = 8;
const SHOWN_ORDERS = 30;

/** What an answer of the pipeline means (domain/requirements.md PA2). */
const MEANINGS: Readonly<Record<number, readonly [string, string]>> = {
	200: ['Записано в CRM', 'good'],
	202: ['Пропущено по правилу', 'neutral'],
	401: ['Подпись не принята', 'bad'],
	404: ['Контакт или сделка не найдены', 'bad'],
	409: ['Уже обработано', 'neutral'],
	422: ['Тело не принято', 'bad'],
};

/** The shop of the school: choose courses, pay, and see the last orders. */
export function shopPage(
	orders: readonly PlatformOrder[],
	deliveries: readonly Delivery[],
	notice: string | null = null,
): Html {
	return layout('Курсы', html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<form method="post" action="/orders" class="card">
			<h1>Выберите курсы</h1>
			<div class="courses">${COURSES.map((course, index) => html`<label class="course">
				<input type="checkbox" name="course" value="${course.packageId}"${index === 0 ? html` checked` : null}>
				<span><strong>${course.name}</strong>
					<span class="muted">${course.project}, занятий: ${course.lessons}</span></span>
				<span class="sum">${rubles(course.cost)}</span>
			</label>`)}</div>
			<div class="choices">
				<label>Покупатель
					<select name="customer">${Array.from({ length: SHOWN_CUSTOMERS }, (_, index) => {
						const { first_name: first, last_name: last, phone } = inventedUser(index + 1);
						return html`<option value="${index + 1}">${first} ${last}, ${phone}</option>`;
					})}</select></label>
				<label>Откуда пришёл
					<select name="origin">${ORIGINS.map(({ title }, index) => option(String(index), title))}</select></label>
				<label>Чем платит
					<select name="method">${METHODS.map(({ code, title }) => option(code, title))}</select></label>
			</div>
			<button class="primary">Оплатить</button>
		</form>
		${orderList(orders, deliveries)}`);
}

/** One order: what became of its webhooks, and buttons to send more. */
export function orderPage({ course_order: order }: PlatformOrder, deliveries: readonly Delivery[]): Html {
	const id = order.payment_id;
	const own = deliveries.filter(({ orderId }) => orderId === id);
	return layout('Заказ', html`
		<p><a href="/">← К курсам</a></p>
		<section class="card">
			<h1>${order.user.first_name} ${order.user.last_name}</h1>
			<ul class="lines">${order.course_order_items.map(({ course, cost }) => html`<li>
				<span>${course.name}</span><span class="sum">${rubles(Number(cost))}</span></li>`)}</ul>
			<p class="muted">Платёж <span class="code">${id}</span>, счёт ${order.invoice_id}, состояние ${order.status}</p>
			<div class="buttons">
				${button(`/orders/${id}/resend`, 'Прислать ещё раз')}
				${button(`/orders/${id}/refund`, 'Вернуть деньги')}
			</div>
		</section>
		<section class="card">
			<h2>Ответы обработчика</h2>
			${own.length === 0 ? html`<p class="muted">Ответов ещё нет.</p>` : null}
			${[...own].reverse().map((delivery) => html`<article class="answer">
				<p>${meaning(delivery)} <span class="muted">${delivery.durationMs} мс</span></p>
				${delivery.body === '' ? null : html`<pre>${delivery.body}</pre>`}
			</article>`)}
		</section>`);
}

/** Nothing is there under this address. */
export function missingPage(): Html {
	return layout('Не найдено', html`<section class="card"><h1>Такого заказа нет</h1><p><a href="/">← К курсам</a></p>
		</section>`);
}

function orderList(orders: readonly PlatformOrder[], deliveries: readonly Delivery[]): Html {
	const last = new Map(deliveries.map((delivery) => [delivery.orderId, delivery]));
	return html`<section class="card">
		<h2>Последние заказы</h2>
		${orders.length === 0 ? html`<p class="muted">Пока никто ничего не купил.</p>` : null}
		<ul class="lines">${[...orders].reverse().slice(0, SHOWN_ORDERS).map(({ course_order: order }) => {
			const answer = last.get(order.payment_id);
			const sum = order.course_order_items.reduce((total, { cost }) => total + Number(cost), 0);
			return html`<li>
				<a href="/orders/${order.payment_id}">${order.user.first_name} ${order.user.last_name}</a>
				<span>${answer ? meaning(answer) : chip(['ждём ответа', 'neutral'])}</span>
				<span class="sum">${rubles(sum)}</span></li>`;
		})}</ul>
	</section>`;
}

function meaning({ status, error }: Delivery): Html {
	if (status === null) return chip([`Нет ответа: ${error ?? ''}`, 'bad']);
	const [words, kind] = MEANINGS[status] ?? [status >= 500 ? 'Ошибка, платформа повторит' : 'Неожиданный ответ', 'bad'];
	return chip([`${status} · ${words}`, kind]);
}

function chip([text, kind]: readonly [string, string]): Html {
	return html`<span class="chip ${kind}">${text}</span>`;
}

function option(value: string, title: string): Html {
	return html`<option value="${value}">${title}</option>`;
}

function button(action: string, title: string): Html {
	return html`<form method="post" action="${action}"><button>${title}</button></form>`;
}

function rubles(amount: number): string {
	return `${amount.toLocaleString('ru-RU')}\u00a0₽`;
}

function layout(title: string, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, LIGHT_AND_DARK)}
<body>
	<p class="ribbon">Песочница: деньги не списываются, людей и курсов не существует</p>
	<main>
		<header><a class="brand" href="/"><span aria-hidden="true"></span>Онлайн-школа</a></header>
		${body}
	</main>
</body>
</html>`;
}
