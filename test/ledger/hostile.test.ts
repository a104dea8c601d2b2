import fc from 'fast-check';

import { type Claim, describeLedger, orderInput, paymentEvent, type Row, subscription } from './ledger';

const HOSTILE_TEXTS = [
	"'; DROP SCHEMA fulfillment CASCADE; --",
	'"quoted" \\ back\\slash \'\' $1 $fn$ {{ $json.x }} %s %I',
	'line\nbreak\ttab\u2028\u202e\ufeff',
	'Покупатель 🧘‍♀️ é́',
	'__proto__',
	'null',
];

describeLedger('hostile text', (ledger) => {
	/** The same text in every free field of an order and of its events, from creation to failure. */
	async function travel(text: string): Promise<void> {
		const fields = { description: text, details: { [text]: text }, idempotency_key: text };
		const customer = { name: text, email: text, telegram_username: text };
		const scope = { pipeline: text, provider: text };
		const orderRef = await ledger.order({ ...fields, ...scope, customer });
		const event = paymentEvent({
			provider: text,
			eventKey: text,
			orderRef,
			providerPaymentId: text,
			reason: text,
			customer: { name: text, email: text, phone: null, telegramId: null, telegramUsername: text },
			items: [{ name: text, quantity: 1, priceMinor: 100000, sku: text }],
			subscription: subscription({ planId: text, subscriptionId: text, name: text, errorCode: text }),
			utm: { [text]: text },
			raw: { [text]: [text] },
		});
		const ids = { workflow_id: text, execution_id: text };
		const {
			outcome,
			order,
			event: stored,
			event_id,
			lease_token,
		} = await ledger.receive(event, {
			...ids,
			pipeline: text,
			serial_key: text,
		});
		expect(outcome).toBe('claimed');
		expect(stored).toEqual(event);
		expect(order).toMatchObject({
			...scope,
			description: text,
			details: fields.details,
			customer,
			provider_payment_id: text,
		});
		expect(await ledger.row('take_up_event', { event_id, lease_token, execution_id: text })).toMatchObject({
			outcome: 'claimed',
		});
		await ledger.row('fail_execution', {
			...ids,
			workflow_name: text,
			node: text,
			error: text,
			execution_url: text,
		});
		expect(await ledger.stored(event_id)).toMatchObject({
			status: 'failed',
			last_error: `${text}: ${text}`,
			serial_key: text,
		});

		const replay = await ledger.row<Claim>('replay_event', { event_id });
		await ledger.finish(replay, { result: { [text]: text }, note: text });
		expect(await ledger.row('read_order', { order_ref: orderRef, pipeline: text })).toMatchObject({
			outcome: 'ready',
			details: fields.details,
			result: { [text]: text },
		});
		expect(
			await ledger.sql('SELECT provider, plan_id, name, customer_name FROM fulfillment.subscriptions'),
		).toEqual([{ provider: text, plan_id: text, name: text, customer_name: text }]);
		expect(await ledger.row('read_order', { order_ref: text, pipeline: text })).toMatchObject({
			outcome: 'not_found',
		});
	}

	it.each(HOSTILE_TEXTS)('%j comes back as it went in', (text) => travel(text));

	it('any Unicode text comes back as it went in', async () => {
		const text = fc
			.string({ unit: 'binary', minLength: 1, maxLength: 50 })
			.filter((value) => !value.includes('\0'));
		await fc.assert(
			fc.asyncProperty(text, async (value) => {
				await ledger.empty();
				await travel(value);
			}),
			{ seed: 20250303, numRuns: 30 },
		);
	}, 60_000);

	it.each([
		['NUL', 'a\0b', 'unsupported Unicode escape sequence'],
		['half a surrogate pair', 'a\ud800b', 'invalid input syntax for type json'],
	])('%s is refused with a clear error and leaves nothing behind', async (_what, text, message) => {
		const calls: Array<[string, Row]> = [
			['create_order', orderInput({ description: text })],
			[
				'receive_event',
				{
					event: paymentEvent({ reason: text }),
					pipeline: 'p',
					workflow_id: 'w',
					execution_id: 'e',
					kinds: [],
				},
			],
			['fail_execution', { workflow_id: 'w', error: text }],
		];
		for (const [fn, p] of calls) await expect(ledger.row(fn, p)).rejects.toThrow(message);
		for (const table of ['orders', 'events', 'alerts']) {
			expect(await ledger.sql(`SELECT FROM fulfillment.${table}`)).toHaveLength(0);
		}
	});

	it('1 MB of raw fields and an e-mail of 1 MB are stored', async () => {
		const random = Array.from({ length: 131_072 }, (_, index) =>
			(index * 2_654_435_761).toString(16).padStart(8, '0').slice(-8),
		);
		const raw = { huge: random.join('') };
		const email = `${random.reverse().join('')}@example.com`;
		const orderRef = await ledger.order({ customer: {} });
		const customer = { name: null, email, phone: null, telegramId: null, telegramUsername: null };
		const receipt = await ledger.receive(paymentEvent({ orderRef, raw, customer }));
		expect(receipt.outcome).toBe('claimed');
		expect(receipt.event?.raw).toEqual(raw);
		expect(await ledger.finish(receipt as Claim)).toMatchObject({ outcome: 'done' });
	});

	it.each(['null', '[]', '"text"', '42', '{}'])('refuses the parameter %s', async (p) => {
		for (const fn of [
			'create_order',
			'receive_event',
			'take_up_event',
			'finish_event',
			'fail_event',
			'fail_execution',
			'read_order',
			'replay_event',
		]) {
			await expect(ledger.sql(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [p])).rejects.toMatchObject({
				code: '22023',
			});
		}
	});
});
