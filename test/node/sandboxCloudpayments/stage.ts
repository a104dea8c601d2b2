import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import {
	startCloudPayments, type CloudPaymentsOptions, type CloudPaymentsSandbox,
} from '../../../sandbox/cloudpayments';
import { NOTIFICATION_TYPES } from '../../../sandbox/cloudpayments/addresses';
import type { CloudPaymentsControl } from '../../../sandbox/cloudpayments/control';
import { startShop, type Shop } from './shop';

export const PUBLIC_ID = 'pk_stageOfNobody';
export const API_SECRET = 'stage-secret-of-nobody';

export const CARDS = {
	with3ds: '4242424242424242',
	plain: '4000000000003055',
	tokenFails: '4111111111111111',
	noMoney: '4000056655665556',
	noMoney3ds: '4012888888881881',
} as const;

/** An answer of the API; tests look into it freely. */
export type Answer = AxiosResponse;

/** CloudPayments, its client with the right keys, and the shop that gets the notifications. */
export interface Stage {
	readonly cp: CloudPaymentsSandbox;
	readonly control: CloudPaymentsControl;
	readonly shop: Shop;
	readonly http: AxiosInstance;
	readonly log: string[];
	/** Calls the API with a JSON body. */
	post(path: string, body?: object, headers?: object): Promise<Answer>;
	/** The model of an answer that must be a good one. */
	model(path: string, body?: object): Promise<Answer['data']>;
	/** `POST /_control/<action>` over HTTP. */
	drive(action: string, body?: object): Promise<Answer>;
	/** Sets the addresses of these types, all but Check by default. */
	listen(...types: ReadonlyArray<(typeof NOTIFICATION_TYPES)[number]>): void;
	close(): Promise<void>;
}

/** Minutes between retries pass within microseconds unless `options` say otherwise. */
export async function startStage(options: Partial<CloudPaymentsOptions> = {}): Promise<Stage> {
	const shop = await startShop();
	const log: string[] = [];
	const cp = await startCloudPayments({
		port: 0, publicId: PUBLIC_ID, apiSecret: API_SECRET, timeScale: 1e-7, log: (line) => void log.push(line), ...options,
	});
	const { control } = cp;
	const http = axios.create({
		baseURL: cp.url,
		auth: { username: PUBLIC_ID, password: API_SECRET },
		maxRedirects: 0,
		validateStatus: () => true,
		proxy: false,
	});
	const post: Stage['post'] = async (path, body = {}, headers = {}) => await http.post(`/${path}`, body, { headers });
	return {
		cp,
		control,
		shop,
		http,
		log,
		post,
		model: async (path, body) => {
			const { data } = await post(path, body);
			if (!data.Success) throw new Error(`${path}: ${JSON.stringify(data)}`);
			return data.Model;
		},
		drive: async (action, body = {}) => await http.post(`/_control/${action}`, body),
		listen: (...types) => {
			const chosen = types.length > 0 ? types : NOTIFICATION_TYPES.filter((type) => type !== 'check');
			for (const type of chosen) control.setNotification(type, `${shop.url}/hook/${type}`);
		},
		close: async () => {
			await cp.close();
			await shop.close();
		},
	};
}

/** An order of a plan for 1490 roubles, complete. */
export function orderBody(changes: object = {}): object {
	return {
		Amount: 1490,
		Currency: 'RUB',
		Description: 'Тариф «Профи» 100% + бонус, 30 дней',
		InvoiceId: 'order-417',
		AccountId: 'user+17@example.com',
		Email: 'user+17@example.com',
		JsonData: '{"plan":"pro","days":30,"note":"a+b=c & d"}',
		...changes,
	};
}

export async function newOrder(stage: Stage, changes: object = {}): Promise<string> {
	return String((await stage.model('orders/create', orderBody(changes))).Id);
}

/** A paid order: its transaction and the token of its card. */
export async function paidOrder(
	stage: Stage,
	changes: object = {},
	card: string = CARDS.plain,
): Promise<{ id: number; token: string }> {
	const paid = await stage.control.payOrder(await newOrder(stage, changes), { card });
	if (paid.result === 'declined') throw new Error(`declined: ${paid.reasonCode}`);
	return { id: paid.transactionId, token: paid.token ?? '' };
}

/** The charge of a saved card, complete. */
export function tokenBody(token: string, changes: object = {}): object {
	return {
		Amount: 990, Currency: 'RUB', AccountId: 'user+17@example.com', Token: token, InvoiceId: 'renewal-1',
		TrInitiatorCode: 0, PaymentScheduled: 1, ...changes,
	};
}
