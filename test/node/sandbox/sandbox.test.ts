import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { play } from '../../../sandbox/buyers/prodamusChakra';
import { type Sandbox, type SandboxOptions, type SandboxPart, startSandbox } from '../../../sandbox/main';
import { startShop } from '../../../sandbox/shop';
import { type FakeN8n, startFakeN8n } from './fakeN8n';
import { SECRET } from './stage';

const ROOT = join(__dirname, '../../..');
const http = axios.create({ validateStatus: () => true, proxy: false, responseType: 'text' });
const silent = () => undefined;
const FREE_PORTS = { prodamus: 0, shop: 0, stripe: 0, telegram: 0, amocrm: 0, platform: 0, yclients: 0, cloudpayments: 0 };

let n8n: FakeN8n;
let sandbox: Sandbox;
beforeEach(async () => {
	n8n = await startFakeN8n();
	sandbox = await startSandbox(options());
	n8n.pageUrl = sandbox.urls.prodamus;
});
afterEach(async () => {
	await sandbox.close();
	await n8n.close();
});

const options = (ports: Partial<typeof FREE_PORTS> = {}): SandboxOptions => ({
	ports: { ...FREE_PORTS, ...ports },
	n8nUrl: n8n.url,
	secrets: { prodamus: SECRET, stripe: 'sandbox-key', telegramBot: '1:sandbox-token', amocrm: 'token', platform: 'key', yclientsPartner: 'p', yclientsUser: 'u', cloudPaymentsPublicId: 'pk_x', cloudPaymentsSecret: 's' },
	courseChat: '-1001000000001',
	salonBranch: 555001,
	timeScale: 0.001,
	log: silent,
});

const stage = (print: (line: string) => void = silent) => ({
	n8nUrl: n8n.url,
	sandbox: sandbox.urls,
	ledgerUrl: 'postgres://127.0.0.1:1/none',
	print,
});

describe('startSandbox', () => {
	it('listens on loopback only', async () => {
		const address = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal);
		const outside = Object.values(sandbox.urls).map((url) => {
			const { port } = new URL(url);
			return `http://${address?.address ?? '127.0.0.2'}:${port}/`;
		});
		for (const url of outside) await expect(http.get(url)).rejects.toThrow(/ECONNREFUSED/);
	});

	it.each(Object.keys(FREE_PORTS) as SandboxPart[])('names the port and the option when %s is taken', async (name) => {
		const port = Number(new URL(sandbox.urls[name]).port);
		const second = startSandbox(options({ [name]: port }));
		await expect(second).rejects.toThrow(new RegExp(`Port ${port} is taken.*option ports\\.${name}`));
	});

	it.each([
		['prodamus', '/_cabinet', ['base', 'payment', 'page']],
		['stripe', '/_dashboard', ['base', 'payment', 'page']],
		['cloudpayments', '/_cabinet', ['base', 'payment', 'page']],
		['telegram', '/_chats', ['base', 'page']],
		['amocrm', '/_crm', ['base', 'page']],
		['platform', '/', ['base', 'page']],
		['yclients', '/_desk', ['base', 'page']],
	] as const)('serves the style sheets of %s, its own last', async (name, path, sheets) => {
		const { data } = await http.get<string>(`${sandbox.urls[name]}${path}`);
		const links = [...data.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, href = '']) => href);
		expect(links).toEqual(sheets.map((sheet) => `/_assets/${sheet}.css`));
		for (const link of links) {
			const { status, headers } = await http.get(`${sandbox.urls[name]}${link}`);
			expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/css')]);
		}
	});

	it('leaves nothing running after close', async () => {
		const other = await startSandbox(options());
		await other.close();
		for (const url of Object.values(other.urls)) await expect(http.get(url)).rejects.toThrow(/ECONNREFUSED/);
	});
});

describe('the buyer of prodamus-chakra (PC1, PC2, PC6)', () => {
	it('orders, pays and reads', async () => {
		const lines: string[] = [];
		const result = await play(stage((line) => lines.push(line)));
		expect(result).toMatchObject({
			orderId: expect.stringMatching(/^[0-9a-f-]{36}$/),
			readingUrl: `${sandbox.urls.shop}/reading?order_id=${result.orderId}`,
			reading: { text: 'Полный разбор' },
		});
		expect(lines.join('\n')).toContain('Полный разбор');
		expect(sandbox.prodamus.payments()).toMatchObject([{ orderNum: result.orderId, status: 'success' }]);
	});

	it('gets over a webhook that fails at first', async () => {
		sandbox.prodamus.hangUpNext(2);
		await expect(play(stage())).resolves.toMatchObject({ reading: { text: 'Полный разбор' } });
	});

	it('tells which field of the order was refused', async () => {
		n8n.orderStatus = 400;
		await expect(play(stage())).rejects.toThrow(/The order was not taken \(400\).*phone/);
	});

	it('tells when the reading fails', async () => {
		n8n.readingStatus = 500;
		await expect(play(stage())).rejects.toThrow('The reading did not come: 500');
	});

	it('tells when n8n does not run', async () => {
		await n8n.close();
		await expect(play(stage())).rejects.toThrow(`No answer from n8n at ${n8n.url} (ECONNREFUSED). Is it running?`);
		n8n = await startFakeN8n();
	});

	it('tells when the payment page does not run', async () => {
		n8n.pageUrl = 'http://127.0.0.1:1';
		await expect(play(stage())).rejects.toThrow('No answer from the payment page http://127.0.0.1:1');
	});

	it('tells why the page refused', async () => {
		n8n.pageUrl = `${sandbox.urls.prodamus}/nosuchlink`;
		await expect(play(stage())).rejects.toThrow(/The payment page has not a form to pay with/);
	});
});

