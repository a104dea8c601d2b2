/** `npm start`: everything on loopback, until Ctrl-C. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { RuntimeProblem } from './errors';
import { OWNER_EMAIL } from './n8n';
import { DATA_DIR } from './paths';
import { requireFreePort } from './processes';
import { Stack, type StackPorts } from './stack';

const HELP = `
npm start -- [options]

  --reset               forget all data of earlier starts
  --data <folder>       where the data lies (default .data)
  --n8n-port <port>     n8n (default 5678; the next port up is used as well)
  --ledger-port <port>  the ledger's database (default 5433)
  --shop-port <port>    the demo shop (default 5700)
  --prodamus-port <port>  the stand-in for Prodamus (default 5701)
  --help                this text
`;

/** Written once everything runs; `npm run pay` reads it. */
const ADDRESSES = 'addresses.json';
/** What a data folder consists of. */
const OWN_ENTRIES = [ADDRESSES, 'imported.json', 'ledger', 'n8n', 'package'];

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			reset: { type: 'boolean', default: false },
			data: { type: 'string', default: DATA_DIR },
			help: { type: 'boolean', default: false },
			'n8n-port': { type: 'string', default: '5678' },
			'ledger-port': { type: 'string', default: '5433' },
			'shop-port': { type: 'string', default: '5700' },
			'prodamus-port': { type: 'string', default: '5701' },
		},
	});
	if (values.help) return console.log(HELP);

	const ports: StackPorts = {
		n8n: readPort('--n8n-port', values['n8n-port']),
		ledger: readPort('--ledger-port', values['ledger-port']),
		shop: readPort('--shop-port', values['shop-port']),
		prodamus: readPort('--prodamus-port', values['prodamus-port']),
	};
	// Before the long part, so that a clash is told at once.
	await requireFreePort(ports.n8n, 'n8n', '--n8n-port');
	await requireFreePort(ports.n8n + 1, "n8n's task broker, one above n8n itself", '--n8n-port');
	await requireFreePort(ports.ledger, "the ledger's database", '--ledger-port');
	await requireFreePort(ports.shop, 'the demo shop', '--shop-port');
	await requireFreePort(ports.prodamus, 'the stand-in for Prodamus', '--prodamus-port');

	const folder = resolve(values.data);
	if (values.reset) forget(folder);
	mkdirSync(folder, { recursive: true });

	const stack = await Stack.start({ folder, ports, log: console.log });
	const { n8n, sandbox } = stack;
	writeFileSync(
		join(folder, ADDRESSES),
		JSON.stringify(
			{
				n8nUrl: n8n.url,
				prodamusUrl: sandbox.urls.prodamus,
				shopUrl: sandbox.urls.shop,
				ledgerUrl: `postgres://postgres@127.0.0.1:${ports.ledger}/postgres`,
			},
			null,
			'\t',
		),
	);

	console.log(`
Ready. Nothing of this leaves your machine.

  Shop           ${sandbox.urls.shop}
                 order a reading, pay on the stand-in's page, read it
  n8n editor     ${n8n.url}
                 ${OWNER_EMAIL}  /  ${n8n.ownerPassword}
  Prodamus       ${sandbox.urls.prodamus}/_cabinet
                 the shop's cabinet at the stand-in: payments, resend, refuse
  Ledger         postgres://postgres@127.0.0.1:${ports.ledger}/postgres  (schema fulfillment)

  Or let a buyer play it through, in another terminal:  npm run pay -- prodamus-chakra

Ctrl-C stops everything; the data stays for the next start.
`);

	let stopping = false;
	const stop = async (code: number) => {
		if (stopping) return;
		stopping = true;
		console.log('\nStopping …');
		await stack.stop();
		process.exit(code);
	};
	n8n.onUnexpectedExit(() => {
		if (stopping) return;
		console.error(`\nn8n ended by itself. Its log: ${n8n.logFile}`);
		void stop(1);
	});
	process.on('SIGINT', () => void stop(0));
	process.on('SIGTERM', () => void stop(0));
}

/** Deletes the data of earlier starts, and nothing else that a mistyped folder may hold. */
function forget(folder: string): void {
	if (!existsSync(folder)) return;
	const strangers = readdirSync(folder).filter((name) => !OWN_ENTRIES.includes(name));
	if (strangers.length > 0) {
		throw new RuntimeProblem(`${folder} holds ${strangers.join(', ')}, which npm start did not put there. Nothing was deleted.`);
	}
	rmSync(folder, { recursive: true, force: true });
}

function readPort(option: string, text: string): number {
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1024 || port > 65_534) {
		throw new RuntimeProblem(`${option} takes a port from 1024 to 65534, not "${text}"`);
	}
	return port;
}

main().catch((error: unknown) => {
	console.error(error instanceof RuntimeProblem ? `\n${error.message}\n` : error);
	process.exit(1);
});
