import { Agent } from 'node:http';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import type { Stack } from '../../runtime/stack';
import { transactionFields } from '../../sandbox/cloudpayments/noticeFields';
import { Site } from '../../sandbox/cloudpayments/site';
import { encodeForm, plainForm, signatureHeaders } from '../../sandbox/cloudpayments/wire';
import { PLAN } from './billingMembers';
import { BARE_PATH, CONCURRENCY, drained, type Notification, sendAll } from './burst';
import { alternate, type Comparison, median, percentile } from './rounds';

const REQUESTS = 200;

export interface BillingIntake {
	/** Acknowledged notifications per second. */
	acknowledged: Comparison;
	/** Until the last plan is active and its user told; for the bare workflow the same as acknowledged. */
	fulfilled: Comparison;
	/** 95th percentile under load, milliseconds, median over the rounds. */
	p95Ms: { subject: number; baseline: number };
}

/**
 * Pay notifications of distinct orders and users through the published notification workflow, against a bare workflow
 * that gets the same bytes in the same n8n. The plan is there already.
 */
export async function measureNotifications(stack: Stack, rounds: number): Promise<BillingIntake> {
	const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
	try {
		const webhooks = `${stack.n8n.url}/webhook`;
		const p95 = { subject: [] as number[], baseline: [] as number[] };
		const fulfilledPerSecond: number[] = [];
		const site = new Site(SANDBOX_SECRETS.cloudPaymentsPublicId, false);
		const burst = async (path: string, p95s: number[], fulfilledRates: number[]) => {
			const notifications = await payNotifications(stack, site, REQUESTS);
			const started = performance.now();
			const perSecond = () => REQUESTS / ((performance.now() - started) / 1_000);
			p95s.push(percentile(await sendAll(`${webhooks}/${path}`, notifications, agent), 0.95));
			const rate = perSecond();
			await drained(stack);
			fulfilledRates.push(perSecond());
			return rate;
		};
		const acknowledged = await alternate(
			'CloudPayments Pay notification / bare webhook, acknowledged under load',
			'acks/s',
			rounds,
			async () => await burst('billing/cloudpayments/pay', p95.subject, fulfilledPerSecond),
			async () => await burst(BARE_PATH, p95.baseline, []),
		);
		// The first round of each does not count.
		const subject = fulfilledPerSecond.slice(1);
		await checkPlans(stack, REQUESTS * (rounds + 1));
		return {
			acknowledged,
			fulfilled: {
				...acknowledged,
				name: 'the same, until the last plan is active',
				unit: 'plans/s',
				subject,
				ratio: median(subject.map((value, index) => value / acknowledged.baseline[index]!)),
			},
			p95Ms: { subject: median(p95.subject.slice(1)), baseline: median(p95.baseline.slice(1)) },
		};
	} finally {
		agent.destroy();
	}
}

/** Opens an order for as many new users and returns a signed Pay notification for each. */
async function payNotifications(stack: Stack, site: Site, count: number): Promise<Notification[]> {
	// Without `n` in its arguments the function would be called once for all rows.
	const orders = await stack.ledger.query<{ order_ref: string; user_id: string }>(
		`SELECT o.order_ref, o.user_id FROM generate_series(1, $1::int) n, fulfillment.open_plan_order(jsonb_build_object(
			'user_id', 'buyer-' || gen_random_uuid() || n, 'plan', $2::text, 'auto_renew', true)) o`,
		[count, PLAN.code],
	);
	return orders.map(({ order_ref: invoiceId, user_id: accountId }) => {
		const payment = site.addTransaction(
			{
				...{ amountMinor: PLAN.amount_minor, currency: PLAN.currency, description: PLAN.name, scheme: 'Single' },
				...{ invoiceId, accountId, email: null, name: 'IVAN PETROV', jsonData: null, ipAddress: '203.0.113.24' },
				...{ saveCard: null, recurrent: null, subscriptionId: null, orderId: null, isTest: false },
			},
			{
				...{ type: 'payment', method: 'card', token: `tk_${accountId}`, originalTransactionId: null },
				card: { firstSix: '400000', lastFour: '3055', type: 'Visa', expDate: '12/30' },
			},
		);
		payment.status = 'Completed';
		const form = transactionFields('pay', payment, site.clock.iso());
		const body = encodeForm(form);
		return { body, headers: signatureHeaders(body, plainForm(form), SANDBOX_SECRETS.cloudPaymentsSecret) };
	});
}

async function checkPlans(stack: Stack, wanted: number): Promise<void> {
	const [row] = await stack.ledger.query<{ count: string }>(
		`SELECT count(*) FROM fulfillment.memberships WHERE user_id LIKE 'buyer-%' AND status = 'active' AND auto_renew`,
	);
	if (Number(row?.count) !== wanted) throw new Error(`${row?.count} plans are active instead of ${wanted}`);
}
