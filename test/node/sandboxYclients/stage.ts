import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { startYClients, type YClientsOptions, type YClientsSandbox } from '../../../sandbox/yclients';
import type { YClientsControl } from '../../../sandbox/yclients/control';
import { startReceiver, type Receiver } from '../sandbox/receiver';

export const COMPANY = 555001;
export const PARTNER = 'stage-partner-of-nobody';
export const USER = 'stage-user-of-nobody';
export const ACCEPT = 'application/vnd.yclients.v2+json';

/** An answer of the API; tests look into it freely. */
export type Answer = AxiosResponse;

/** The branch, a client of its API with both tokens, and a receiver that gets its webhooks. */
export interface Stage {
	readonly yclients: YClientsSandbox;
	readonly control: YClientsControl;
	readonly merchant: Receiver;
	readonly http: AxiosInstance;
	readonly log: string[];
	get(path: string, params?: object): Promise<Answer>;
	post(path: string, body?: unknown): Promise<Answer>;
	put(path: string, body: unknown): Promise<Answer>;
	remove(path: string): Promise<Answer>;
	/** `POST /_control/<action>` over HTTP. */
	drive(action: string, body?: object): Promise<Answer>;
	/** Bodies of the webhooks received, in the order they came in. */
	received(): ReadonlyArray<Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> }>;
	close(): Promise<void>;
}

/** Tests make many calls a second, so the limits are high unless a test is about them. */
export async function startStage(options: Partial<YClientsOptions> = {}): Promise<Stage> {
	const merchant = await startReceiver();
	const log: string[] = [];
	const yclients = await startYClients({
		port: 0,
		partnerToken: PARTNER,
		userToken: USER,
		companyId: COMPANY,
		webhookUrl: `${merchant.url}/hook/secret-of-nobody`,
		timeScale: 0.001,
		limits: { perSecond: 10_000, perMinute: 100_000 },
		log: (line) => void log.push(line),
		...options,
	});
	const http = axios.create({
		baseURL: `${yclients.url}/api/v1`,
		headers: { Authorization: `Bearer ${PARTNER}, User ${USER}`, Accept: ACCEPT },
		validateStatus: () => true,
		proxy: false,
	});
	return {
		yclients,
		control: yclients.control,
		merchant,
		http,
		log,
		get: async (path, params = {}) => await http.get(path, { params }),
		post: async (path, body) => await http.post(path, body),
		put: async (path, body) => await http.put(path, body),
		remove: async (path) => await http.delete(path),
		drive: async (action, body = {}) => await http.post(`${yclients.url}/_control/${action}`, body),
		received: () => merchant.webhooks.map(({ raw }) => JSON.parse(raw)),
		close: async () => {
			await yclients.close();
			await merchant.close();
		},
	};
}

/** A whole record as `POST /records` wants it. */
export function wholeRecord(changes: object = {}): object {
	return {
		staff_id: 9001,
		services: [{ id: 3068094, first_cost: 2000, discount: 0, cost: 2000 }],
		client: { phone: '+79990001122', name: 'Анна', email: 'anna@example.com' },
		datetime: '2030-03-10T12:00:00+03:00',
		seance_length: 3600,
		save_if_busy: false,
		comment: 'Код клиента: ABC12345',
		api_id: 'order-17',
		...changes,
	};
}

/** An online booking as `POST /book_record` wants it. */
export function onlineRequest(changes: object = {}, appointment: object = {}): object {
	return {
		phone: '79990001122',
		fullname: 'Анна',
		email: 'anna@example.com',
		comment: 'Код клиента: ABC12345',
		api_id: 'order-18',
		appointments: [
			{ id: 1, staff_id: 9001, services: [3068094], datetime: '2030-03-10T12:00:00+03:00', ...appointment },
		],
		...changes,
	};
}

/** Ids of a list, in order. */
export function idsOf({ data }: Answer): number[] {
	return data.data.map(({ id }: { id: number }) => id);
}
