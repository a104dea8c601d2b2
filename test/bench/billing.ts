import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Stack } from '../../runtime/stack';
import { EVENT_WORKFLOW } from '../e2e/support/billingShop';
import { freePorts } from '../e2e/support/testStack';
import { measureCharges, type RenewalRow } from './billingCharges';
import { type BillingIntake, measureNotifications } from './billingIntake';
import { measureWorkflowRenewals, type WorkflowRenewals } from './billingRenewals';
import { bareWorkflow } from './burst';

export interface BillingResult {
	/** Renewals without n8n, 30 calls at once and one at a time. */
	charges: RenewalRow[];
	/** Renewals through n8n. */
	renewals: WorkflowRenewals;
	/** Notifications against a bare webhook. */
	intake: BillingIntake;
}

/**
 * The pipeline `cloudpayments-billing`: renewals without and with n8n, and the acknowledgement of notifications. Needs
 * the PostgreSQL server of the tests.
 *
 * @param rounds of the notifications
 * @throws Error when anything was charged twice or not at all
 */
export async function measureBilling(rounds: number, log: (line: string) => void): Promise<BillingResult> {
	const charges = await measureCharges(log);
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-bench-'));
	const stack = await Stack.start({
		folder,
		ports: await freePorts(),
		log: () => {},
		editWorkflows: (workflows) => [...workflows, bareWorkflow(workflows.find(({ id }) => id === EVENT_WORKFLOW)!)],
	});
	try {
		const renewals = await measureWorkflowRenewals(stack);
		log(
			`  ${renewals.due} renewals through n8n: ${renewals.seconds.toFixed(1)} s, charged within ` +
				`${renewals.chargeSeconds.toFixed(1)} s, ${renewals.peak} at once, ${renewals.chargedTwice} charged twice`,
		);
		return { charges, renewals, intake: await measureNotifications(stack, rounds) };
	} finally {
		await stack.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
