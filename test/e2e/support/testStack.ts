import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, freePortForN8n } from '../../../runtime/processes';
import { PORT_NAMES, type StackPorts } from '../../../runtime/ports';
import { Stack, type StackOptions } from '../../../runtime/stack';
import { LedgerProxy } from '../../support/ledgerProxy';

/** The whole product on free ports and a folder of its own, with a relay between n8n and the ledger. */
export interface TestStack {
	stack: Stack;
	/** Between n8n and the ledger: stops queries on demand. */
	proxy: LedgerProxy;
	stop(): Promise<void>;
}

/** How long a test may take to boot everything: n8n imports, starts and publishes. */
export const BOOT_TIMEOUT_MS = 240_000;

/** An hour of Prodamus' retry pauses passes in 3.6 s. */
const TIME_SCALE = 0.001;

export async function startTestStack(
	options: Partial<Pick<StackOptions, 'editWorkflows' | 'timeScale'>> = {},
): Promise<TestStack> {
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-e2e-'));
	const ports = await freePorts();
	const proxy = await LedgerProxy.start(ports.ledger);
	try {
		const stack = await Stack.start({
			folder,
			ports,
			tarball: process.env.PAYMENT_FULFILLMENT_TARBALL,
			ledgerPortForN8n: proxy.port,
			timeScale: TIME_SCALE,
			log: () => {},
			...options,
		});
		return {
			stack,
			proxy,
			stop: async () => {
				await stack.stop();
				await proxy.close();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	} catch (error) {
		await proxy.close();
		throw error;
	}
}

export async function freePorts(): Promise<StackPorts> {
	const ports: [string, number][] = [];
	for (const name of PORT_NAMES) ports.push([name, name === 'n8n' ? await freePortForN8n() : await freePort()]);
	return Object.fromEntries(ports) as StackPorts;
}
