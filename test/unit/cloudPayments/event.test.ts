import fc from 'fast-check';

import { readFields } from '../../../nodes/CloudPayments/body';
import {
	NOTIFICATION_TYPES,
	toPaymentEvent,
	UnreadableNotificationError,
	type EventOptions,
} from '../../../nodes/CloudPayments/event';
import type { FormTree } from '../../../nodes/shared/formTree';
import { paymentEventSchema } from '../../../nodes/shared/paymentEvent';
import { vector } from './vectors';

const PAY: FormTree = {
	TransactionId: '2347811905',
	Amount: '1490.00',
	Currency: 'RUB',
	PaymentAmount: '15.90',
	PaymentCurrency: 'USD',
	DateTime: '2026-08-14 09:31:05',
	TestMode: '0',
	Status: 'Completed',
	OperationType: 'Payment',
	InvoiceId: 'ORD-1',
	AccountId: 'u-77',
	SubscriptionId: '',
	Name: 'IVAN PETROV',
	Email: 'buyer@example.com',
	Description: 'Plan Pro',
};

const SUBSCRIPTION: FormTree = {
	Id: 'sc_1',
	AccountId: 'u-77',
	Description: 'Plan Pro',
	Email: 'buyer@example.com',
	Amount: '1490.00',
	Currency: 'RUB',
	RequireConfirmation: '0',
	StartDate: '2026-09-13 09:31:05',
	Interval: 'Day',
	Period: '30',
	Status: 'Active',
	SuccessfulTransactionsNumber: '2',
	FailedTransactionsNumber: '0',
	LastTransactionDate: '2026-10-13 09:31:06',
	NextTransactionDate: '2026-11-12 09:31:05',
};

const read = (type: string, fields: FormTree = {}, options?: EventOptions) =>
	toPaymentEvent(type, { ...(type === 'recurrent' ? SUBSCRIPTION : PAY), ...fields }, options);

function fieldAtFault(type: string, fields: FormTree): string {
	try {
		read(type, fields);
	} catch (error) {
		if (error instanceof UnreadableNotificationError) return error.field;
		throw error;
	}
	return 'none';
}

describe('a Pay (CP1, CP6)', () => {
	it('becomes one payment event in the currency of the order', () => {
		expect(read('pay')).toEqual({
			version: 1,
			provider: 'cloudpayments',
			kind: 'paid',
			eventKey: 'transaction:2347811905:paid',
			orderRef: 'ORD-1',
			providerPaymentId: '2347811905',
			amountMinor: 149_000,
			currency: 'RUB',
			occurredAt: '2026-08-14T09:31:05.000Z',
			isTest: false,
			reason: 'Completed',
			customer: {
				name: 'IVAN PETROV',
				email: 'buyer@example.com',
				phone: null,
				telegramId: null,
				telegramUsername: null,
			},
			items: [],
			subscription: null,
			utm: {},
			raw: PAY,
		});
	});

	it('of two stages only holds the money; its Confirm takes it (CP13)', () => {
		expect(read('pay', { Status: 'Authorized' })).toMatchObject({
			kind: 'authorized',
			eventKey: 'transaction:2347811905:authorized',
		});
		expect(read('confirm')).toMatchObject({ kind: 'paid', eventKey: 'transaction:2347811905:paid' });
	});

	it('of a subscription renews it (CP9)', () => {
		const event = read('pay', { SubscriptionId: 'sc_1' });
		expect(event).toMatchObject({
			kind: 'renewed',
			eventKey: 'transaction:2347811905:paid',
			subscription: { subscriptionId: 'sc_1', name: 'Plan Pro', renews: true, errorCode: null, nextPaymentAt: null },
		});
		expect(read('confirm', { SubscriptionId: 'sc_1' }).kind).toBe('renewed');
		expect(read('pay', { SubscriptionId: 'sc_1', Status: 'Authorized' }).kind).toBe('authorized');
	});

	it.each(['Pending', 'AwaitingAuthentication', 'Declined', 'x'])('with the status %s is not final', (Status) => {
		expect(read('pay', { Status })).toMatchObject({
			kind: 'other',
			eventKey: `transaction:2347811905:pay:${Status.toLowerCase()}`,
		});
	});

	it('never counts as paid without a status', () => {
		expect(fieldAtFault('pay', { Status: '' })).toBe('Status');
		expect(fieldAtFault('confirm', { Status: null })).toBe('Status');
	});

	it('of the shared vectors is read from its bytes', () => {
		const { rawBody, contentType } = vector('pay-form-both-headers');
		expect(toPaymentEvent('Pay', readFields(Buffer.from(rawBody), contentType))).toMatchObject({
			kind: 'paid',
			amountMinor: 149_000,
			isTest: true,
			orderRef: 'ORD-2026-00417',
			customer: { name: 'IVAN PETROV', email: 'user+17@example.com' },
			raw: { Data: { plan: 'pro', days: 30 } },
		});
	});
});

