import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { type AmoCrmOptions, type AmoCrmSandbox, startAmoCrm } from '../../../sandbox/amocrm';

export const TOKEN = 'stage-token-of-nobody';

/** The stand-in with a client that holds the token. */
export interface Stage {
	readonly crm: AmoCrmSandbox;
	readonly http: AxiosInstance;
	readonly log: string[];
	get(path: string): Promise<AxiosResponse>;
	post(path: string, body: unknown): Promise<AxiosResponse>;
	patch(path: string, body: unknown): Promise<AxiosResponse>;
	/** `POST /_control/<action>` over HTTP. */
	drive(action: string, body?: object): Promise<AxiosResponse>;
}

const started: AmoCrmSandbox[] = [];

/** Stops every stage, those of a test that failed halfway too: an open server would keep Jest from ending. */
export async function closeStages(): Promise<void> {
	await Promise.all(started.splice(0).map(async (crm) => await crm.close()));
}

/** Tests make many calls a second, so the rate is high unless a test is about it. */
export async function startStage(options: Partial<AmoCrmOptions> = {}): Promise<Stage> {
	const log: string[] = [];
	const crm = await startAmoCrm({
		port: 0, token: TOKEN, perSecond: 10_000, log: (line) => log.push(line), ...options,
	});
	started.push(crm);
	const http = axios.create({
		baseURL: `${crm.url}/api/v4`,
		headers: { Authorization: `Bearer ${TOKEN}` },
		validateStatus: () => true,
		proxy: false,
	});
	return {
		crm,
		http,
		log,
		get: async (path) => await http.get(path),
		post: async (path, body) => await http.post(path, body),
		patch: async (path, body) => await http.patch(path, body),
		drive: async (action, body = {}) => await http.post(`${crm.url}/_control/${action}`, body),
	};
}

/** Ids of a list, in order; empty for 204. */
export function idsOf({ data }: AxiosResponse, collection: string): number[] {
	const rows: ReadonlyArray<{ id: number }> = data === '' ? [] : data._embedded[collection];
	return rows.map(({ id }) => id);
}

/** Codes and paths of a 400, by request id. */
export function violationsOf({ data }: AxiosResponse): Record<string, string[]> {
	const refused: ReadonlyArray<{ request_id: string; errors: ReadonlyArray<{ code: string; path: string }> }> =
		data['validation-errors'] ?? [];
	return Object.fromEntries(
		refused.map(({ request_id: id, errors }) => [id, errors.map(({ code, path }) => `${code} ${path}`)]),
	);
}
