import { createHmac } from 'node:crypto';

import { sign, verify } from '../../nodes/Prodamus/signature';
import { canonicalJson } from '../../sandbox/prodamus/signature';
import { type Comparison, alternate } from './rounds';

const SECRET = 'bench-secret-of-nobody';
const CALLS = 20_000;

/** verify() of a usual notification against one bare HMAC over the text that is signed: verifications per second. */
export async function measureSignature(rounds: number): Promise<Comparison> {
	const fields = {
		date: '2026-11-20T12:00:00+03:00',
		order_id: '48211907',
		order_num: 'a'.repeat(40),
		sum: '1000.00',
		currency: 'rub',
		customer_phone: '+79990000001',
		customer_email: 'buyer@example.com',
		payment_type: 'Оплата картой, выпущенной в РФ',
		attempt: '1',
		products: [{ name: 'Расширенный разбор', price: '1000.00', quantity: '1', sum: '1000.00' }],
		payment_status: 'success',
		payment_init: 'manual',
	};
	const signature = sign(fields, SECRET);
	const text = canonicalJson(fields);
	return await alternate(
		'Prodamus verify() / bare createHmac',
		'calls/s',
		rounds,
		() => callsPerSecond(() => verify(fields, signature, SECRET)),
		() => callsPerSecond(() => createHmac('sha256', SECRET).update(text).digest('hex') === signature),
	);
}

function callsPerSecond(call: () => boolean): number {
	const started = performance.now();
	for (let count = 0; count < CALLS; count++) {
		if (!call()) throw new Error('The signature did not verify');
	}
	return CALLS / ((performance.now() - started) / 1000);
}
