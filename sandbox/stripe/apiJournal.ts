import type { IncomingHttpHeaders } from 'node:http';
import { keepNewest } from '../shared/keepNewest';

/** One API call as it was received and answered. */
export interface ApiRequest {
	readonly at: string;
	readonly requestId: string;
	readonly method: string;
	/** Without the query, e.g. `/v1/refunds`. */
	readonly path: string;
	/** The key is masked. */
	readonly headers: Readonly<Record<string, string>>;
	/** Fields of the form, or of the query, by their bracketed names. */
	readonly fields: Readonly<Record<string, string>>;
	readonly idempotencyKey: string | null;
	/** Version the call asked for; null when it named none. */
	readonly stripeVersion: string | null;
	/** `executed`: it took effect or was read; `replayed`: an earlier answer was repeated. */
	readonly outcome: 'executed' | 'replayed' | 'refused' | 'fault';
	/** Null when no answer was sent. */
	readonly status: number | null;
}

/** Which calls are meant; all that are given must hold. */
export type RequestFilter = Partial<Pick<ApiRequest, 'method' | 'path' | 'outcome' | 'status' | 'idempotencyKey'>>;

/** The API calls, oldest first. */
export class ApiJournal {
	private readonly entries: ApiRequest[] = [];

	record(entry: ApiRequest): void {
		keepNewest(this.entries, entry);
	}

	select(filter: RequestFilter): readonly ApiRequest[] {
		const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
		return this.entries.filter((entry) => {
			const fields = new Map<string, unknown>(Object.entries(entry));
			return wanted.every(([name, value]) => fields.get(name) === value);
		});
	}

	clear(): void {
		this.entries.length = 0;
	}
}

/** Headers without secrets: of the key only the kind and the last four characters are left. */
export function withoutSecrets(headers: IncomingHttpHeaders): Record<string, string> {
	const shown = Object.entries(headers).filter(([name]) => name !== 'cookie').map(([name, value]) => {
		const text = [value].flat().join(', ');
		return [name, name === 'authorization' ? maskAuthorization(text) : text];
	});
	return Object.fromEntries(shown) as Record<string, string>;
}

function maskAuthorization(authorization: string): string {
	const [scheme = '', value = ''] = authorization.split(' ');
	return `${scheme} ${maskKey(value)}`;
}

/** `sk_live_…2f9c` */
export function maskKey(key: string): string {
	const kind = /^[a-z]+_(live|test)_/.exec(key)?.[0] ?? '';
	return `${kind}…${key.length >= 16 ? key.slice(-4) : ''}`;
}
