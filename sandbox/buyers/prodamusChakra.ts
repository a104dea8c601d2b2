import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod';
import type { Stage } from './buyer';
import { BuyerError, reach } from './buyer';
import { payOnPage } from './payPage';

/** What became of the order, with the time each step took in milliseconds. */
export interface ChakraResult {
	readonly orderId: string;
	readonly paymentUrl: string;
	/** The shop's page that shows the reading. */
	readonly readingUrl: string;
	readonly reading: ChakraReading;
	readonly timings: { readonly orderMs: number; readonly payMs: number; readonly readingMs: number };
}

const orderAnswer = z.object({
	order_id: z.string().min(1),
	payment_url: z.string().url(),
	amount: z.union([z.string(), z.number()]),
	currency: z.string(),
	instant_payment: z.boolean(),
	free_reading: z.object({ text: z.string().min(1) }),
});

const paidAnswer = z.object({
	status: z.literal('ready'),
	reading: z.object({ title: z.string().optional(), text: z.string().min(1), html: z.string(), svg: z.string() }),
});
export type ChakraReading = z.infer<typeof paidAnswer>['reading'];

const BUYER = {
	birth_date: '1985-05-03',
	name: 'Анна',
	email: 'anna@example.com',
	phone: '+79990000001',
	language: 'ru',
};

const PATIENCE_MS = 60_000;
const PAUSE_MS = 300;
const SHOWN_CHARACTERS = 600;

/**
 * One buyer of pipeline prodamus-chakra (domain/requirements.md PC1, PC2, PC6): orders, pays, waits for the reading.
 *
 * @throws BuyerError naming the step that failed
 */
export async function play({ n8nUrl, sandbox, print }: Stage): Promise<ChakraResult> {
	const http = axios.create({ maxRedirects: 0, timeout: 30_000, validateStatus: () => true, proxy: false });

	print(`1. Ordering a reading for ${BUYER.birth_date}, ${BUYER.phone}`);
	const [order, orderMs] = await timed(async () => await placeOrder(http, n8nUrl));
	print(`   order ${order.order_id}, ${order.amount} ${order.currency} (${orderMs} ms)`);
	print(`   free reading: ${firstLine(order.free_reading.text)}`);
	print(`   pay link: ${order.payment_url}`);

	print('2. Paying on the payment page');
	const [paid, payMs] = await timed(async () => {
		const page = `the payment page ${new URL(order.payment_url).origin}`;
		return await reach(page, async () => await payOnPage(http, order.payment_url, BUYER.phone));
	});
	print(`   paid by ${paid.method}, sent back to ${paid.returnUrl ?? 'nowhere'} (${payMs} ms)`);

	print('3. Waiting for the reading');
	const [reading, readingMs] = await timed(async () => {
		return await waitForReading(http, n8nUrl, order.order_id, sandbox.prodamus, print);
	});
	const readingUrl = `${sandbox.shop}/reading?order_id=${encodeURIComponent(order.order_id)}`;
	print(`   there ${readingMs} ms after the payment, ${reading.text.length} characters:`);
	print('');
	for (const line of excerpt(reading.text).split('\n')) print(`   | ${line}`);
	print('');
	print(`All of it: ${readingUrl}`);
	return {
		orderId: order.order_id,
		paymentUrl: order.payment_url,
		readingUrl,
		reading,
		timings: { orderMs, payMs, readingMs },
	};
}

async function placeOrder(http: AxiosInstance, n8nUrl: string): Promise<z.infer<typeof orderAnswer>> {
	const answer = await reach(`n8n at ${n8nUrl}`, async () => {
		return await http.post<unknown>(`${n8nUrl}/webhook/chakra/orders`, BUYER);
	});
	const order = orderAnswer.safeParse(answer.data);
	if (answer.status === 200 && order.success) return order.data;
	throw new BuyerError(`The order was not taken (${answer.status}): ${shortJson(answer.data)}`);
}

async function waitForReading(
	http: AxiosInstance,
	n8nUrl: string,
	orderId: string,
	prodamusUrl: string,
	print: (line: string) => void,
): Promise<ChakraReading> {
	const deadline = Date.now() + PATIENCE_MS;
	let told = '';
	for (;;) {
		const answer = await reach(`n8n at ${n8nUrl}`, async () => {
			return await http.get<unknown>(`${n8nUrl}/webhook/chakra/paid-interpretation`, { params: { order_id: orderId } });
		});
		const paid = paidAnswer.safeParse(answer.data);
		if (answer.status === 200 && paid.success) return paid.data.reading;
		const state = `${answer.status} ${shortJson(answer.data)}`;
		if (answer.status !== 402 && answer.status !== 202) throw new BuyerError(`The reading did not come: ${state}`);
		if (Date.now() > deadline) {
			throw new BuyerError(
				`No reading within ${PATIENCE_MS / 1000} s, last answer ${state}. ` +
					`Deliveries of the webhook: ${prodamusUrl}/_cabinet. Executions: ${n8nUrl}`,
			);
		}
		if (state !== told) print(`   ${state}`);
		told = state;
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}

async function timed<Value>(work: () => Promise<Value>): Promise<[Value, number]> {
	const startedAt = performance.now();
	return [await work(), Math.round(performance.now() - startedAt)];
}

function firstLine(text: string): string {
	return text.trim().split('\n')[0] ?? '';
}

function excerpt(text: string): string {
	return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).trimEnd()} …` : text;
}

function shortJson(value: unknown): string {
	return (JSON.stringify(value) ?? '').slice(0, 300);
}