describe('other notifications', () => {
	it('Check asks, and may come as JSON (CP13)', () => {
		const { rawBody, contentType } = vector('check-json-nested-data');
		expect(toPaymentEvent('check', readFields(Buffer.from(rawBody), contentType))).toMatchObject({
			kind: 'check',
			eventKey: 'transaction:2347811950:check',
			amountMinor: 99_050,
			isTest: true,
			orderRef: 'ORD-2026-00418',
		});
	});

	it('Fail tells why, also of a subscription (CP9, CP11)', () => {
		const { rawBody, contentType } = vector('fail-form-headers-swapped');
		expect(toPaymentEvent('fail', readFields(Buffer.from(rawBody), contentType))).toMatchObject({
			kind: 'failed',
			eventKey: 'transaction:2347812001:failed',
			reason: 'InsufficientFunds',
			subscription: { subscriptionId: 'sc_8cf8a9338fb8ebf7202b08d09c938', errorCode: '5051', renews: true },
		});
	});

	it('Refund names the payment it belongs to, has its own key and no currency (CP10)', () => {
		const { rawBody, contentType } = vector('refund-form-x-content-only');
		expect(toPaymentEvent('refund', readFields(Buffer.from(rawBody), contentType))).toMatchObject({
			kind: 'refunded',
			eventKey: 'transaction:2347812777:refunded',
			providerPaymentId: '2347811905',
			refundId: '2347812777',
			amountMinor: 49_000,
			currency: null,
			orderRef: 'ORD-2026-00417',
		});
	});

	it('Refund never takes its own number for that of the payment', () => {
		expect(read('refund')).toMatchObject({ refundId: '2347811905', providerPaymentId: null });
		expect(fieldAtFault('refund', { TransactionId: '' })).toBe('TransactionId');
	});

	it.each(NOTIFICATION_TYPES.filter((type) => type !== 'refund'))('%s has no number of a refund', (type) => {
		expect(read(type)).not.toHaveProperty('refundId');
	});

	it('Cancel gives the held money back', () => {
		expect(read('cancel', { Currency: '' })).toMatchObject({
			kind: 'canceled',
			eventKey: 'transaction:2347811905:canceled',
			currency: null,
		});
	});

	it.each([
		['Active', 'other', true],
		['PastDue', 'other', true],
		['Cancelled', 'canceled', false],
		['Expired', 'canceled', false],
		['Rejected', 'subscription_ended', false],
		['Unheard', 'other', false],
	])('Recurrent with the status %s is %s (CP9)', (Status, kind, renews) => {
		expect(read('recurrent', { Status })).toMatchObject({
			kind,
			eventKey: `subscription:sc_1:${Status.toLowerCase()}:2:0`,
			amountMinor: null,
			currency: 'RUB',
			orderRef: null,
			providerPaymentId: null,
			reason: Status,
			subscription: {
				subscriptionId: 'sc_1',
				name: 'Plan Pro',
				paymentNumber: 2,
				nextPaymentAt: '2026-11-12T09:31:05.000Z',
				renews,
			},
		});
	});

	it('Recurrent has a key of its own for every change', () => {
		const keys = [
			read('recurrent', { Status: 'PastDue', FailedTransactionsNumber: '1' }),
			read('recurrent', { Status: 'PastDue', FailedTransactionsNumber: '2' }),
			read('recurrent', { Status: 'Active', SuccessfulTransactionsNumber: '3' }),
		].map(({ eventKey }) => eventKey);
		expect(new Set(keys).size).toBe(3);
	});

	it('types may be written in any letter case, and no others exist', () => {
		expect(read('PAY').kind).toBe('paid');
		expect(() => read('receipt')).toThrow(RangeError);
	});
});