describe('npm run pay', () => {
	const pay = async (...args: string[]) => {
		const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/pay.ts', ...args], { cwd: ROOT });
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
		const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
		return { code, output };
	};

	it('plays with the addresses of the state file', async () => {
		const state = join(await mkdtemp(join(tmpdir(), 'pay-')), 'addresses.json');
		await writeFile(state, JSON.stringify({ n8nUrl: n8n.url, sandbox: sandbox.urls, ledgerUrl: 'postgres://x' }));
		const { code, output } = await pay('prodamus-chakra', '--state', state);
		expect(output).toContain('Полный разбор');
		expect(code).toBe(0);
	}, 30_000);

	it.each([
		[['prodamus-chakra', '--state', 'no-such-file.json'], /Start everything first: npm start/],
		[['piano'], /There is no buyer of piano[\s\S]*prodamus-chakra/],
		[['prodamus-chakra', '--fast'], /--fast/],
	])('fails clearly: %p', async (args, message) => {
		const { code, output } = await pay(...args);
		expect(output).toMatch(message);
		expect(output).not.toContain('    at ');
		expect(code).toBe(1);
	}, 30_000);
});

describe('the shop page', () => {
	const publicDir = join(ROOT, 'sandbox/shop/public');

	it.each([
		['/', 'Получить короткий разбор'],
		['/reading?order_id=1', 'Ищем ваш заказ'],
		['/order.js', '/webhook/chakra/orders'],
		['/style.css', '--accent'],
	])('serves %s', async (path, content) => {
		const { status, data } = await http.get<string>(sandbox.urls.shop + path);
		expect(status).toBe(200);
		expect(data).toContain(content);
	});

	it('tells the browser where n8n is and lets it talk to nobody else', async () => {
		const { data, headers } = await http.get<string>(`${sandbox.urls.shop}/settings.js`);
		expect(data).toContain(JSON.stringify(n8n.url));
		const policy = String(headers['content-security-policy']);
		expect(policy).toContain(`connect-src ${n8n.url};`);
		expect(policy).toContain("script-src 'self'");
		expect(policy).not.toContain('unsafe');
		expect(headers['referrer-policy']).toBe('no-referrer');
	});

	it('quotes an address that tries to break out of the script', async () => {
		const shop = await startShop({ port: 0, n8nUrl: 'http://127.0.0.1:1/";alert(1)//', widgetUrl: 'http://127.0.0.1:2/w.js', log: silent });
		expect((await http.get<string>(`${shop.url}/settings.js`)).data).toContain('\\";alert(1)');
		await shop.close();
	});

	it('serves the payment page of the billing workflows with its own addresses only (CP5)', async () => {
		const shop = await startShop({ port: 0, n8nUrl: 'http://127.0.0.1:1', widgetUrl: 'http://127.0.0.1:2/w.js', log: silent });
		const { data, headers } = await http.get<string>(`${shop.url}/pay?order_id=1`);
		expect(headers['content-type']).toContain('text/html');
		expect(data.match(/https?:\/\/[^'"`<\s]+/g)).toEqual(['http://127.0.0.1:2/w.js', 'http://127.0.0.1:1/webhook/billing/pay']);
		const policy = String(headers['content-security-policy']);
		for (const part of ["default-src 'none'", 'connect-src http://127.0.0.1:1;', 'frame-src http://127.0.0.1:2;']) expect(policy).toContain(part);
		await shop.close();
	});

	it('uses no browser storage (PC4) and never turns answers into markup by itself', async () => {
		const scripts = (await readdir(publicDir)).filter((name) => name.endsWith('.js'));
		expect(scripts.length).toBeGreaterThan(0);
		for (const name of scripts) {
			const code = await readFile(join(publicDir, name), 'utf8');
			expect(code).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie/);
			expect(code).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
		}
	});

	it('loads nothing from elsewhere', async () => {
		for (const name of await readdir(publicDir)) {
			const content = await readFile(join(publicDir, name), 'utf8');
			expect(content.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
		}
	});
});
