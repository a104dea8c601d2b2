import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { listSection } from '../shared/listSection';
import type { Account } from './account';
import type { Delivery } from './deliveries';
import { layout } from './layout';
import { amountText } from './money';
import type { Charge, CheckoutSession, StripeEvent, Subscription } from './objects';
import { stateChip } from './stateChip';


/** The merchant's side: what there is, with buttons for what happens outside the merchant's program. */
export function dashboardPage(account: Account, deliveries: readonly Delivery[], notice: string | null): Html {
	const { sessions, charges, subscriptions, events } = account;
	return layout('Dashboard', html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		${section('Checkout sessions', ['Session', 'Reference', 'Amount', 'State', ''], sessions.all.map(sessionRow))}
		${section('Payments', ['Payment', 'Buyer', 'Amount', 'State', ''], charges.all.map(paymentRow))}
		${section('Subscriptions', ['Subscription', 'Paid until', 'State', ''], subscriptions.all.map(subscriptionRow))}
		${section('Events', ['Time', 'Type', 'About', 'Deliveries', ''], events.all.map((event) => {
			return eventRow(event, deliveries.filter(({ eventId }) => eventId === event.id));
		}))}`);
}

/** Rows come oldest first. */
function section(heading: string, titles: readonly string[], rows: readonly Html[]): Html {
	return listSection(heading, titles, rows, 'None yet.');
}

function sessionRow(session: CheckoutSession): Html {
	const { id, status, payment_status: paid } = session;
	const isWaiting = status === 'complete' && paid === 'unpaid';
	return html`<tr>
		<td class="code">${id.slice(0, 20)}…</td>
		<td class="code">${session.client_reference_id ?? '—'}</td>
		<td class="amount">${amountText(session.amount_total ?? 0, session.currency ?? 'usd')}</td>
		<td>${stateChip(status)} ${stateChip(paid)}</td>
		<td class="buttons">
			${session.url === null ? null : html`<a class="link" href="${session.url}">Open</a>`}
			${status === 'open' ? button(`sessions/${id}/expire`, 'Expire') : null}
			${isWaiting ? button(`sessions/${id}/settle`, 'Bank pays') : null}
			${isWaiting ? button(`sessions/${id}/bounce`, 'Bank refuses') : null}
		</td>
	</tr>`;
}

function paymentRow(charge: Charge): Html {
	const { payment_intent: intent, status, currency } = charge;
	const returned = charge.amount_refunded > 0 ? html` ${amountText(charge.amount_refunded, currency)} back` : null;
	const isPaid = status === 'succeeded' && !charge.refunded;
	return html`<tr>
		<td class="code">${intent}</td>
		<td>${charge.billing_details.email ?? '—'}</td>
		<td class="amount">${amountText(charge.amount, currency)}</td>
		<td>${stateChip(charge.refunded ? 'refunded' : status)}${returned}
			${charge.disputed ? stateChip('disputed') : null}</td>
		<td class="buttons">
			${isPaid && !charge.disputed ? button(`payments/${intent}/refund`, 'Refund') : null}
			${isPaid && !charge.disputed ? button(`payments/${intent}/dispute`, 'Dispute') : null}
			${charge.disputed ? button(`payments/${intent}/win`, 'Win dispute') : null}
			${charge.disputed ? button(`payments/${intent}/lose`, 'Lose dispute') : null}
		</td>
	</tr>`;
}

function subscriptionRow({ id, status, items, cancel_at_period_end: ends }: Subscription): Html {
	const until = new Date((items.data[0]?.current_period_end ?? 0) * 1000).toISOString().slice(0, 10);
	const event = (name: string, title: string) => button(`subscriptions/${id}/${name}`, title);
	return html`<tr>
		<td class="code">${id}</td>
		<td>${until}</td>
		<td>${stateChip(status)} ${ends ? stateChip('ends with its period') : null}</td>
		<td class="buttons">${status === 'canceled' ? null : html`
			${ends ? null : html`${event('renew', 'Renew')}${event('fail', 'Fail renewal')}`}
			${ends ? event('resume', 'Resume') : event('cancel', 'Cancel at period end')}${event('end', 'End now')}`}</td>
	</tr>`;
}

function eventRow({ id, type, created, data }: StripeEvent, deliveries: readonly Delivery[]): Html {
	return html`<tr>
		<td>${new Date(created * 1000).toISOString().slice(11, 19)}</td>
		<td>${type}</td>
		<td class="code">${data.object.id.slice(0, 28)}</td>
		<td>${deliveries.map(({ status, error }) => {
			return html`<div>${stateChip(isDone(status) ? 'succeeded' : 'failed')} ${status ?? error}</div>`;
		})}</td>
		<td>${button(`events/${id}/resend`, 'Resend')}</td>
	</tr>`;
}

function isDone(status: number | null): boolean {
	return status !== null && status >= 200 && status < 300;
}

function button(action: string, title: string): Html {
	return html`<form method="post" action="/_dashboard/${action}"><button class="small">${title}</button></form>`;
}
