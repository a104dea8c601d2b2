import axios from 'axios';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import type { Stack } from '../../runtime/stack';
import { NOTIFICATION_TYPES } from '../../sandbox/cloudpayments/addresses';
import { addDueMembers, countCharged, saveCards } from './billingMembers';
import { drained } from './burst';

const DUE = 100;

export interface WorkflowRenewals {
	due: number;
	/** From the request to the answer: all are charged, their plans prolonged and the notices gone through. */
	seconds: number;
	perSecond: number;
	/** From the first charge to the last, with the ledger's part between the rounds. */
	chargeSeconds: number;
	peak: number;
	chargedTwice: number;
}

/**
 * The renewals workflow of the real n8n, asked for by its webhook. The stand-in asks Check before each charge and sends
 * Pay after it, so every payment becomes known twice.
 *
 * @throws Error when not every order was charged, or a plan prolonged, exactly once
 */
export async function measureWorkflowRenewals(stack: Stack): Promise<WorkflowRenewals> {
	const shop = stack.sandbox.cloudpayments;
	// The first payments are not to become known: nobody has ordered them.
	for (const type of NOTIFICATION_TYPES) shop.setNotification(type, null);
	const members = await saveCards(shop, SANDBOX_SECRETS.cloudPaymentsPublicId, DUE);
	for (const type of NOTIFICATION_TYPES) {
		shop.setNotification(type, `${stack.n8n.url}/webhook/billing/cloudpayments/${type}`);
	}
	await addDueMembers(async (sql, values) => await stack.ledger.query(sql, values), members);
	shop.resetCounters();

	const started = performance.now();
	await renew(stack);
	const seconds = (performance.now() - started) / 1_000;
	const peak = shop.peakConcurrent();
	const moments = shop.requests('payments/tokens/charge').map(({ at }) => Date.parse(at));
	await drained(stack);
	// Once more, as the next hour would.
	await renew(stack);

	const { orders, twice: chargedTwice } = countCharged(shop);
	if (orders !== DUE || chargedTwice > 0) throw new Error(`${orders} orders were charged, ${chargedTwice} twice`);
	const [row] = await stack.ledger.query<{ prolonged: string }>(
		`SELECT count(*) AS prolonged FROM fulfillment.memberships m
		WHERE user_id LIKE 'member-%' AND ends_at BETWEEN now() + interval '31 days' AND now() + interval '32 days'
			AND (SELECT count(*) FROM fulfillment.membership_periods b WHERE b.membership_id = m.id) = 2`,
	);
	if (Number(row?.prolonged) !== DUE) throw new Error(`${row?.prolonged} plans were prolonged once`);
	const chargeSeconds = (Math.max(...moments) - Math.min(...moments)) / 1_000;
	return { due: DUE, seconds, perSecond: DUE / seconds, chargeSeconds, peak, chargedTwice };
}

async function renew(stack: Stack): Promise<void> {
	await axios.post(`${stack.n8n.url}/webhook/billing/renewals`, {}, {
		headers: { 'X-Back-Office-Key': SANDBOX_SECRETS.backOffice },
		timeout: 300_000,
	});
}
