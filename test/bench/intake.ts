import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { Stack } from '../../runtime/stack';
import type { WorkflowFile } from '../../runtime/workflows';
import { signTree } from '../../sandbox/prodamus/signature';
import { freePorts } from '../e2e/support/testStack';
import { BARE_PATH, bareWorkflow, CONCURRENCY, drained, type Notification, sendAll } from './burst';
import { type Comparison, alternate, median, percentile } from './rounds';

const REQUESTS = 200;
const TRIGGER_PATH = 'bench/trigger';

export interface IntakeResult {
	/** Acknowledged notifications per second. */
	acknowledged: Comparison;
	/** Finished ones per second: for the bare workflow the same as acknowledged. */
	fulfilled: Comparison;
	/** Acknowledged per second against the Prodamus Trigger alone: what ledger, reading and acknowledgement add. */
	overTrigger: Comparison;
	/** Milliseconds from request to acknowledgement, one at a time. */
	latency: Comparison;
	/** 95th percentile under load, milliseconds, median over the rounds. */
	p95Ms: { subject: number; baseline: number };
}

/**
 * The Prodamus webhook with its ledger and its reading, against a workflow of n8n's own Webhook and Respond nodes that
 * gets the same bytes. Both run in the same n8n with the same execution settings.
 */
export async function measureIntake(rounds: number, log: (line: string) => void): Promise<IntakeResult> {
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-bench-'));
	const stack = await Stack.start({
		folder,
		ports: await freePorts(),
		log,
		editWorkflows: (workflows) => [...workflows, bareWorkflow(paymentWorkflow(workflows)), triggerWorkflow(workflows)],
	});
	const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
	try {
		const ours = `${stack.n8n.url}/webhook/chakra/prodamus`;
		const bare = `${stack.n8n.url}/webhook/${BARE_PATH}`;
		const trigger = `${stack.n8n.url}/webhook/${TRIGGER_PATH}`;
		const p95: { subject: number[]; baseline: number[] } = { subject: [], baseline: [] };
		const fulfilledPerSecond: number[] = [];

		/** Sends a burst and returns the acknowledged ones per second. */
		const burst = async (url: string, p95s: number[] = [], fulfilledRates: number[] = []) => {
			const bodies = await ordersToPay(stack, REQUESTS);
			const started = performance.now();
			const perSecond = () => REQUESTS / ((performance.now() - started) / 1000);
			p95s.push(percentile(await sendAll(url, bodies, agent), 0.95));
			const rate = perSecond();
			await drained(stack);
			fulfilledRates.push(perSecond());
			return rate;
		};
		const acknowledged = await alternate(
			'Prodamus webhook / bare webhook, acknowledged under load',
			'acks/s',
			rounds,
			async () => await burst(ours, p95.subject, fulfilledPerSecond),
			async () => await burst(bare, p95.baseline),
		);
		// The first round of each does not count.
		const subject = fulfilledPerSecond.slice(1);
		const fulfilled: Comparison = {
			...acknowledged,
			name: 'the same, until the last reading is kept',
			unit: 'readings/s',
			subject,
			ratio: median(subject.map((value, index) => value / acknowledged.baseline[index]!)),
		};
		const overTrigger = await alternate(
			'Prodamus webhook / Prodamus Trigger alone, acknowledged under load',
			'acks/s',
			rounds,
			async () => await burst(ours),
			async () => await burst(trigger),
		);
		const one = (url: string) => async () => median(await sendAll(url, await ordersToPay(stack, 20), agent, 1));
		const latency = await alternate('time to acknowledgement, one at a time', 'ms', rounds, one(ours), one(bare));
		return {
			acknowledged,
			fulfilled,
			overTrigger,
			latency,
			p95Ms: { subject: median(p95.subject.slice(1)), baseline: median(p95.baseline.slice(1)) },
		};
	} finally {
		agent.destroy();
		await stack.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

function paymentWorkflow(workflows: WorkflowFile[]): WorkflowFile {
	return workflows.find(({ id }) => id === 'PfChakraPayment1')!;
}

/** The Prodamus Trigger with nothing behind it, answering at once: what n8n itself takes for a trigger of a package. */
function triggerWorkflow(workflows: WorkflowFile[]): WorkflowFile {
	const payment = paymentWorkflow(workflows);
	const trigger = payment.nodes.find(({ name }) => name === 'Prodamus Trigger')!;
	const parameters = { ...trigger.parameters, path: TRIGGER_PATH, respond: 'onReceived' };
	return {
		...payment,
		id: 'PfBenchTrigger01',
		name: 'Bench: trigger alone',
		nodes: [{ ...trigger, parameters, ...{ webhookId: '00000000-0000-4000-8000-00000000b004' } }],
		connections: {},
	};
}

/** Writes orders into the ledger and returns a signed notification for each. Every order has a customer of its own. */
async function ordersToPay(stack: Stack, count: number): Promise<Notification[]> {
	// Without `n` in its arguments the function would be called once for all rows.
	const rows = await stack.ledger.query<{ order_ref: string }>(
		`SELECT o.order_ref FROM generate_series(1, $1::int) n, fulfillment.create_order(jsonb_build_object(
			'pipeline', 'prodamus-chakra', 'provider', 'prodamus', 'amount_minor', 100000, 'currency', 'RUB',
			'customer', jsonb_build_object('email', format('%s-%s@example.com', gen_random_uuid(), n)),
			'details', jsonb_build_object('birth_date', '15.05.1990', 'language', 'ru'))) o`,
		[count],
	);
	return rows.map(({ order_ref: orderRef }, index) => {
		const fields = {
			date: '2026-11-20T12:00:00+03:00',
			order_id: String(Date.now() * 1000 + index),
			order_num: orderRef,
			sum: '1000.00',
			currency: 'rub',
			customer_phone: '+79990000001',
			payment_type: 'Оплата картой, выпущенной в РФ',
			attempt: '1',
			payment_status: 'success',
			payment_init: 'manual',
		};
		const headers = { sign: signTree(fields, SANDBOX_SECRETS.prodamus) };
		return { body: new URLSearchParams(fields).toString(), headers };
	});
}
