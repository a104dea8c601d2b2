import { notFound } from './apiError';

/** A call that may pass: token, company and form of the body are right. */
export interface Call {
	/** What stands in the path. @throws ApiError 404 when it is no whole number */
	id(name: string): number;
	text(name: string): string;
	readonly query: URLSearchParams;
	/** Parsed JSON; undefined without a body. */
	readonly body: unknown;
}

export interface Answer {
	readonly status: number;
	/** Null is an empty body. */
	readonly body: object | null;
}

export interface Endpoint {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below `/api/v1`; `:company` and `:chain` must be the branch's own. */
	readonly path: string;
	/** Whose tokens are asked for; `partner` goes without the user's. */
	readonly access: 'partner' | 'user';
	serve(call: Call): Answer;
}

/** Data in the envelope; PHP writes an empty `meta` as an array. */
export function answer(data: unknown, status = 200, meta: object = []): Answer {
	return { status, body: { success: true, data, meta } };
}

/** 204. */
export const NO_CONTENT: Answer = { status: 204, body: null };

interface Found {
	readonly endpoint: Endpoint;
	/** What stands in the path, by name. */
	readonly names: ReadonlyMap<string, string>;
}

/** Finds the endpoint of a call. */
export class EndpointTable {
	private readonly rows: ReadonlyArray<{ readonly pattern: RegExp; readonly endpoint: Endpoint }>;

	constructor(endpoints: readonly Endpoint[]) {
		this.rows = endpoints.map((endpoint) => ({
			pattern: new RegExp(`^${endpoint.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
			endpoint,
		}));
	}

	/** @returns null when there is none */
	find(method: string, path: string): Found | null {
		for (const { pattern, endpoint } of this.rows) {
			const match = endpoint.method === method ? pattern.exec(path) : null;
			if (match) return { endpoint, names: new Map(Object.entries(match.groups ?? {})) };
		}
		return null;
	}
}

/** What an endpoint gets to see. */
export function newCall(names: ReadonlyMap<string, string>, query: URLSearchParams, body: unknown): Call {
	const text = (name: string) => names.get(name) ?? '';
	const id = (name: string) => {
		if (!/^\d{1,15}$/.test(text(name))) throw notFound();
		return Number(text(name));
	};
	return { id, text, query, body };
}
