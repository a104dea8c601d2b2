import fc from 'fast-check';

import { minorToText } from '../../../nodes/AmoCrm/decimal';
import { readStoredFields } from '../../../nodes/AmoCrm/entities';
import { foldPayments, isAbsolute, markerOf, marksOf, type Payment } from '../../../nodes/AmoCrm/fold';
import { hasMarker, withMarker } from '../../../nodes/AmoCrm/noteMarker';
import { field, SUBJECTS } from './support';

const SETTING = {
	definitions: [
		field('numeric', { id: 1, name: 'Total' }),
		field('numeric', { id: 2, name: 'Count' }),
		field('text', { id: 3, name: 'Payment' }),
		field('monetary', { id: 4, name: 'Last Sum' }),
		SUBJECTS,
	],
	zone: 'UTC',
};

function payment(change: Partial<Payment> = {}): Payment {
	return {
		paymentId: 'p1',
		amountMinor: 10_050,
		sign: 'payment',
		isFullRefund: false,
		totals: { mode: 'add' },
		totalsFields: { totalPaid: 'Total', purchaseCount: 'Count', paymentId: 'Payment' },
		leadFields: [],
		tags: [],
		...change,
	};
}

const stored = (total: unknown, count: unknown, paymentId: string) =>
	readStoredFields([
		{ field_id: 1, field_name: 'Total', values: [{ value: total }] },
		{ field_id: 2, field_name: 'Count', values: [{ value: count }] },
		{ field_id: 3, field_name: 'Payment', values: [{ value: paymentId }] },
	]);

function fold(payments: Payment[], before = stored('1000', 2, 'p0')) {
	const change = foldPayments(before, payments, SETTING);
	const value = (id: number) => change.entries.find(({ field_id }) => field_id === id)?.values[0]?.value;
	return { ...change, total: value(1), count: value(2), paymentId: value(3), lastSum: value(4) };
}

