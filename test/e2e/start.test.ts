import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { freePorts } from './support/testStack';

const ROOT = join(__dirname, '../..');
const START_MS = 240_000;

let folder: string;
let options: string[];
const running = new Set<ChildProcess>();

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-start-'));
	const ports = await freePorts();
	options = [
		...['--data', join(folder, 'data')],
		...Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]),
	];
});

afterAll(async () => {
	for (const child of running) child.kill('SIGINT');
	await Promise.all([...running].map(async (child) => await new Promise((resolve) => child.once('exit', resolve))));
	rmSync(folder, { recursive: true, force: true });
}, 60_000);

interface Command {
	child: ChildProcess;
	output(): string;
	/** Exit code. */
	ended: Promise<number | null>;
	/** Resolves when the output holds the text; rejects when the command ends without it. */
	says(text: string): Promise<void>;
}

/** Runs a script of package.json as a person at a terminal would. */
function npm(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Command {
	const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
	const [program = '', ...words] = (scripts[script] ?? '').split(' ');
	const child = spawn(program, [...words, ...args], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	running.add(child);
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
	const ended = new Promise<number | null>((resolve) => {
		child.once('close', (code) => {
			running.delete(child);
			resolve(code);
		});
	});
	return {
		child,
		output: () => output,
		ended,
		says: async (text) =>
			await new Promise((resolve, reject) => {
				const timer = setInterval(() => {
					if (output.includes(text)) resolve();
					else if (!running.has(child)) reject(new Error(`It ended without saying "${text}":\n${output}`));
					else return;
					clearInterval(timer);
				}, 100);
			}),
	};
}

const addresses = () =>
	JSON.parse(readFileSync(join(folder, 'data/addresses.json'), 'utf8')) as { n8nUrl: string; sandbox: { shop: string } };
const pay = (pipeline: string) => npm('pay', [pipeline, '--state', join(folder, 'data/addresses.json')]);

test('npm start, npm run pay, Ctrl-C, and a second start that still knows the order', async () => {
	const first = npm('start', options);
	await first.says('Ready.');
	for (const part of ['Shop', 'n8n editor', 'Prodamus', 'Telegram', 'Stripe', 'amoCRM', 'Platform', 'YCLIENTS', 'CloudPayments', 'Ledger', 'npm run pay -- cloudpayments-billing']) {
		expect(first.output()).toContain(part);
	}

	const buyer = pay('prodamus-chakra');
	expect({ code: await buyer.ended, output: buyer.output() }).toEqual({
		code: 0,
		output: expect.stringMatching(/Ordering a reading[\s\S]*Paying on the payment page[\s\S]*Waiting for the reading[\s\S]*◆/),
	});
	const orderId = /order ([0-9a-f]{40})/.exec(buyer.output())?.[1];
	const reading = async () =>
		await axios.get(`${addresses().n8nUrl}/webhook/chakra/paid-interpretation?order_id=${orderId}`, { validateStatus: () => true });
	const before = await reading();
	expect(before.status).toBe(200);
	const courseBuyer = pay('stripe-telegram-course');
	expect({ code: await courseBuyer.ended, output: courseBuyer.output() }).toEqual({
		code: 0,
		output: expect.stringMatching(/sending \/pay[\s\S]*Stripe Checkout[\s\S]*Payment received[\s\S]*joined/),
	});
	const crmBuyer = pay('platform-amocrm');
	expect({ code: await crmBuyer.ended, output: crmBuyer.output() }).toEqual({
		code: 0,
		output: expect.stringMatching(/Somebody amoCRM knows[\s\S]*answered 200[\s\S]*does not know[\s\S]*answered 200/),
	});
	const loyaltyBuyer = pay('yclients-loyalty');
	expect({ code: await loyaltyBuyer.ended, output: loyaltyBuyer.output() }).toEqual({
		code: 0,
		output: expect.stringMatching(/Код клиента: [A-Z]{3}\d{5}[\s\S]*balance 135 points[\s\S]*undone[\s\S]*balance 90 points/),
	});
	const billingBuyer = pay('cloudpayments-billing');
	expect({ code: await billingBuyer.ended, output: billingBuyer.output() }).toEqual({
		code: 0,
		output: expect.stringMatching(/Check was answered 0[\s\S]*active until[\s\S]*renewed until[\s\S]*990\.00 RUB went back/),
	});
	const shop = await axios.get<string>(addresses().sandbox.shop);
	expect(shop.data).toContain('<form');

	first.child.kill('SIGINT');
	expect(await first.ended).toBe(0);
	await expect(axios.get(addresses().n8nUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

	const second = npm('start', options);
	await second.says('Ready.');
	expect(second.output()).not.toContain('Importing');
	expect((await reading()).data).toEqual(before.data);
	second.child.kill('SIGINT');
	expect(await second.ended).toBe(0);
}, 2 * START_MS);

test('a port that is taken is named with the option that changes it, before anything is started', async () => {
	const port = Number(options[options.indexOf('--shop-port') + 1]);
	const squatter = createServer().listen(port, '127.0.0.1');
	try {
		const start = npm('start', options);
		expect(await start.ended).toBe(1);
		expect(start.output()).toContain(`Port ${port} (the demo shop) is already in use`);
		expect(start.output()).toContain('--shop-port');
		expect(start.output()).not.toContain('Starting');
	} finally {
		await new Promise((resolve) => squatter.close(resolve));
	}
}, 60_000);

test('without a network, the first start says so and leaves nothing that a later one would trust', async () => {
	const offline = {
		PAYMENT_FULFILLMENT_CACHE: join(folder, 'cache'),
		npm_config_cache: join(folder, 'npm-cache'),
		npm_config_registry: 'http://127.0.0.1:9/',
		npm_config_fetch_retries: '0',
	};
	const start = npm('start', options, offline);
	expect(await start.ended).toBe(1);
	expect(start.output()).toContain('The package registry could not be reached: check the network');
	const again = npm('start', options, offline);
	expect(await again.ended).toBe(1);
	expect(again.output()).toContain('Installing the pinned n8n');
}, 120_000);

test('--reset deletes nothing that npm start has not put there', async () => {
	const stranger = mkdtempSync(join(folder, 'documents-'));
	writeFileSync(join(stranger, 'thesis.txt'), 'years of work');
	const start = npm('start', [...options, '--data', stranger, '--reset']);
	expect(await start.ended).toBe(1);
	expect(start.output()).toContain('thesis.txt');
	expect(readFileSync(join(stranger, 'thesis.txt'), 'utf8')).toBe('years of work');
}, 60_000);

test('paying without anything running says what to do', async () => {
	const buyer = npm('pay', ['prodamus-chakra', '--state', join(folder, 'nowhere.json')]);
	expect(await buyer.ended).toBe(1);
	expect(buyer.output()).toContain('npm start');
}, 60_000);
