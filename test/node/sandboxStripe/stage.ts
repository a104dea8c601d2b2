import axios, { type AxiosResponse } from 'axios';
import HmacSHA256 from 'crypto-js/hmac-sha256';
import { startStripe, type StripeOptions, type StripeSandbox } from '../../../sandbox/stripe';
import type { StripeEvent } from '../../../sandbox/stripe/objects';
import { startReceiver, type Receiver, type Webhook } from '../sandbox/receiver';

export const KEY = 'sk_live_stageOfNobody0000';
const http = axios.create({ maxRedirects: 0, validateStatus: () => true, proxy: false });

export type Fields = Readonly<Record<string, string>>;
/** An answer of the API; tests look into it freely. */
export type Answer = AxiosResponse<Record<string, never> & { [field: string]: unknown }>;

/** Stripe with its merchant, whose webhook receiver listens to everything. */
export interface Stage {
	readonly stripe: StripeSandbox;
	readonly merchant: Receiver;
	readonly log: string[];
	/** Calls the API with the right key. */
	readonly post: (path: string, fields?: Fields, headers?: Fields) => Promise<Answer>;
	readonly get: (path: string, fields?: Fields) => Promise<Answer>;
	readonly remove: (path: string) => Promise<Answer>;
	/** Registers the merchant's receiver for these types. */
	readonly listen: (types: readonly string[], fields?: Fields) => Promise<{ id: string; secret: string }>;
	/** Events received, in the order they came in. */
	readonly received: () => readonly StripeEvent[];
	close(): Promise<void>;
}

/** Minutes between retries pass within microseconds unless `options` say otherwise. */
export async function startStage(options: Partial<StripeOptions> = {}): Promise<Stage> {
	const merchant = await startReceiver();
	const log: string[] = [];
	const stripe = await startStripe({
		port: 0, secretKey: KEY, timeScale: 1e-7, log: (line) => void log.push(line), ...options,
	});
	const auth = { Authorization: `Bearer ${KEY}` };
	const post = async (path: string, fields: Fields = {}, headers: Fields = {}): Promise<Answer> => {
		return await http.post(`${stripe.url}/v1${path}`, new URLSearchParams(fields), { headers: { ...auth, ...headers } });
	};
	return {
		stripe,
		merchant,
		log,
		post,
		get: async (path, fields = {}) => {
			return await http.get(`${stripe.url}/v1${path}?${new URLSearchParams(fields).toString()}`, { headers: auth });
		},
		remove: async (path) => await http.delete(`${stripe.url}/v1${path}`, { headers: auth }),
		listen: async (types, fields = {}) => {
			const events = Object.fromEntries(types.map((type, index) => [`enabled_events[${index}]`, type]));
			const answer = await post('/webhook_endpoints', { url: `${merchant.url}/hook`, ...events, ...fields });
			return { id: String(answer.data.id), secret: String(answer.data.secret) };
		},
		received: () => merchant.webhooks.map(eventOf),
		close: async () => {
			await stripe.close();
			await merchant.close();
		},
	};
}

export function eventOf({ raw }: Webhook): StripeEvent {
	return JSON.parse(raw) as StripeEvent;
}

/** A session of one course for 49 euros, complete. */
export function courseFields(changes: Fields = {}): Fields {
	return {
		mode: 'payment',
		'line_items[0][price_data][currency]': 'eur',
		'line_items[0][price_data][unit_amount]': '4900',
		'line_items[0][price_data][product_data][name]': 'Course',
		'line_items[0][quantity]': '1',
		success_url: 'http://127.0.0.1:9/thanks?session={CHECKOUT_SESSION_ID}',
		cancel_url: 'http://127.0.0.1:9/back',
		client_reference_id: 'order-7',
		'metadata[tg_id]': '5000000001',
		'payment_intent_data[metadata][tg_id]': '5000000001',
		...changes,
	};
}

/** A session of the monthly club. */
export function clubFields(changes: Fields = {}): Fields {
	return {
		mode: 'subscription',
		'line_items[0][price]': 'price_sandboxMonthly',
		'line_items[0][quantity]': '1',
		success_url: 'http://127.0.0.1:9/thanks',
		'metadata[tg_id]': '5000000001',
		'subscription_data[metadata][tg_id]': '5000000001',
		...changes,
	};
}

export async function newSession(stage: Stage, fields: Fields = courseFields()): Promise<string> {
	const { data, status } = await stage.post('/checkout/sessions', fields);
	if (status !== 200) throw new Error(JSON.stringify(data));
	return String(data.id);
}

/** A paid course: the session's id and its payment intent. */
export async function paidCourse(stage: Stage): Promise<{ session: string; intent: string }> {
	const session = await newSession(stage);
	return { session, intent: String(stage.stripe.control.pay(session).payment_intent) };
}

/** A running subscription. */
export async function subscribed(stage: Stage, fields: Fields = {}): Promise<{ session: string; id: string }> {
	const session = await newSession(stage, clubFields(fields));
	return { session, id: String(stage.stripe.control.pay(session).subscription) };
}

/** The parts of a `Stripe-Signature` header. */
export function signatureOf({ headers }: Webhook): { t: number; v1: string[]; v0: string[] } {
	const parts = String(headers['stripe-signature']).split(',').map((part) => part.split('='));
	const values = (name: string) => parts.filter(([key]) => key === name).map(([, value]) => value ?? '');
	return { t: Number(values('t')[0]), v1: values('v1'), v0: values('v0') };
}

/** The signature as an independent library makes it. */
export function expectedSignature(webhook: Webhook, secret: string): string {
	return HmacSHA256(`${signatureOf(webhook).t}.${webhook.raw}`, secret).toString();
}
