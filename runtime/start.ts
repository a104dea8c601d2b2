/** `npm start`: everything on loopback, until Ctrl-C. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { RuntimeProblem } from './errors';
import { OWNER_EMAIL } from './n8n';
import { DATA_DIR } from './paths';
import { PORT_NAMES, PORTS, type PortName, type StackPorts } from './ports';
import { requireFreePort } from './processes';
import { Stack } from './stack';

const OPTIONS: [option: string, meaning: string][] = [
	['--reset', 'forget all data of earlier starts'],
	['--data <folder>', 'where the data lies (default .data)'],
	...PORT_NAMES.map((name): [string, string] => [
		`${portOption(name)} <port>`,
		`${PORTS[name].purpose} (default ${PORTS[name].default}${name === 'n8n' ? '; the next port up is used as well' : ''})`,
	]),
	['--help', 'this text'],
];

const HELP = `
npm start -- [options]

${OPTIONS.map(([option, meaning]) => `  ${option.padEnd(26)}${meaning}`).join('\n')}
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
			...Object.fromEntries(PORT_NAMES.map((name) => [`${name}-port`, { type: 'string' } as const])),
		},
	});
	if (values.help) return console.log(HELP);

	const ports = Object.fromEntries(
		PORT_NAMES.map((name) => [name, readPort(name, (values as Record<string, unknown>)[`${name}-port`])]),
	) as StackPorts;
	// Before the long part, so that a clash is told at once.
	for (const name of PORT_NAMES) await requireFreePort(ports[name], PORTS[name].purpose, portOption(name));
	await requireFreePort(ports.n8n + 1, "n8n's task broker, one above n8n itself", portOption('n8n'));

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
				sandbox: sandbox.urls,
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
  Telegram       ${sandbox.urls.telegram}/_chats
                 the chats as people see them: send /pay to the course bot
  Stripe         ${sandbox.urls.stripe}/_dashboard
                 payments, refunds, disputes, events
  Platform       ${sandbox.urls.platform}
                 a course platform: buy a course, and see what amoCRM gets
  amoCRM         ${sandbox.urls.amocrm}/_crm
                 pipelines, contacts, notes
  YCLIENTS       ${sandbox.urls.yclients}/_desk
                 the salon's desk: bookings, who came, who did not
  CloudPayments  ${sandbox.urls.cloudpayments}/_cabinet
                 the shop's cabinet: payments, subscriptions, notifications
  Ledger         postgres://postgres@127.0.0.1:${ports.ledger}/postgres  (schema fulfillment)

  Or let a buyer play it through, in another terminal:
    npm run pay -- prodamus-chakra
    npm run pay -- stripe-telegram-course
    npm run pay -- platform-amocrm
    npm run pay -- yclients-loyalty
    npm run pay -- cloudpayments-billing

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

function portOption(name: PortName): string {
	return `--${name}-port`;
}

function readPort(name: PortName, text: unknown): number {
	const port = Number(text ?? PORTS[name].default);
	if (!Number.isInteger(port) || port < 1024 || port > 65_534) {
		throw new RuntimeProblem(`${portOption(name)} takes a port from 1024 to 65534, not "${String(text)}"`);
	}
	return port;
}

main().catch((error: unknown) => {
	console.error(error instanceof RuntimeProblem ? `\n${error.message}\n` : error);
	process.exit(1);
});
