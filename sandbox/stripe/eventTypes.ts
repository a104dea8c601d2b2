const TYPES_BY_SUBJECT: Readonly<Record<string, string>> = {
	account: 'updated application.authorized application.deauthorized',
	balance: 'available',
	charge:
		'captured dispute.closed dispute.created dispute.funds_reinstated dispute.funds_withdrawn dispute.updated ' +
		'expired failed pending refund.updated refunded succeeded updated',
	'checkout.session': 'async_payment_failed async_payment_succeeded completed expired',
	coupon: 'created deleted updated',
	customer:
		'created deleted updated discount.created discount.deleted discount.updated source.created source.deleted ' +
		'source.expiring source.updated subscription.created subscription.deleted subscription.paused ' +
		'subscription.pending_update_applied subscription.pending_update_expired subscription.resumed ' +
		'subscription.trial_will_end subscription.updated tax_id.created tax_id.deleted tax_id.updated',
	invoice:
		'created deleted finalization_failed finalized marked_uncollectible overdue paid payment_action_required ' +
		'payment_failed payment_succeeded sent upcoming updated voided will_be_due',
	invoice_payment: 'paid',
	payment_intent:
		'amount_capturable_updated canceled created partially_funded payment_failed processing requires_action succeeded',
	payment_link: 'created updated',
	payment_method: 'attached automatically_updated detached updated',
	payout: 'canceled created failed paid reconciliation_completed updated',
	price: 'created deleted updated',
	product: 'created deleted updated',
	promotion_code: 'created updated',
	'radar.early_fraud_warning': 'created updated',
	refund: 'created failed updated',
	review: 'closed opened',
	setup_intent: 'canceled created requires_action setup_failed succeeded',
	subscription_schedule: 'aborted canceled completed created expiring released updated',
};

/** Types an endpoint may ask for; `*` is all of them. */
export const EVENT_TYPES: ReadonlySet<string> = new Set([
	'*',
	...Object.entries(TYPES_BY_SUBJECT).flatMap(([subject, types]) => {
		return types.split(' ').map((type) => `${subject}.${type}`);
	}),
]);
