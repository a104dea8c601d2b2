import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { describeLedger, paymentEvent, type Row } from './ledger';

const PIPELINE = { pipeline: 'platform-amocrm', workflow_id: 'wf-crm', kinds: ['paid', 'refunded'], needs_order: false };

interface Plan extends Row {
	lead_id: string | null;
	amount_minor: string;
	paid_minor: string;
	purchases: number;
}

describeLedger('what a CRM is told', (ledger) => {
	let number = 0;
	beforeEach(() => (number = 0));

	/** A claimed event of the platform; each has a customer of its own unless the test says otherwise. */
	async function event(overrides: Partial<PaymentEvent> = {}): Promise<string> {
		number += 1;
		const receipt = await ledger.receive(
			paymentEvent({ provider: 'platform', eventKey: `p${number}`, providerPaymentId: `pay-${number}`, ...overrides }),
			{ ...PIPELINE, serial_key: `customer-${number}` },
		);
		expect(receipt.outcome).toBe('claimed');
		return receipt.event_id;
	}
	const plan = (eventId: string, overrides: Row = {}) =>
		ledger.row<Plan>('plan_crm_payment', { event_id: eventId, contact_id: '11', lead_id: '22', ...overrides });
	const confirm = (eventId: string, paid: number, count: number, overrides: Row = {}) =>
		ledger.row('confirm_crm_payment', { event_id: eventId, lead_id: '22', written: { paid_minor: paid, count }, ...overrides });

	it('PA1: a payment needs no order of ours, where the pipeline says so', async () => {
		expect(await ledger.receive(paymentEvent({ eventKey: 'a' }), { ...PIPELINE, needs_order: true })).toMatchObject({
			outcome: 'ignored',
			reason: 'unknown_order',
		});
		await event();
	});

	it('PA7: totals are what the lead held before, and all payments since; a repeated plan adds nothing', async () => {
		const first = await event();
		const held = { paid_minor: 5_000_00, count: 2, last_payment_id: 'older' };
		expect(await plan(first, { held })).toMatchObject({ lead_id: '22', amount_minor: '100000', paid_minor: '600000', purchases: 3 });
		// The write got through, and its answer did not: the lead shows the new numbers now.
		expect(await plan(first, { held: { paid_minor: 600000, count: 3, last_payment_id: 'pay-1' } })).toMatchObject({
			paid_minor: '600000',
			purchases: 3,
		});
		expect(await confirm(first, 600000, 3, { note_id: '91' })).toMatchObject({ write_again: false, lead_id: '22' });
		const second = await event();
		expect(await plan(second, { held: { paid_minor: 600000, count: 3 } })).toMatchObject({ paid_minor: '700000', purchases: 4 });
	});

	it('PA5: a lead that is created begins with nothing, also when the answer to its creation was lost', async () => {
		const lost = await event();
		expect(await plan(lost, { lead_id: null })).toMatchObject({ lead_id: null, paid_minor: '100000', purchases: 1 });
		// Found again by the next attempt, with the payment in it.
		expect(await plan(lost, { held: { paid_minor: 100000, count: 1, last_payment_id: 'pay-1' } })).toMatchObject({
			lead_id: '22',
			paid_minor: '100000',
			purchases: 1,
		});
		const told = await event();
		await plan(told, { lead_id: null });
		expect(await confirm(told, 100000, 1, { lead_id: '33' })).toMatchObject({ lead_id: '33', write_again: false, paid_minor: '100000' });
	});

	it('PA10: of payments that meet at one lead, whoever writes last writes the sum', async () => {
		const [first, second] = [await event(), await event()];
		await plan(first);
		await plan(second);
		// The second writes 2000 first; then the first writes what it had planned.
		expect(await confirm(second, 200000, 2)).toMatchObject({ write_again: false });
		expect(await confirm(first, 100000, 1)).toMatchObject({ write_again: true, paid_minor: '200000', purchases: 2 });
		expect(await confirm(first, 200000, 2)).toMatchObject({ write_again: false });
	});

	it('PA10: 40 payments planned and confirmed at once leave no sum out', async () => {
		const events: string[] = [];
		for (let index = 0; index < 40; index++) events.push(await event());
		/** The lead as the CRM shows it: the last write wins. */
		let lead = { paid: 0, count: 0 };
		await Promise.all(
			events.map(async (eventId) => {
				let { paid_minor: paid, purchases } = (await plan(eventId)) as { paid_minor: unknown; purchases: number };
				for (let again = true; again; ) {
					await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
					lead = { paid: Number(paid), count: purchases };
					const answer = await confirm(eventId, Number(paid), purchases);
					again = answer.write_again === true;
					({ paid_minor: paid, purchases } = answer as { paid_minor: unknown; purchases: number });
				}
			}),
		);
		expect(lead).toEqual({ paid: 40 * 100000, count: 40 });
	});

	it('PA11: a refund goes to the lead of its payment and takes off only what is new', async () => {
		await plan(await event());
		const refund = (amountMinor: number) => event({ kind: 'refunded', providerPaymentId: 'pay-1', amountMinor });
		expect(await plan(await refund(40000), { lead_id: '99' })).toMatchObject({
			lead_id: '22',
			amount_minor: '-40000',
			paid_minor: '60000',
			purchases: 1,
		});
		const rest = await refund(100000);
		expect(await plan(rest)).toMatchObject({ amount_minor: '-60000', paid_minor: '0', purchases: 0 });
		expect(await plan(rest)).toMatchObject({ amount_minor: '-60000', paid_minor: '0', purchases: 0 });
		expect(await plan(await refund(100000))).toMatchObject({ amount_minor: '0', paid_minor: '0', purchases: 0 });
	});

	it('PA11: a refund of a payment from before this ledger counts against what the lead holds', async () => {
		const refund = await event({ kind: 'refunded', providerPaymentId: 'old', amountMinor: 100000 });
		const held = { paid_minor: 300000, count: 3, last_payment_id: 'old' };
		expect(await plan(refund, { held })).toMatchObject({ paid_minor: '200000', purchases: 2 });
	});

	it('an attempt that finds another lead does not count the payment twice', async () => {
		const eventId = await event();
		await plan(eventId);
		expect(await plan(eventId, { lead_id: '33' })).toMatchObject({ lead_id: '22', paid_minor: '100000' });
	});

	it('refuses what it cannot plan', async () => {
		await expect(plan('999999')).rejects.toThrow('event_id: is not known');
		await expect(plan(await event({ amountMinor: null, currency: null }))).rejects.toThrow('without an amount');
		await expect(plan(await event(), { lead_id: 'abc' })).rejects.toThrow('lead_id: must be the number of a CRM record');
		await expect(confirm(await event(), 1, 1)).rejects.toThrow('was not planned');
	});
});
