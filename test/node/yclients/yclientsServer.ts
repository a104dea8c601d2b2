import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Raw } from '../../unit/yclients/samples';

export const PARTNER = 'fakepartner1fakepartner1';
export const USER = 'fakeuser0123456789';
export const COMPANY = '555001';

export interface Received {
	method: string;
	path: string;
	query: Record<string, string>;
	body: unknown;
	auth: string | undefined;
	at: number;
}

/** What to do with the next request instead of serving it. `lost`: it is served, but the answer never arrives. */
export type Fault = 'drop' | 'lost' | { status: number; body?: string; headers?: Record<string, string> };

/** The part of YCLIENTS the nodes use, with its awkward sides (providers/yclients.md). */
export interface YClientsServer {
	url: string;
	requests: Received[];
	/** Used up one by one by all requests, or by those whose path contains `path`. */
	faults: Array<{ fault: Fault; path?: string }>;
	records: Raw[];
	clients: Raw[];
	/** Largest page, whatever was asked for. */
	clamp: number;
	/** What it tells as `total_count`. */
	total: 'all' | 'none';
	hooks: unknown;
	/** Called before a write of the webhook settings is carried out. */
	beforeHookWrite: () => void;
	cards: Raw[];
	permissions: unknown;
	close: () => Promise<void>;
}

type Answer = [status: number, body: unknown];

const envelope = (data: unknown, meta: unknown = []) => ({ success: true, data, meta });
const NOT_FOUND: Answer = [404, { errors: { message: 'Не найдено' }, meta: { message: 'Не найдено' } }];

export async function startYClients(): Promise<YClientsServer> {
	const state: Omit<YClientsServer, 'url' | 'close'> = {
		requests: [],
		faults: [],
		records: [],
		clients: [],
		clamp: 300,
		total: 'all',
		hooks: [],
		beforeHookWrite: () => {},
		cards: [],
		permissions: { timetable: { timetable_phones_access: true }, record_form: { record_form_client_access: true } },
	};

	const server = createServer((request, response) => void serve(request, response));

	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const received = await read(request);
		state.requests.push(received);
		const send = ([status, body]: Answer, headers: Record<string, string> = {}) => {
			const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
			response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
		};
		const index = state.faults.findIndex(({ path = '' }) => received.path.includes(path));
		const [planned] = index < 0 ? [] : state.faults.splice(index, 1);
		if (planned?.fault === 'drop') return request.socket.destroy();
		if (planned && typeof planned.fault === 'object') {
			const {
				status,
				body = '{"success":false,"data":null,"meta":{"message":"planned"}}',
				headers,
			} = planned.fault;
			return send([status, body], headers);
		}
		const answer = refuseHeaders(request, received) ?? route(received);
		if (planned?.fault === 'lost') return request.socket.destroy();
		send(answer);
	};

	const page = (rows: Raw[], query: { page?: unknown; size?: unknown }): Answer => {
		const size = Math.min(Number(query.size ?? 50), state.clamp);
		const from = (Number(query.page ?? 1) - 1) * size;
		const meta = { page: Number(query.page ?? 1), ...(state.total === 'all' ? { total_count: rows.length } : {}) };
		return [200, envelope(rows.slice(from, from + size), meta)];
	};

	const route = ({ method, path, query, body }: Received): Answer => {
		const call = `${method} ${path}`;
		if (call === `GET records/${COMPANY}`)
			return page(filterRecords(state.records, query), { page: query.page, size: query.count });
		if (path.startsWith(`record/${COMPANY}/`) && method === 'GET') {
			const found = state.records.find(({ id }) => String(id) === path.split('/')[2]);
			return found ? [200, envelope(found)] : NOT_FOUND;
		}
		if (call === `POST book_record/${COMPANY}`) return book(body as Raw);
		if (call === `POST company/${COMPANY}/clients/search`) {
			const {
				page: number,
				page_size,
				filters,
			} = body as { page: number; page_size: number; filters: Array<{ state: Raw }> };
			const value = String(filters[0]?.state.value ?? '');
			const rows = state.clients.filter((client) => JSON.stringify(client).includes(value));
			return page(rows, { page: number, size: page_size });
		}
		if (call === `GET hooks_settings/${COMPANY}`) return [200, envelope(state.hooks)];
		if (call === `POST hooks_settings/${COMPANY}`) {
			state.beforeHookWrite();
			state.hooks = body;
			return [201, envelope(body)];
		}
		if (call === 'GET loyalty/client_cards/501001') return [200, state.cards];
		if (/^POST company\/555001\/loyalty\/cards\/\d+\/manual_transaction$/.test(call)) {
			const card = state.cards.find(({ id }) => String(id) === path.split('/')[4]);
			if (!card) return NOT_FOUND;
			card.balance = Number(card.balance) + (body as { amount: number }).amount;
			return [201, card];
		}
		if (call === `GET user/permissions/${COMPANY}`) return [200, envelope(state.permissions)];
		if (call === `GET company/${COMPANY}/`) {
			return [200, envelope({ id: 555001, title: 'Салон «Пример»', timezone_name: 'Europe/Moscow' })];
		}
		return NOT_FOUND;
	};

	const book = (body: Raw): Answer => {
		const [appointment] = body.appointments as Raw[];
		if (!/^\d{11,15}$/.test(String(body.phone))) {
			return [422, { success: false, data: null, meta: { message: 'Некорректный телефон', code: 431 } }];
		}
		const id = 700_200_000 + state.records.length;
		state.records.push({
			id,
			company_id: 555001,
			comment: body.comment,
			api_id: body.api_id ?? '',
			date: String(appointment?.datetime).slice(0, 19).replace('T', ' '),
			datetime: appointment?.datetime,
			last_change_date: new Date().toISOString(),
			services: [],
			attendance: 0,
			deleted: false,
		});
		return [201, envelope([{ id: 1, record_id: id, record_hash: 'fakehash' }])];
	};

	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return Object.assign(state, {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	});
}

