import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Row {
	id: number;
	[key: string]: unknown;
}

interface FieldValue {
	field_id: number;
	field_name?: string;
	field_code?: string | null;
	field_type?: string;
	values: Array<Record<string, unknown>>;
}

export interface FieldRow {
	id: number;
	name: string;
	code: string | null;
	type: string;
	enums: Array<{ id: number; value: string }> | null;
}

export interface Call {
	method: string;
	path: string;
	query: URLSearchParams;
	body: unknown;
	authorization: string | undefined;
	contentType: string | undefined;
	at: number;
}

/** What happens to the next call that fits, in place of the ordinary answer or after it. */
export interface Fault {
	method?: string;
	path?: RegExp;
	/** Sent in place of the ordinary answer. */
	answer?: { status: number; body?: string; headers?: Record<string, string> };
	/** The ordinary work is done, and then this status or nothing at all is answered. */
	afterApplying?: number | 'drop';
	/** Nothing is done and the connection is cut. */
	drop?: true;
	times?: number;
}

export const FIELDS: { contacts: FieldRow[]; leads: FieldRow[] } = {
	contacts: [
		{ id: 1, name: 'Телефон', code: 'PHONE', type: 'multitext', enums: [{ id: 5, value: 'WORK' }] },
		{ id: 2, name: 'Email', code: 'EMAIL', type: 'multitext', enums: [{ id: 6, value: 'WORK' }] },
		{ id: 3, name: 'Telegram ID', code: null, type: 'text', enums: null },
		{ id: 4, name: 'Telegram Username', code: null, type: 'text', enums: null },
	],
	leads: [
		{ id: 101, name: 'Total Paid', code: null, type: 'numeric', enums: null },
		{ id: 102, name: 'Purchases', code: null, type: 'numeric', enums: null },
		{ id: 103, name: 'Payment ID', code: null, type: 'text', enums: null },
		{ id: 104, name: 'Last Sum', code: null, type: 'monetary', enums: null },
		{
			id: 105,
			name: 'Subjects',
			code: null,
			type: 'multiselect',
			enums: [
				{ id: 1051, value: 'Maths' },
				{ id: 1052, value: 'Physics' },
				{ id: 1053, value: 'Biology' },
			],
		},
		{
			id: 106,
			name: 'Direction',
			code: null,
			type: 'select',
			enums: [
				{ id: 1061, value: 'EGE' },
				{ id: 1062, value: 'OGE' },
			],
		},
		{ id: 107, name: 'Last Payment Time', code: null, type: 'date_time', enums: null },
		{ id: 108, name: 'utm_source', code: 'UTM_SOURCE', type: 'tracking_data', enums: null },
		{ id: 109, name: 'Birthday', code: null, type: 'date', enums: null },
	],
};

/** A small amoCRM of providers/amocrm.md §12, with the ways it may be awkward. */
export class AmoServer {
	readonly calls: Call[] = [];
	readonly contacts = new Map<number, Row>();
	readonly leads = new Map<number, Row>();
	readonly notes: Row[] = [];
	fields = structuredClone(FIELDS);
	faults: Fault[] = [];
	ignoresFilters = false;
	/** The text search does not know contacts created by these tests. */
	searchLags = false;
	/** Contacts do not show leads created by these tests. */
	linksLag = false;
	isAdministrator = true;
	complexAnswersInEnvelope = false;
	refusesRowsNamed: string | null = null;
	namesRefusedRows = true;
	timezone = 'Europe/Moscow';
	token = 'test-token';
	refreshes = 0;
	/** Calls that began within one second of each other, at most. */
	private busiest = 0;
	private nextId = 1000;
	private readonly fresh = new Set<number>();

	private constructor(private readonly server: Server) {}

