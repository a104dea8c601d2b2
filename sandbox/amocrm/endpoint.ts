import type { ListQuery } from './listQuery';

/** One API call on its way to its endpoint. */
export interface Call {
	/** The numbers of the path, in order. */
	readonly ids: readonly number[];
	/** Path and query of the request, for the self link. */
	readonly path: string;
	readonly query: ListQuery;
	/** The query as far as filters are concerned: empty while the account ignores them. */
	readonly filters: ListQuery;
	/** Parsed JSON; undefined when there was no body. */
	readonly body: unknown;
}

/** `body` null leaves the answer empty. */
export interface Answer {
	readonly status: number;
	readonly body: object | null;
}

/** An endpoint below `/api/v4`; `:id` in the pattern stands for a number. */
export interface Endpoint {
	readonly method: 'GET' | 'POST' | 'PATCH';
	readonly pattern: string;
	/** @throws Problem when the call cannot be served; nothing is changed then */
	readonly serve: (call: Call) => Answer;
}

export const NO_CONTENT: Answer = { status: 204, body: null };

export function ok(body: object): Answer {
	return { status: 200, body };
}

/** Finds the endpoint of a method and path. */
export class EndpointTable {
	private readonly entries: ReadonlyArray<{ readonly endpoint: Endpoint; readonly path: RegExp }>;

	constructor(endpoints: readonly Endpoint[]) {
		this.entries = endpoints.map((endpoint) => ({
			endpoint,
			path: new RegExp(`^${endpoint.pattern.replaceAll(':id', '(\\d+)')}$`),
		}));
	}

	find(method: string, path: string): { readonly endpoint: Endpoint; readonly ids: readonly number[] } | null {
		for (const { endpoint, path: pattern } of this.entries) {
			const match = endpoint.method === method ? pattern.exec(path) : null;
			if (match) return { endpoint, ids: match.slice(1).map(Number) };
		}
		return null;
	}
}
