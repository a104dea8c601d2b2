import type { SessionOrder } from './account';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { layout, messagePage } from './layout';
import { amountText } from './money';
import type { CheckoutSession, LineItem } from './objects';

/** What the buyer has typed so far. */
export interface Typed {
	readonly email: string;
	readonly name: string;
	readonly phone: string;
}

/** The page where a buyer pays. @param notice why the last attempt did not work */
export function checkoutPage(
	session: CheckoutSession,
	order: SessionOrder,
	typed: Typed,
	notice: string | null,
): Html {
	const total = amountText(session.amount_total ?? 0, session.currency ?? 'usd');
	const path = `/c/pay/${session.id}`;
	return layout(`Pay ${total}`, html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<div class="columns">
			<section class="card">
				${backLink(session)}
				<p class="muted">${headline(session)}</p>
				<p class="total">${total}</p>
				<ul class="items">${order.lineItems.map(itemRow)}</ul>
				${order.subscriptionData.trialDays > 0
					? html`<p class="muted">${order.subscriptionData.trialDays} days free, then as above</p>`
					: null}
			</section>
			<section class="card">
				<h1>Contact and payment</h1>
				<form method="post" action="${path}" class="fields">
					<label>Email
						<input name="email" type="email" autocomplete="email" required maxlength="200" value="${typed.email}"
							placeholder="name@example.com"></label>
					<label>Name
						<input name="name" autocomplete="name" maxlength="200" value="${typed.name}"></label>
					${order.asksForPhone
						? html`<label>Phone
							<input name="phone" type="tel" autocomplete="tel" required maxlength="20"
								value="${typed.phone}"></label>`
						: null}
					<button class="primary" name="method" value="card">${payTitle(session)}</button>
					<button class="secondary" name="method" value="delayed">Pay by bank debit (takes days)</button>
					<button class="link" name="method" value="declined">Try a card that is declined</button>
				</form>
			</section>
		</div>`);
}

/** A session that is over. */
export function closedPage(session: CheckoutSession): Html {
	const [title, text] = session.status === 'complete'
		? ['You are all done here', 'This checkout session has been completed; it cannot be paid again.']
		: ['This link has expired', 'The checkout session is over. Ask the shop for a new link.'];
	return messagePage(title, text, backLink(session));
}

function backLink({ cancel_url: url }: CheckoutSession): Html | null {
	return url === null ? null : html`<p><a class="link" href="${url}">← Back</a></p>`;
}

function headline({ mode }: CheckoutSession): string {
	if (mode === 'subscription') return 'Subscribe';
	return mode === 'setup' ? 'Save a payment method' : 'Pay';
}

function payTitle(session: CheckoutSession): string {
	if (session.mode === 'subscription') return 'Subscribe by card';
	return session.mode === 'setup' ? 'Save card' : 'Pay by card';
}

function itemRow({ description, quantity, amount_total: amount, currency, price }: LineItem): Html {
	const { recurring } = price;
	const every = recurring
		? html` <span class="muted">every ${recurring.interval_count > 1 ? recurring.interval_count : null}
			${recurring.interval}</span>`
		: null;
	return html`<li><span>${description}${quantity > 1 ? ` × ${quantity}` : ''}${every}</span>
		<span class="amount">${amountText(amount, currency)}</span></li>`;
}
