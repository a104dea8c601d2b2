import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { waitUntil } from '../../runtime/processes';
import { Stack } from '../../runtime/stack';
import type { WorkflowFile } from '../../runtime/workflows';
import type { Person } from '../../sandbox/telegram/person';
import { freePorts } from '../e2e/support/testStack';
import { courseByHand, HAND_PATH } from './courseByHand';
import { alternate, type Comparison, median } from './rounds';

const SALES_PER_ROUND = 10;

export interface CourseResult {
	/** Milliseconds from Stripe's event to the message in the buyer's chat, one sale at a time. */
	delivery: Comparison;
	/** Calls of the Telegram Bot API and of the Stripe API for one sale, from event to message. */
	callsPerSale: { subject: number; baseline: number };
}

/** From Stripe's event to the message with the invite, against the same built by hand from n8n's own nodes. */
export async function measureCourse(rounds: number, log: (line: string) => void): Promise<CourseResult> {
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-bench-'));
	const stack = await Stack.start({
		folder,
		ports: await freePorts(),
		log: () => {},
		n8nEnv: { NODE_FUNCTION_ALLOW_BUILTIN: 'crypto' },
		editWorkflows: (workflows) => [...workflows, byHand(workflows)],
	});
	try {
		const { stripe } = stack.sandbox;
		// The endpoint that the trigger has registered; its secret signs for both.
		const secret = await signingSecret(stack);
		await stack.ledger.query(`CREATE SCHEMA by_hand; CREATE TABLE by_hand.sales (
			event_id text PRIMARY KEY, order_ref text NOT NULL, telegram_id text NOT NULL, invite_link text, done_at timestamptz)`);
		await stack.ledger.query(`CREATE TABLE by_hand.secrets (name text PRIMARY KEY, value text NOT NULL)`);
		await stack.ledger.query(`INSERT INTO by_hand.secrets VALUES ('stripe', $1), ('bot', $2), ('base', $3)`, [
			secret,
			SANDBOX_SECRETS.telegramBot,
			stack.sandbox.urls.telegram,
		]);

		const calls = { subject: [] as number[], baseline: [] as number[] };
		const countCalls = () => stack.sandbox.telegram.requests().length + stripe.requests().length;
		const round = (url: string, counts: number[]) => async () => {
			const times: number[] = [];
			for (let sale = 0; sale < SALES_PER_ROUND; sale++) {
				const buyer = await startedBuyer(stack);
				const body = await paidEvent(stack, buyer.id);
				const before = countCalls();
				const started = performance.now();
				const status = await send(url, body, secret);
				if (status !== 200) throw new Error(`${url} answered ${status}`);
				await buyer.waitForMessage(({ buttons }) => buttons.some(({ url: link }) => link?.includes('/+') === true), 30_000);
				times.push(performance.now() - started);
				counts.push(countCalls() - before);
			}
			log(`  ${url.split('/webhook/')[1]}: ${median(times).toFixed(0)} ms`);
			return median(times);
		};
		const base = `${stack.n8n.url}/webhook`;
		const delivery = await alternate(
			'Stripe event to Telegram message, ours / built by hand from n8n nodes',
			'ms',
			rounds,
			round(`${base}/course/stripe`, calls.subject),
			round(`${base}/${HAND_PATH}`, calls.baseline),
		);
		return { delivery, callsPerSale: { subject: median(calls.subject), baseline: median(calls.baseline) } };
	} finally {
		await stack.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

function byHand(workflows: WorkflowFile[]): WorkflowFile {
	return courseByHand(workflows.find(({ id }) => id === 'PfCoursePayment1')!);
}

async function signingSecret(stack: Stack): Promise<string> {
	let secret: string | undefined;
	await waitUntil(
		async () => {
			const { data } = await axios.get<{ data: { id: string }[] }>(`${stack.sandbox.urls.stripe}/v1/webhook_endpoints`, {
				headers: { authorization: `Bearer ${SANDBOX_SECRETS.stripe}` },
			});
			[secret] = stack.sandbox.stripe.signingSecrets(String(data.data[0]?.id));
			return secret !== undefined;
		},
		{ timeoutMs: 20_000, otherwise: () => 'The trigger has registered no endpoint' },
	);
	return String(secret);
}

async function startedBuyer(stack: Stack): Promise<Person> {
	const buyer = stack.sandbox.telegram.user();
	buyer.start();
	await buyer.waitForMessage('buy the course');
	return buyer;
}

/** A new order of the buyer, and what Stripe says when it is paid. */
async function paidEvent(stack: Stack, telegramId: string): Promise<string> {
	const [order] = await stack.ledger.query<{ order_ref: string }>(
		`SELECT order_ref FROM fulfillment.open_order(jsonb_build_object('pipeline', 'stripe-telegram-course', 'provider', 'stripe',
			'amount_minor', 4900, 'currency', 'EUR', 'description', 'Sourdough in Ten Evenings', 'buyer_key', 'tg:' || $1::text,
			'customer', jsonb_build_object('telegram_id', $1::text)))`,
		[telegramId],
	);
	const now = Math.floor(Date.now() / 1000);
	const metadata = { order_ref: order?.order_ref, tg_id: telegramId };
	return JSON.stringify({
		id: `evt_bench_${telegramId}`,
		object: 'event',
		api_version: '2026-07-29.dahlia',
		created: now,
		livemode: true,
		type: 'checkout.session.completed',
		data: {
			object: {
				id: `cs_bench_${telegramId}`,
				object: 'checkout.session',
				mode: 'payment',
				status: 'complete',
				payment_status: 'paid',
				amount_total: 4900,
				currency: 'eur',
				payment_intent: `pi_bench_${telegramId}`,
				subscription: null,
				customer: null,
				customer_details: { email: 'buyer@example.com', name: null, phone: null },
				client_reference_id: order?.order_ref,
				created: now,
				metadata,
				livemode: true,
			},
		},
	});
}

async function send(url: string, body: string, secret: string): Promise<number> {
	const at = Math.floor(Date.now() / 1000);
	const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
	const { status } = await axios.post(url, body, {
		headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` },
		validateStatus: () => true,
	});
	return status;
}
