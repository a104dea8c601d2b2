import axios, { type AxiosInstance } from 'axios';
import { Client } from 'pg';
import { z } from 'zod';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { signCustomerToken } from '../shared/customerToken';
import { passTime } from '../shared/passTime';
import type { Stage } from './buyer';
import { BuyerError, reach } from './buyer';

/** How the customer ended. */
export interface BillingResult {
	readonly orderId: string;
	readonly endsAt: readonly [bought: string, renewed: string];
	/** What went back of the renewal, in roubles. */
	readonly refunded: string;
}

const PLAN = { code: 'demo', name: 'Демо', amount_minor: 99000, currency: 'RUB', counters: { mails: 50 } };
/** Pays without 3-D Secure, and so do later charges by its token. */
const CARD = '4000 0000 0000 3055';
const PATIENCE_MS = 60_000;

const orderSchema = z.object({ order_id: z.string(), payment_url: z.string().url() });
const paidSchema = z.object({ result: z.string(), checkCode: z.number().nullable() });
const planSchema = z.object({ outcome: z.string(), status: z.string().nullable(), ends_at: z.string().nullable(), days_left: z.number().nullable() });
const canceledSchema = z.object({ outcome: z.string(), refunded: z.string().nullable() });

/**
 * A customer of pipeline cloudpayments-billing (domain/requirements.md CP2, CP7, CP9, CP10): buys a plan, is renewed 27 days
 * later, and cancels within 14 days of that.
 *
 * @throws BuyerError naming the step that failed
 */
export async function play({ n8nUrl, sandbox, ledgerUrl, print }: Stage): Promise<BillingResult> {
	const shop = new Shop(n8nUrl, `customer-${Date.now()}`);
	print('1. The shop lists its plan');
	await shop.desk('plans', { plans: [PLAN] });

	print('2. The customer asks for a payment link and pays');
	const order = orderSchema.parse(await shop.customer('post', 'payments', { plan: PLAN.code }));
	print(`   ${order.payment_url}`);
	const paid = paidSchema.parse(await payLink(sandbox.cloudpayments, order.payment_url));
	if (paid.result !== 'paid') throw new BuyerError(`The payment was ${paid.result}, Check was answered ${paid.checkCode}`);
	print(`   Check was answered ${paid.checkCode}, the payment is made`);
	const bought = await shop.endOfPlan(() => true);
	print(`   the plan is active until ${bought}`);

	print('3. 27 days pass, and the schedule of renewals runs');
	await letTimePass(ledgerUrl, 27 * 24 + 1);
	const before = await shop.endOfPlan(() => true);
	await shop.desk('renewals', {});
	const renewed = await shop.endOfPlan((end) => end > before);
	print(`   renewed until ${renewed}`);

	print('4. The customer cancels within 14 days');
	const { outcome, refunded } = canceledSchema.parse(await shop.customer('post', 'cancel', {}));
	if (outcome !== 'refunded' || refunded === null) throw new BuyerError(`The cancellation ended as ${outcome}`);
	print(`   ${refunded} RUB went back`);
	print('');
	print(`Look at the cabinet: ${sandbox.cloudpayments}/_cabinet`);
	return { orderId: order.order_id, endsAt: [bought, renewed], refunded };
}

/** The shop's site calling n8n: for its customer, and for itself. */
class Shop {
	private readonly http: AxiosInstance;

	constructor(
		private readonly n8nUrl: string,
		private readonly userId: string,
	) {
		this.http = axios.create({ timeout: 60_000, validateStatus: () => true, proxy: false });
	}

	async customer(method: 'get' | 'post', path: string, body?: object): Promise<unknown> {
		const token = signCustomerToken(SANDBOX_SECRETS.customerTokens, { sub: this.userId, email: 'anna@example.com' });
		return await this.call(method, path, body, { Authorization: `Bearer ${token}` });
	}

	async desk(path: string, body: object): Promise<unknown> {
		return await this.call('post', path, body, { 'X-Back-Office-Key': SANDBOX_SECRETS.backOffice });
	}

	/** Asks until the plan is active and its end as wanted. */
	async endOfPlan(isWanted: (end: string) => boolean): Promise<string> {
		const giveUpAt = Date.now() + PATIENCE_MS;
		for (;;) {
			const plan = planSchema.parse(await this.customer('get', 'plan'));
			if (plan.status === 'active' && plan.ends_at !== null && isWanted(plan.ends_at)) return plan.ends_at;
			if (Date.now() > giveUpAt) {
				throw new BuyerError(`The plan is ${JSON.stringify(plan)}. Look at the executions: ${this.n8nUrl}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}

	private async call(method: 'get' | 'post', path: string, data: object | undefined, headers: Record<string, string>): Promise<unknown> {
		const answer = await reach(`n8n at ${this.n8nUrl}`, async () => {
			return await this.http.request<unknown>({ method, url: `${this.n8nUrl}/webhook/billing/${path}`, data, headers });
		});
		if (answer.status >= 300) {
			throw new BuyerError(`${method.toUpperCase()} billing/${path} was answered ${answer.status}: ${JSON.stringify(answer.data)}`);
		}
		return answer.data;
	}
}

async function payLink(cloudPaymentsUrl: string, paymentUrl: string): Promise<unknown> {
	const order = /\/d\/([^/?]+)/.exec(paymentUrl)?.[1];
	const answer = await reach(`the stand-in for CloudPayments at ${cloudPaymentsUrl}`, async () => {
		return await axios.post<unknown>(`${cloudPaymentsUrl}/_control/pay-order`, { order, card: CARD }, { validateStatus: () => true, proxy: false });
	});
	if (answer.status >= 300) throw new BuyerError(`The payment page answered ${answer.status}: ${JSON.stringify(answer.data)}`);
	return answer.data;
}

async function letTimePass(ledgerUrl: string, hours: number): Promise<void> {
	const client = new Client({ connectionString: ledgerUrl });
	await client.connect();
	try {
		await passTime(async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows, hours);
	} finally {
		await client.end();
	}
}