describe('PA7 payments of one lead', () => {
	it('add up, and the last one names the lead', () => {
		const folded = fold([payment(), payment({ paymentId: 'p2', amountMinor: 1 })]);
		expect(folded).toMatchObject({ total: '1100.51', count: '4', paymentId: 'p2', alreadyCounted: [false, false] });
	});

	it('begin at nothing on a new lead', () => {
		expect(fold([payment()], [])).toMatchObject({ total: '100.5', count: '1' });
	});

	it('are not counted twice: not one the lead has, nor one that comes twice', () => {
		const folded = fold([payment({ paymentId: 'p0' }), payment(), payment()]);
		expect(folded).toMatchObject({ total: '1100.5', count: '3', alreadyCounted: [true, false, true] });
		expect(fold([payment({ paymentId: 'p0' })])).toMatchObject({ entries: [], tags: [], alreadyCounted: [true] });
	});

	it('PA11 refunds lower the total, and the count if nothing is left', () => {
		expect(fold([payment({ sign: 'refund' })])).toMatchObject({ total: '899.5', count: '2', paymentId: 'refund:p1' });
		expect(fold([payment({ sign: 'refund', isFullRefund: true })])).toMatchObject({ count: '1' });
	});

	it('a refund has the id of its payment and is counted all the same', () => {
		const refund = payment({ paymentId: 'p0', sign: 'refund' });
		expect(fold([refund])).toMatchObject({ alreadyCounted: [false], total: '899.5' });
		expect(markerOf(refund)).toBe('refund:p0');
		expect(marksOf(refund)).toEqual(['refund:p0', 'p0']);
		expect(marksOf(payment())).toEqual(['p1']);
	});

	it('absolute totals are written as given, however often', () => {
		const totals = { mode: 'absolute', totalPaidMinor: 500_000, purchaseCount: 0 } as const;
		const absolute = payment({ totals, leadFields: [{ field: 'Last Sum', action: 'add', value: '5' }] });
		expect(fold([absolute])).toMatchObject({ total: '5000', count: '0', paymentId: 'p1', lastSum: '5' });
		const again = fold([absolute], stored('5000', 0, 'p1'));
		expect(again).toMatchObject({ total: '5000', count: '0', alreadyCounted: [true], lastSum: undefined });
	});

	it('absolute totals that are not given leave the fields alone', () => {
		const totals = { mode: 'absolute', totalPaidMinor: null, purchaseCount: null } as const;
		expect(fold([payment({ totals })]).entries.map(({ field_id }) => field_id)).toEqual([3]);
	});

	it('fields and tags of all of them are united, the last plain value wins', () => {
		const folded = fold([
			payment({
				tags: ['a', 'b'],
				leadFields: [
					{ field: 'Subjects', action: 'set', value: 'Maths' },
					{ field: 'Last Sum', action: 'set', value: '1' },
				],
			}),
			payment({
				paymentId: 'p2',
				tags: ['b', 'c'],
				leadFields: [
					{ field: 'Subjects', action: 'set', value: 'Biology' },
					{ field: 'Last Sum', action: 'set', value: '2' },
				],
			}),
		]);
		expect(folded.tags).toEqual(['a', 'b', 'c']);
		expect(folded.lastSum).toBe('2');
		const subjects = folded.entries.find(({ field_id }) => field_id === 105);
		expect(subjects?.values).toEqual([{ enum_id: 1051 }, { enum_id: 1053 }]);
	});

	it('fields that are not kept are not written', () => {
		const totalsFields = { totalPaid: '', purchaseCount: '', paymentId: '' };
		expect(fold([payment({ totalsFields })]).entries).toEqual([]);
	});

	it('nothing needs to be read before only if nothing is counted on from', () => {
		const totals = { mode: 'absolute', totalPaidMinor: 1, purchaseCount: 1 } as const;
		expect(isAbsolute(payment())).toBe(false);
		expect(isAbsolute(payment({ totals }))).toBe(true);
		expect(isAbsolute(payment({ totals, leadFields: [{ field: 'x', action: 'add', value: 1 }] }))).toBe(false);
	});

	it('property: the total is the sum of distinct payments less refunds, in any batches', () => {
		const one = fc.record({
			paymentId: fc.nat(20).map(String),
			amountMinor: fc.nat(10_000_000),
			sign: fc.constantFrom('payment' as const, 'refund' as const),
		});
		fc.assert(
			fc.property(fc.array(one, { maxLength: 30 }), (all) => {
				const payments = all.map((each) => payment({ ...each, isFullRefund: true }));
				const distinct = [...new Map([...payments].reverse().map((each) => [markerOf(each), each])).values()];
				const signed = distinct.map(({ amountMinor, sign }) => (sign === 'refund' ? -amountMinor : amountMinor));
				const expected = signed.reduce((sum, minor) => sum + minor, 0);
				const folded = fold(payments, []);
				expect(folded.total ?? '0').toBe(minorToText(expected));
			}),
		);
	});
});

describe('PA8 a note that names its payment', () => {
	it('gets the payment id if it has none', () => {
		expect(withMarker('Paid', 'p1')).toBe('Paid\nPayment ID: p1');
		expect(withMarker('Paid p1, thanks', 'p1')).toBe('Paid p1, thanks');
		expect(withMarker('Paid p12', 'p1')).toBe('Paid p12\nPayment ID: p1');
	});

	it.each([
		['Payment p1', 'p1', true],
		['p1', 'p1', true],
		['(p1).', 'p1', true],
		['xp1', 'p1', false],
		['p1-2', 'p1', false],
		['p12', 'p1', false],
		['платёж№ п1', 'п1', true],
		['оплатап1', 'п1', false],
		['id a.b', 'a.b', true],
		['id axb', 'a.b', false],
		['id (1', '(1', true],
		['Refund of p1\nPayment ID: refund:p1', 'p1', false],
		['Refund of p1\nPayment ID: refund:p1', 'refund:p1', true],
		['Payment p1', 'refund:p1', false],
	])('%j names %j: %j', (text, marker, expected) => {
		expect(hasMarker(text, marker)).toBe(expected);
	});
});
