import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { layout } from './layout';
import { amountText } from './money';
import type { Customer, PortalSession, Subscription } from './objects';
import { stateChip } from './stateChip';

/** Where a customer looks at their subscriptions and cancels them. */
export function portalPage(portal: PortalSession, customer: Customer, subscriptions: readonly Subscription[]): Html {
	return layout('Your subscriptions', html`<section class="card narrow">
		${portal.return_url === null ? null : html`<p><a class="link" href="${portal.return_url}">← Back</a></p>`}
		<h1>Your subscriptions</h1>
		<p class="muted">${customer.email ?? customer.id}</p>
		${subscriptions.length === 0 ? html`<p>There are none.</p>` : null}
		${subscriptions.map((subscription) => row(new URL(portal.url).pathname, subscription))}
	</section>`);
}

function row(path: string, subscription: Subscription): Html {
	const { id, status, items, cancel_at_period_end: ends } = subscription;
	const [item] = items.data;
	const price = item ? amountText(item.price.unit_amount ?? 0, item.price.currency) : '';
	const until = new Date((item?.current_period_end ?? 0) * 1000).toISOString().slice(0, 10);
	const action = ends ? 'Renew it after all' : 'Cancel at the end of the period';
	return html`<div class="row">
		<p>${stateChip(status)} ${price} every ${item?.price.recurring?.interval ?? ''}</p>
		<p class="muted">${ends ? 'Ends' : 'Next payment'} on ${until}</p>
		${status === 'canceled'
			? null
			: html`<form method="post" action="${path}/subscriptions/${id}">
				<button class="small" name="cancel" value="${String(!ends)}">${action}</button></form>`}
	</div>`;
}