	static async start(): Promise<AmoServer> {
		const server = createServer((request, response) => void amo.handle(request, response));
		const amo: AmoServer = new AmoServer(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return amo;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get maxPerSecond(): number {
		return this.busiest;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** `GET contacts`, … of all calls since the last `forget`. */
	get journal(): string[] {
		return this.calls.map(({ method, path }) => `${method} ${path}`);
	}

	forget(): void {
		this.calls.length = 0;
	}

	addContact(contact: {
		id: number;
		phone?: string;
		email?: string;
		telegramId?: string;
		username?: string;
		leads?: number[];
		updatedAt?: number;
		name?: string;
		isDeleted?: boolean;
	}): void {
		const { id, phone, email, telegramId, username, leads = [] } = contact;
		const { updatedAt = 1_700_000_000, name = `Contact ${id}` } = contact;
		const values = [
			...(phone ? [{ field_id: 1, values: [{ value: phone, enum_id: 5, enum_code: 'WORK' }] }] : []),
			...(email ? [{ field_id: 2, values: [{ value: email, enum_id: 6, enum_code: 'WORK' }] }] : []),
			...(telegramId ? [{ field_id: 3, values: [{ value: telegramId }] }] : []),
			...(username ? [{ field_id: 4, values: [{ value: username }] }] : []),
		];
		this.contacts.set(id, {
			id,
			name,
			updated_at: updatedAt,
			is_deleted: contact.isDeleted === true,
			custom_fields_values: values.length > 0 ? this.named('contacts', values) : null,
			leads: [...leads],
		});
	}

	addLead(lead: {
		id: number;
		pipeline?: number;
		status?: number;
		updatedAt?: number;
		fields?: Record<number, Array<Record<string, unknown>>>;
		isDeleted?: boolean;
		contacts?: number[];
		price?: number;
	}): void {
		const { id, pipeline = 7, status = 777, updatedAt = 1_700_000_500, fields = {}, contacts = [], price = 0 } = lead;
		const values = Object.entries(fields).map(([field_id, entries]) => ({ field_id: Number(field_id), values: entries }));
		this.leads.set(id, {
			id,
			name: `Lead ${id}`,
			price,
			status_id: status,
			pipeline_id: pipeline,
			updated_at: updatedAt,
			created_at: 1_600_000_000,
			closed_at: null,
			is_deleted: lead.isDeleted === true,
			custom_fields_values: values.length > 0 ? this.named('leads', values) : null,
			contacts: [...contacts],
		});
	}

	/** What a lead holds in a field, as text. */
	valueOf(kind: 'leads' | 'contacts', id: number, fieldId: number): string | null {
		const values = this[kind].get(id)?.custom_fields_values as FieldValue[] | null;
		const field = values?.find(({ field_id }) => field_id === fieldId);
		return field ? field.values.map(({ value, enum_id }) => String(value ?? enum_id)).join(',') : null;
	}

	private named(kind: 'leads' | 'contacts', values: FieldValue[]): FieldValue[] {
		return values.map(({ field_id, values: entries }) => {
			const field = this.fields[kind].find(({ id }) => id === field_id) ?? FIELDS[kind].find(({ id }) => id === field_id);
			return {
				field_id,
				field_name: field?.name,
				field_code: field?.code ?? null,
				field_type: field?.type,
				values: entries.map((entry) => {
					const choice = field?.type === 'multitext' ? undefined : field?.enums?.find(({ id }) => id === entry.enum_id);
					return choice ? { ...entry, value: choice.value } : entry;
				}),
			};
		});
	}

	private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString('utf8');
		const url = new URL(request.url ?? '/', this.url);
		if (url.pathname === '/oauth2/access_token') {
			this.refreshToken(text, response);
			return;
		}
		const call: Call = {
			method: request.method ?? '',
			path: url.pathname.replace('/api/v4/', ''),
			query: url.searchParams,
			body: text === '' ? undefined : JSON.parse(text),
			authorization: request.headers.authorization,
			contentType: request.headers['content-type'],
			at: Date.now(),
		};
		this.calls.push(call);
		this.busiest = Math.max(this.busiest, this.calls.filter(({ at }) => call.at - at < 1000).length);
		const fault = this.takeFault(call);
		if (fault?.drop) {
			request.socket.destroy();
			return;
		}
		if (fault?.answer) {
			const { status, body = '', headers } = fault.answer;
			response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
			return;
		}
		const isKnown = call.authorization === `Bearer ${this.token}`;
		const [status, body] = isKnown ? this.answer(call) : [401, { title: 'Unauthorized' }];
		if (fault?.afterApplying === 'drop') {
			request.socket.destroy();
			return;
		}
		const sent = fault?.afterApplying ?? status;
		response.writeHead(sent, {
			'content-type': sent < 400 ? 'application/hal+json' : 'application/problem+json',
			'x-request-id': 'trace-1',
		});
		response.end(sent === 204 || sent !== status ? '' : JSON.stringify(body));
	}

	private refreshToken(text: string, response: ServerResponse): void {
		const form = new URLSearchParams(text);
		this.refreshes += 1;
		if (form.get('client_secret') !== 'test-client-secret' || form.get('refresh_token') !== 'refresh-1') {
			response.writeHead(400, { 'content-type': 'application/json' }).end('{"hint":"revoked","error":"invalid_grant"}');
			return;
		}
		response
			.writeHead(200, { 'content-type': 'application/json' })
			.end(
				JSON.stringify({
					token_type: 'Bearer',
					expires_in: 86400,
					access_token: this.token,
					refresh_token: 'refresh-2',
				}),
			);
	}

	private takeFault({ method, path }: Call): Fault | undefined {
		const fault = this.faults.find((one) => (!one.method || one.method === method) && (!one.path || one.path.test(path)));
		if (!fault) return undefined;
		if (fault.times !== undefined) {
			fault.times -= 1;
			if (fault.times <= 0) this.faults = this.faults.filter((one) => one !== fault);
		}
		return fault;
	}

	private answer(call: Call): [number, unknown] {
		const { method, path, query } = call;
		const [kind = '', second = '', third = ''] = path.split('/');
		if (path === 'account') {
			return [200, { id: 1, current_user_id: 77, _embedded: { datetime_settings: { timezone: this.timezone } } }];
		}
		if (path === 'users') {
			if (!this.isAdministrator) return [403, { title: 'Forbidden', detail: 'Not allowed' }];
			return [200, { _embedded: { users: [{ id: 77, name: 'Olga Test', email: 'olga@example.com' }] } }];
		}
		if (path === 'leads/pipelines') return [200, { _embedded: { pipelines: PIPELINES } }];
		if (second === 'custom_fields') {
			return this.page('custom_fields', this.fields[kind as 'leads'] as unknown as Row[], query);
		}
		if (method === 'GET' && third === 'notes') return this.listNotes(Number(second), query);
		if (method === 'GET' && second !== '') return this.getOne(kind as 'leads', Number(second));
		if (method === 'GET') return this.list(kind as 'leads' | 'contacts', query);
		if (path === 'leads/notes') return this.addNotes(call.body as Row[]);
		if (path === 'leads/complex') return this.addComplex(call.body as Row[]);
		if (method === 'POST') return this.addRows(kind as 'leads' | 'contacts', call.body as Row[]);
		return this.patchRows(kind as 'leads' | 'contacts', call.body as Row[]);
	}

	private view(kind: 'leads' | 'contacts', row: Row): Row {
		const { leads, contacts, tags = [], ...rest } = row as Row & { leads?: number[]; contacts?: number[] };
		const embedded = { tags, companies: [] };
		const linked = (leads ?? []).filter((id) => !this.linksLag || !this.fresh.has(id));
		if (kind === 'contacts') return { ...rest, _embedded: { ...embedded, leads: linked.map((id) => ({ id })) } };
		return { ...rest, _embedded: { ...embedded, contacts: (contacts ?? []).map((id) => ({ id, is_main: true })) } };
	}

	private getOne(kind: 'leads' | 'contacts', id: number): [number, unknown] {
		const row = this[kind].get(id);
		return row && row.is_deleted !== true ? [200, this.view(kind, row)] : [204, null];
	}

	private list(kind: 'leads' | 'contacts', query: URLSearchParams): [number, unknown] {
		let rows = [...this[kind].values()].filter((row) => row.is_deleted !== true || kind === 'contacts');
		const text = query.get('query');
		if (text !== null) rows = rows.filter((row) => this.isFound(kind, row, text));
		const ids = query.getAll('filter[id][]').map(Number);
		if (ids.length > 0 && !this.ignoresFilters) rows = rows.filter(({ id }) => ids.includes(id));
		const [order] = [...query.keys()].filter((key) => key.startsWith('order['));
		const by = order?.slice('order['.length, -1) ?? 'id';
		rows.sort((one, other) => Number(other[by] ?? 0) - Number(one[by] ?? 0));
		return this.page(kind, rows.map((row) => this.view(kind, row)), query);
	}

	private isFound(kind: 'leads' | 'contacts', row: Row, text: string): boolean {
		if (this.searchLags && this.fresh.has(row.id)) return false;
		const contactIds = (kind === 'leads' && (row.contacts as number[] | undefined)) || [];
		const related = contactIds.map((id) => this.contacts.get(id));
		const haystack = [row, ...related].map((one) => JSON.stringify(one ?? {}).toLowerCase()).join(' ');
		return haystack.includes(text.toLowerCase()) || haystack.replace(/[\s()+\-]/g, '').includes(text.toLowerCase());
	}

	private page(collection: string, rows: Row[], query: URLSearchParams): [number, unknown] {
		const limit = Math.min(Number(query.get('limit') ?? 50), 250);
		const page = Number(query.get('page') ?? 1);
		const shown = rows.slice((page - 1) * limit, page * limit);
		if (shown.length === 0) return [204, null];
		const hasNext = rows.length > page * limit;
		return [
			200,
			{
				_page: page,
				_links: {
					self: { href: this.url },
					...(hasNext ? { next: { href: `https://evil.example/?page=${page + 1}` } } : {}),
				},
				_embedded: { [collection]: shown },
			},
		];
	}

	private listNotes(leadId: number, query: URLSearchParams): [number, unknown] {
		const rows = this.notes.filter(({ entity_id }) => entity_id === leadId).reverse();
		return this.page('notes', rows, query);
	}

	private addNotes(rows: Row[]): [number, unknown] {
		const added = rows.map(({ entity_id, note_type, params, request_id }) => {
			const note = { id: ++this.nextId, entity_id, note_type, params };
			this.notes.push(note);
			return { id: note.id, entity_id, request_id };
		});
		return [200, { _embedded: { notes: added } }];
	}

	/** Refuses the whole request if one field or choice in it is unknown. */
	private check(kind: 'leads' | 'contacts', rows: Row[], prefix = ''): Array<{ request_id: string; errors: unknown[] }> {
		return rows.flatMap((row, index) => {
			const fieldErrors = ((row.custom_fields_values as FieldValue[] | undefined) ?? []).flatMap((entry, at) =>
				this.checkEntry(kind, entry, `${prefix}custom_fields_values.${at}`),
			);
			const isRefused = this.refusesRowsNamed !== null && row.name === this.refusesRowsNamed;
			const errors = [
				...fieldErrors,
				...(isRefused ? [{ code: 'NotSupportedChoice', path: 'status_id', detail: 'no such status' }] : []),
			];
			return errors.length > 0 ? [{ request_id: this.namesRefusedRows ? String(index) : '', errors }] : [];
		});
	}

	private checkEntry(kind: 'leads' | 'contacts', entry: FieldValue, path: string): unknown[] {
		const field = this.fields[kind].find(
			({ id, code }) => id === entry.field_id || (code !== null && code === entry.field_code),
		);
		const refuse = (at: string) => ({ code: 'NotSupportedChoice', path: at, detail: 'Not a valid choice.' });
		if (!field) return [refuse(`${path}.field_id`)];
		return entry.values.flatMap(({ enum_id }, at) => {
			const isKnown = enum_id === undefined || field.enums?.some(({ id }) => id === enum_id);
			return isKnown ? [] : [refuse(`${path}.values.${at}.enum_id`)];
		});
	}

	private refusal(errors: unknown[]): [number, unknown] {
		return [400, { title: 'Bad Request', status: 400, detail: 'Request validation failed', 'validation-errors': errors }];
	}

	private store(kind: 'leads' | 'contacts', row: Row): Row {
		const { _embedded, request_id, custom_fields_values, ...rest } = row as Row & {
			_embedded?: { contacts?: Row[]; tags?: unknown[] };
			custom_fields_values?: Array<FieldValue & { field_code?: string }>;
		};
		void request_id;
		const now = Math.floor(Date.now() / 1000);
		const id = ++this.nextId;
		const values = (custom_fields_values ?? []).map((entry) => ({
			...entry,
			field_id: entry.field_id ?? this.fields[kind].find(({ code }) => code === entry.field_code)?.id ?? 0,
		}));
		const stored: Row = {
			name: '',
			...rest,
			id,
			created_at: now,
			updated_at: now,
			is_deleted: false,
			custom_fields_values: values.length > 0 ? this.named(kind, values) : null,
			tags: _embedded?.tags ?? [],
			...(kind === 'contacts' ? { leads: [] } : { contacts: (_embedded?.contacts ?? []).map((contact) => contact.id) }),
		};
		this[kind].set(id, stored);
		this.fresh.add(id);
		for (const contactId of (stored.contacts as number[] | undefined) ?? []) {
			(this.contacts.get(contactId)?.leads as number[] | undefined)?.push(id);
		}
		return stored;
	}

	private addRows(kind: 'leads' | 'contacts', rows: Row[]): [number, unknown] {
		const errors = this.check(kind, rows);
		if (errors.length > 0) return this.refusal(errors);
		const added = rows.map((row) => ({ id: this.store(kind, row).id, request_id: row.request_id }));
		return [200, { _embedded: { [kind]: added } }];
	}

	private addComplex(rows: Row[]): [number, unknown] {
		const models = rows.map((row) => (row._embedded as { contacts: Row[] }).contacts[0] as Row);
		const errors = [...this.check('leads', rows), ...this.check('contacts', models, '_embedded.contacts.0.')];
		if (errors.length > 0) return this.refusal(errors);
		const added = rows.map((row, at) => {
			const contact = this.store('contacts', models[at] as Row);
			const lead = this.store('leads', { ...row, _embedded: { ...(row._embedded as object), contacts: [contact] } });
			return { id: lead.id, contact_id: contact.id, company_id: null, merged: false, request_id: [row.request_id] };
		});
		return [200, this.complexAnswersInEnvelope ? { _embedded: { leads: added } } : added];
	}

	private patchRows(kind: 'leads' | 'contacts', rows: Row[]): [number, unknown] {
		const errors = this.check(kind, rows);
		if (errors.length > 0) return this.refusal(errors);
		const now = Math.floor(Date.now() / 1000);
		for (const { id, custom_fields_values, tags_to_add, ...rest } of rows) {
			const row = this[kind].get(id);
			if (!row) return [404, { title: 'Not Found' }];
			const values = (row.custom_fields_values as FieldValue[] | null) ?? [];
			const changed = this.named(kind, (custom_fields_values as FieldValue[] | undefined) ?? []);
			const kept = values.filter(({ field_id }) => !changed.some((entry) => entry.field_id === field_id));
			const tags = [...((row.tags as unknown[] | undefined) ?? []), ...((tags_to_add as unknown[] | undefined) ?? [])];
			Object.assign(row, rest, { updated_at: now, custom_fields_values: [...kept, ...changed], tags });
		}
		return [200, { _embedded: { [kind]: rows.map(({ id }) => ({ id, updated_at: now })) } }];
	}
}

const status = (id: number, name: string, type = 0) => ({ id, name, type });

export const PIPELINES = [
	{
		id: 7,
		name: 'Site',
		is_main: true,
		is_archive: false,
		_embedded: {
			statuses: [
				status(700, 'Incoming', 1),
				status(777, 'In work'),
				status(778, 'Auto'),
				status(142, 'Won'),
				status(143, 'Lost'),
			],
		},
	},
	{
		id: 8,
		name: 'Partners',
		is_main: false,
		is_archive: false,
		_embedded: {
			statuses: [status(800, 'Incoming', 1), status(888, 'In work'), status(142, 'Won'), status(143, 'Lost')],
		},
	},
];
