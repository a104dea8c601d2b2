import { randomUUID } from 'node:crypto';
import express from 'express';
import { listenOnLoopback, type Listening } from '../../../sandbox/shared/listen';
import { linkParameters, linkUrl, signed } from './stage';

/** What the endpoints of pipeline prodamus-chakra answer, without n8n. */
export interface FakeN8n extends Listening {
	/** Where the pay links lead; set once the page listens. */
	pageUrl: string;
	/** Turns a good order or a paid reading into another answer. */
	orderStatus: number;
	readingStatus: number | null;
}

export async function startFakeN8n(): Promise<FakeN8n> {
	const paid = new Set<string>();
	const app = express();
	app.post('/webhook/chakra/orders', express.json(), (request, response) => {
		if (fake.orderStatus !== 200) {
			const issues = [{ field: 'phone', code: 'WRONG_FORMAT', message: 'phone must be a phone number' }];
			return void response.status(fake.orderStatus).json({ error: 'validation', issues });
		}
		const orderId = randomUUID();
		const { phone } = request.body as { phone?: string };
		const link = signed(linkParameters({ order_id: orderId, customer_phone: phone ?? '' }));
		response.json({
			order_id: orderId,
			payment_url: linkUrl(fake.pageUrl, link),
			amount: '1000.00',
			currency: 'RUB',
			instant_payment: phone !== undefined,
			free_reading: { text: 'Короткий разбор\nОпора: 5', html: '<p>Короткий разбор</p>', svg: '<svg/>' },
		});
	});
	app.post('/webhook/chakra/prodamus', express.raw({ type: () => true }), async (request, response) => {
		const headers = { 'content-type': request.headers['content-type'] ?? '' };
		const form = await new Response(new Uint8Array(request.body as Buffer), { headers }).formData();
		paid.add(String(form.get('order_num')));
		response.send('success');
	});
	app.get('/webhook/chakra/paid-interpretation', (request, response) => {
		const status = fake.readingStatus ?? (paid.has(String(request.query.order_id)) ? 200 : 402);
		const reading = { text: 'Полный разбор', html: '<p>Полный разбор</p>', svg: '<svg/>' };
		const word = status === 200 ? 'ready' : 'not_paid';
		response.status(status).json({ status: word, ...(status === 200 ? { reading } : { message: 'not paid yet' }) });
	});
	const listening = await listenOnLoopback(app, 0, 'fake n8n');
	const fake: FakeN8n = { ...listening, pageUrl: '', orderStatus: 200, readingStatus: null };
	return fake;
}
