import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { amount, chip, layout } from './layout';
import type { LinkOrder } from './link';
import { methodIcon } from './methodIcons';
import type { Link } from './payform';
import type { PageMode } from './settings';

/** The page where the buyer chooses how to pay. */
export function payPage(link: Link, mode: PageMode, notice: string | null): Html {
	const { order, code, contact } = link;
	const hasInstalments = order.methods.some((method) => method.isInstalment);
	return layout(`Оплата ${amount(order.totalMinor, order.currency)}`, mode, html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<div class="columns">
			${summary(order)}
			<section class="card">
				<h1>Способ оплаты</h1>
				<p class="muted">Чек и уведомление: ${[contact.phone, contact.email].filter(Boolean).join(', ')}</p>
				<form method="post" action="/${code}/pay" class="methods">
					${order.methods.map(
						(method) => html`<button class="method" name="method" value="${method.code}">
							${methodIcon(method.code)}
							<span>${method.title}</span>
							<span class="amount">${amount(order.totalMinor, order.currency)}</span>
						</button>`,
					)}
				</form>
				<div class="others">
					<span class="muted">Для проверки:</span>
					${hasInstalments
						? html`<form method="post" action="/${code}/deny">
							<button class="link">Банк откажет в рассрочке</button></form>`
						: null}
					<form method="post" action="/${code}/cancel"><button class="link">Отменить заказ</button></form>
					${backLink(order)}
				</div>
			</section>
		</div>`);
}

/** The extra page of a link without a phone. */
export function contactPage(link: Link, mode: PageMode, notice: string | null): Html {
	return layout('Контактные данные', mode, html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<div class="columns">
			${summary(link.order)}
			<section class="card">
				<h1>Контактные данные</h1>
				<p class="muted">Без номера телефона оплатить нельзя: на него придёт чек.</p>
				<form method="post" action="/${link.code}/contact" class="fields">
					<label>Телефон
						<input name="customer_phone" type="tel" autocomplete="tel" placeholder="+7 900 000-00-00" required
							value="${link.contact.phone ?? ''}"></label>
					<label>Электронная почта
						<input name="customer_email" type="email" autocomplete="email" placeholder="name@example.com"
							value="${link.contact.email}"></label>
					<button class="primary">Перейти к оплате</button>
				</form>
			</section>
		</div>`);
}

/** After a payment when the link names no page of the shop to return to. */
export function paidPage(order: LinkOrder, mode: PageMode): Html {
	return resultPage('Оплата прошла', '✓', 'good', mode, html`
		<p>${amount(order.totalMinor, order.currency)} получено. ${order.paidContent}</p>`);
}

/** The bank refused the instalments; the buyer may choose again. */
export function deniedPage(link: Link, mode: PageMode): Html {
	return resultPage('Банк отказал в рассрочке', '×', 'bad', mode, html`
		<p>Можно оплатить другим способом.</p>
		<p><a class="primary" href="/${link.code}/">Выбрать другой способ</a></p>
		${backLink(link.order)}`);
}

/** The buyer gave up and the link names no page to return to. */
export function canceledPage(mode: PageMode): Html {
	return resultPage('Заказ отменён', '×', 'bad', mode, html`<p>Деньги не списаны.</p>`);
}

/** A link that cannot be paid, and why. */
export function errorPage(message: string, mode: PageMode): Html {
	return resultPage('Оплатить не получится', '!', 'bad', mode, html`<p>${message}</p>`);
}

function summary(order: LinkOrder): Html {
	return html`<section class="card summary">
		<h2>Ваш заказ</h2>
		<ul>${order.items.map(
			(item) => html`<li><span>${item.name}${item.quantity > 1 ? ` × ${item.quantity}` : ''}</span>
				<span class="amount">${amount(item.priceMinor * item.quantity, order.currency)}</span></li>`,
		)}${order.discountMinor > 0
			? html`<li class="discount"><span>Скидка</span>
				<span class="amount">−${amount(order.discountMinor, order.currency)}</span></li>`
			: null}</ul>
		<p class="total"><span>Итого</span><span>${amount(order.totalMinor, order.currency)}</span></p>
		${order.plan ? html`<p class="muted">Подписка: списание каждые ${order.plan.periodDays} дн.</p>` : null}
		${order.extra ? html`<p class="muted">${order.extra}</p>` : null}
		${order.orderNum ? html`<p class="muted">Заказ <span class="code">${order.orderNum}</span></p>` : null}
		${order.isDemo ? html`<p>${chip(['Тестовый платёж', 'neutral'])}</p>` : null}
	</section>`;
}

function backLink({ urlReturn }: LinkOrder): Html | null {
	return urlReturn === null ? null : html`<a class="link" href="${urlReturn}">Вернуться в магазин</a>`;
}

function resultPage(title: string, sign: string, kind: string, mode: PageMode, body: Html): Html {
	return layout(title, mode, html`<section class="card result">
		<span class="sign ${kind}" aria-hidden="true">${sign}</span><h1>${title}</h1>${body}</section>`);
}