describe('the time', () => {
	const receivedAt = new Date('2026-12-01T00:00:00Z');

	it.each<[FormTree, string]>([
		[{ DateTime: '2026-08-14T09:31:05' }, '2026-08-14T09:31:05.000Z'],
		[{ DateTime: '2026-08-14T09:31:05.123Z' }, '2026-08-14T09:31:05.000Z'],
		[{ DateTime: '/Date(1786699865000)/' }, '2026-08-14T09:31:05.000Z'],
	])('%j is read as UTC', (fields, iso) => {
		expect(read('pay', fields, { receivedAt }).occurredAt).toBe(iso);
	});

	it.each(['2026-02-30 00:00:00', '2026-13-01 00:00:00', '14.08.2026', '2026-08-14', '2026-08-14 25:00:00'])(
		'%s is refused',
		(DateTime) => {
			expect(fieldAtFault('pay', { DateTime })).toBe('DateTime');
		},
	);

	it('is that of the arrival for Recurrent, which carries none', () => {
		expect(read('recurrent', {}, { receivedAt }).occurredAt).toBe('2026-12-01T00:00:00.000Z');
		expect(read('recurrent').occurredAt).toBe('2026-10-13T09:31:06.000Z');
		expect(read('recurrent', { LastTransactionDate: '' }).occurredAt).toBe('2026-09-13T09:31:05.000Z');
	});

	it('is needed', () => {
		expect(fieldAtFault('pay', { DateTime: '' })).toBe('DateTime');
		expect(fieldAtFault('recurrent', { NextTransactionDate: 'soon' })).toBe('NextTransactionDate');
	});
});

describe('money and identity', () => {
	it.each<[FormTree, number]>([
		[{ Amount: '0.01' }, 1],
		[{ Amount: 990.5 }, 99_050],
		[{ Amount: '1490' }, 149_000],
		[{ Amount: '1490.10', Currency: 'kzt' }, 149_010],
	])('%j is %d', (fields, minor) => {
		expect(read('pay', fields).amountMinor).toBe(minor);
	});

	it.each<[FormTree, string]>([
		[{ Amount: '' }, 'Amount'],
		[{ Amount: 'many' }, 'Amount'],
		[{ Amount: '-1' }, 'Amount'],
		[{ Amount: '1.001' }, 'Amount'],
		[{ Amount: ['1'] }, 'Amount'],
		[{ Currency: '' }, 'Currency'],
		[{ Currency: 'rubles' }, 'currency'],
		[{ TransactionId: '' }, 'TransactionId'],
		[{ TransactionId: { a: 1 } }, 'TransactionId'],
	])('%j is refused, naming %s', (fields, field) => {
		for (const type of ['check', 'pay', 'confirm', 'fail']) expect(fieldAtFault(type, fields)).toBe(field);
	});

	it('Recurrent needs its id', () => {
		expect(fieldAtFault('recurrent', { Id: '' })).toBe('Id');
		expect(fieldAtFault('recurrent', { Status: '' })).toBe('Status');
	});

	it.each<[FormTree, boolean]>([
		[{ TestMode: '1' }, true],
		[{ TestMode: 1 }, true],
		[{ TestMode: true }, true],
		[{ TestMode: 'True' }, true],
		[{ TestMode: '0' }, false],
		[{ TestMode: '' }, false],
	])('%j: test %s', (fields, isTest) => {
		expect(read('pay', fields).isTest).toBe(isTest);
	});

	it('never show what the field held', () => {
		try {
			read('pay', { Amount: 'do-not-show' });
		} catch (error) {
			expect((error as Error).message).toBe('CloudPayments field "Amount": not an amount in RUB');
		}
		expect.assertions(1);
	});
});

describe('any notification', () => {
	it('leaves raw out on demand', () => {
		expect(read('pay', {}, { includeRaw: false })).not.toHaveProperty('raw');
	});

	it('needs no card: SBP and wallets have none', () => {
		const { Name, Email, ...rest } = PAY;
		expect([Name, Email]).toHaveLength(2);
		expect(toPaymentEvent('pay', rest).customer).toMatchObject({ name: null, email: null });
	});

	it('gives a valid event or names a field', () => {
		const names = [...Object.keys(PAY), ...Object.keys(SUBSCRIPTION)];
		const values = fc.oneof(fc.string(), fc.double(), fc.boolean());
		const fields = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 5 });
		fc.assert(
			fc.property(fc.constantFrom(...NOTIFICATION_TYPES), fields, (type, changes) => {
				try {
					expect(paymentEventSchema.safeParse(read(type, changes as FormTree)).success).toBe(true);
				} catch (error) {
					expect(error).toBeInstanceOf(UnreadableNotificationError);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
