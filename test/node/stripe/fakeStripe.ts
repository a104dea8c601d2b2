import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';

export const API_KEY = 'sk_test_fake_not_a_key';
export const VERSION = '2026-07-29.dahlia';

type Tree = { [key: string]: string | Tree | Array<string | Tree> };

export interface Received {
	method: string;
	path: string;
	fields: Tree;
	key?: string;
}

/** What to do with the next request instead of serving it. `lost`: it is served, but the answer never arrives. */
export type Fault = 'refuse' | 'lost' | { status: number; body?: string; headers?: Record<string, string> };

/** The part of Stripe's API the nodes use, strict about what it is sent (providers/stripe.md §1, §2). */
export interface FakeStripe {
	url: string;
	requests: Received[];
	/** Used up one by one by all requests, or by those whose path contains `path`. */
	faults: Array<{ fault: Fault; path?: string }>;
	sessions: Map<string, Record<string, unknown>>;
	endpoints: Map<string, Record<string, unknown>>;
	objects: Map<string, unknown>;
	close: () => Promise<void>;
}

interface Stored {
	body: string;
	status: number;
	answer: string;
}

export async function startFakeStripe(): Promise<FakeStripe> {
	const stored = new Map<string, Stored>();
	const fake: Omit<FakeStripe, 'url' | 'close'> = {
		requests: [],
		faults: [],
		sessions: new Map(),
		endpoints: new Map(),
		objects: new Map(),
	};
	let count = 0;

	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString('utf8');
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const { headers, method = '' } = request;
		const key = headers['idempotency-key'] as string | undefined;
		const send = (status: number, answer: unknown, extra: Record<string, string> = {}) =>
			response
				.writeHead(status, { 'content-type': 'application/json', ...extra })
				.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
		const refuse = (status: number, error: object) => send(status, { error });

		let fields: Tree;
		try {
			fields = readForm(method === 'POST' ? body : url.search.slice(1));
		} catch (error) {
			return refuse(400, { type: 'invalid_request_error', message: String(error) });
		}
		fake.requests.push({ method, path: url.pathname, fields, key });

		const index = fake.faults.findIndex(({ path = '' }) => url.pathname.includes(path));
		const [planned] = index < 0 ? [] : fake.faults.splice(index, 1);
		if (planned?.fault === 'refuse') return request.socket.destroy();
		if (planned && typeof planned.fault === 'object') {
			const { status, body: text = '{"error":{"message":"planned"}}', headers: extra } = planned.fault;
			return send(status, text, extra);
		}

		if (headers.authorization !== `Bearer ${API_KEY}`) {
			return refuse(401, { type: 'invalid_request_error', message: `Invalid API Key provided: ${headers.authorization}` });
		}
		if (headers['stripe-version'] !== VERSION) return refuse(400, { message: 'version not pinned' });
		if (method === 'POST') {
			if (headers['content-type'] !== 'application/x-www-form-urlencoded') return refuse(400, { message: 'no form' });
			if (!key || key.length > 255) return refuse(400, { message: 'no idempotency key' });
			const known = stored.get(key);
			const fingerprint = `${url.pathname} ${body}`;
			if (known && known.body !== fingerprint) {
				return refuse(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with…' });
			}
			if (known) return send(known.status, known.answer, { 'idempotent-replayed': 'true' });
			const [status, answer] = route(method, url.pathname, fields);
			stored.set(key, { body: fingerprint, status, answer: JSON.stringify(answer) });
			if (planned?.fault === 'lost') return request.socket.destroy();
			return send(status, answer);
		}
		const [status, answer] = route(method, url.pathname, fields);
		if (planned?.fault === 'lost') return request.socket.destroy();
		send(status, answer);
	};

	const missing = (what: string): [number, unknown] => [
		404,
		{ error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}`, param: 'id' } },
	];

	const route = (method: string, path: string, fields: Tree): [number, unknown] => {
		const [, , resource = '', ...rest] = path.split('/');
		const call = `${method} ${resource}`;
		if (call === 'POST checkout' && rest.length === 1) return createSession(fields);
		if (resource === 'checkout') {
			const session = fake.sessions.get(rest[1] ?? '');
			if (!session) return missing('checkout.session');
			if (rest[2] === 'expire') {
				if (session.status !== 'open') {
					return [400, { error: { type: 'invalid_request_error', message: 'Only open sessions can be expired' } }];
				}
				Object.assign(session, { status: 'expired', url: null });
			}
			const expand = fields.expand as string[] | undefined;
			const line_items = { data: [{ description: 'Course', quantity: 2, amount_total: 9800, price: { id: 'price_1' } }] };
			return [200, { ...session, ...(expand?.[0] === 'line_items' ? { line_items } : {}) }];
		}
		if (call === 'POST webhook_endpoints' && rest.length === 0) {
			const id = `we_${++count}`;
			const { url, enabled_events, api_version } = fields;
			const endpoint = { id, url, enabled_events, api_version, status: 'enabled' };
			fake.endpoints.set(id, endpoint);
			return [200, { ...endpoint, secret: `whsec_${id}` }];
		}
		if (call === 'GET webhook_endpoints' && rest.length === 0) return [200, { data: [...fake.endpoints.values()] }];
		if (resource === 'webhook_endpoints') {
			const endpoint = fake.endpoints.get(rest[0] ?? '');
			if (!endpoint) return missing('webhook_endpoint');
			if (method === 'DELETE') fake.endpoints.delete(rest[0] ?? '');
			if (method === 'POST') {
				if (fields.disabled === 'false') endpoint.status = 'enabled';
				endpoint.enabled_events = fields.enabled_events;
			}
			return [200, method === 'DELETE' ? { id: rest[0], deleted: true } : endpoint];
		}
		if (call === 'GET invoice_payments') {
			const { payment, expand } = fields as { payment?: Tree; expand?: string[] };
			if (payment?.type !== 'payment_intent' || expand?.[0] !== 'data.invoice') return [400, { error: { message: '?' } }];
			const invoice = fake.objects.get(`invoice of ${String(payment.payment_intent)}`);
			return [200, { object: 'list', data: invoice ? [{ invoice }] : [] }];
		}
		if (call === 'POST refunds') {
			const { payment_intent = null, charge = null, amount = '4900', reason = null, metadata = {} } = fields;
			const refund = { payment_intent, charge, reason, metadata, amount: Number(amount), currency: 'eur' };
			return [200, { id: 're_1', status: 'succeeded', failure_reason: null, ...refund }];
		}
		if (call === 'POST billing_portal') {
			const { customer, return_url = null } = fields;
			return [200, { id: 'bps_1', url: 'https://billing.example/p/1', customer, return_url, livemode: false }];
		}
		const object = fake.objects.get(rest.join('/')) as Record<string, unknown> | undefined;
		if (!object) return missing(resource);
		if (resource === 'subscriptions' && method !== 'GET') {
			if (object.status === 'canceled') return missing('subscription');
			if (method === 'DELETE') Object.assign(object, { status: 'canceled', ended_at: 1_790_000_000 });
			else Object.assign(object, { cancel_at_period_end: true, cancel_at: 1_792_000_000 });
		}
		return [200, object];
	};

	const createSession = (fields: Tree): [number, unknown] => {
		if (!Array.isArray(fields.line_items)) return [400, { error: { message: 'Missing line_items', param: 'line_items' } }];
		const id = `cs_test_${++count}`;
		const items = fields.line_items as Tree[];
		const amount = items.reduce((sum, { price_data, quantity }) => {
			return sum + Number((price_data as Tree | undefined)?.unit_amount ?? 4900) * Number(quantity);
		}, 0);
		const session = {
			id,
			object: 'checkout.session',
			url: `https://checkout.example/${id}`,
			status: 'open',
			payment_status: 'unpaid',
			amount_total: amount,
			currency: (items[0]?.price_data as Tree | undefined)?.currency ?? 'eur',
			client_reference_id: fields.client_reference_id ?? null,
			metadata: fields.metadata ?? {},
			expires_at: Number(fields.expires_at ?? Math.floor(Date.now() / 1000) + 86_400),
			payment_intent: null,
			subscription: null,
			customer: null,
			customer_details: null,
			customer_email: fields.customer_email ?? null,
			livemode: false,
		};
		fake.sessions.set(id, session);
		return [200, session];
	};

	const server: Server = createServer((request, response) => void serve(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		...fake,
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Written apart from the product's forms. A list must name its indexes, and no value may be empty. */
function readForm(text: string): Tree {
	const root: Tree = {};
	for (const [name, value] of Object.entries(parse(text))) {
		if (Array.isArray(value) || value === undefined) throw new Error(`field ${name} is repeated`);
		if (value === '') throw new Error(`field ${name} is empty`);
		const path = name.split('[').map((step) => step.replace(/\]$/, ''));
		if (path.includes('')) throw new Error(`field ${name} has no index`);
		const last = path.pop() ?? '';
		let branch = root;
		for (const step of path) branch = (branch[step] ??= {}) as Tree;
		branch[last] = value;
	}
	return withLists(root) as Tree;
}

function withLists(tree: Tree[string]): Tree[string] {
	if (typeof tree === 'string' || Array.isArray(tree)) return tree;
	const keys = Object.keys(tree);
	if (keys.length > 0 && keys.every((key, index) => key === String(index))) {
		return keys.map((key) => withLists(tree[key] ?? '') as Tree);
	}
	return Object.fromEntries(keys.map((key) => [key, withLists(tree[key] ?? '')]));
}