async function read(request: IncomingMessage): Promise<Received> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString('utf8');
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	return {
		method: request.method ?? '',
		path: url.pathname.replace(/^\/api\/v1\//, ''),
		query: Object.fromEntries(url.searchParams),
		body: text === '' ? undefined : JSON.parse(text),
		auth: request.headers.authorization,
		at: Date.now(),
	};
}

/** Strict about what the documentation asks for. */
function refuseHeaders({ headers }: IncomingMessage, { path, body, auth }: Received): Answer | null {
	const isPartnerEnough = path.startsWith('book_record/');
	const full = `Bearer ${PARTNER}, User ${USER}`;
	if (auth !== full && !(isPartnerEnough && auth === `Bearer ${PARTNER}`)) {
		return [401, { errors: { message: `Неверный токен ${auth}` }, meta: [] }];
	}
	if (headers.accept !== 'application/vnd.yclients.v2+json')
		return [400, { success: false, meta: { message: 'Accept' } }];
	if (body !== undefined && headers['content-type'] !== 'application/json') {
		return [400, { success: false, meta: { message: 'Content-Type' } }];
	}
	return null;
}

function filterRecords(records: readonly Raw[], query: Record<string, string>): Raw[] {
	const day = (row: Raw) => String(row.date).slice(0, 10);
	const changed = (row: Raw) => Date.parse(String(row.last_change_date).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
	return records.filter(
		(row) =>
			(query.with_deleted === '1' || ![true, 1, '1'].includes(row.deleted as never)) &&
			(query.start_date === undefined || day(row) >= query.start_date) &&
			(query.end_date === undefined || day(row) <= query.end_date) &&
			(query.changed_after === undefined || changed(row) >= Date.parse(query.changed_after)),
	);
}
