import { buildReceipt, VAT_RATES, type Receipt } from '../../../nodes/CloudPayments/receipt';
import { stableRequestId } from '../../../nodes/CloudPayments/requestId';

const ITEM = { label: 'Plan Pro', price: '745.05', quantity: 2, vat: '20', method: 4, object: 4 };
const build = (receipt: Partial<Receipt> = {}) => buildReceipt({ items: [ITEM], ...receipt }, 'RUB');
const withItem = (changes: object) => build({ items: [{ ...ITEM, ...changes }] });

describe('buildReceipt (CP13)', () => {
	it('multiplies and adds exactly', () => {
		const { customerReceipt, totalMinor } = build({
			items: [ITEM, { label: 'Extra', price: 0.1, quantity: 3 }],
			taxationSystem: 1,
			email: 'buyer@example.com',
			phone: '',
		});
		expect(totalMinor).toBe(149_040);
		expect(JSON.parse(JSON.stringify(customerReceipt))).toEqual({
			Items: [
				{ label: 'Plan Pro', price: 745.05, quantity: 2, amount: 1490.1, vat: 20, method: 4, object: 4 },
				{ label: 'Extra', price: 0.1, quantity: 3, amount: 0.3, vat: null },
			],
			taxationSystem: 1,
			email: 'buyer@example.com',
		});
	});

	it('cuts names where the provider would', () => {
		const { customerReceipt } = withItem({ label: ` ${'x'.repeat(200)}` });
		expect(customerReceipt).toMatchObject({ Items: [{ label: 'x'.repeat(128) }] });
	});

	it.each([...VAT_RATES])('knows the VAT rate %s', (vat) => {
		expect(withItem({ vat }).customerReceipt).toMatchObject({ Items: [{ vat: Number(vat) }] });
	});

	it.each<[object, string]>([
		[{ label: ' ' }, 'Receipt item 1 has no name'],
		[{ price: '-1' }, 'The price of receipt item 1'],
		[{ price: '1.001' }, 'The price of receipt item 1'],
		[{ price: '' }, 'The price of receipt item 1'],
		[{ quantity: 0 }, 'The quantity of receipt item 1'],
		[{ quantity: 1.5 }, 'The quantity of receipt item 1'],
		[{ vat: '18' }, 'unknown VAT rate'],
		[{ price: '0' }, 'total of the receipt must be more than zero'],
		[{ price: '9999999999999', quantity: 1_000_000 }, 'total of the receipt'],
	])('refuses %j', (changes, message) => {
		expect(() => withItem(changes)).toThrow(message);
	});

	it('needs an item', () => {
		expect(() => build({ items: [] })).toThrow('total of the receipt must be more than zero');
	});

	it('may hold a gift beside what is paid', () => {
		expect(build({ items: [ITEM, { ...ITEM, price: 0 }] }).totalMinor).toBe(149_010);
	});
});

describe('stableRequestId', () => {
	it('is the same for the same parts, in their order, and never mixes them up', () => {
		expect(stableRequestId('refund', 1, 200)).toBe(stableRequestId('refund', '1', '200'));
		const ids = [
			stableRequestId('refund', 1, 200),
			stableRequestId('refund', 200, 1),
			stableRequestId('refund', 12, 0, 0),
			stableRequestId('refund', '1,200'),
			stableRequestId('confirm', 1, 200),
		];
		expect(new Set(ids).size).toBe(ids.length);
		for (const id of ids) expect(id).toMatch(/^[a-z]+-[0-9a-f]{32}$/);
	});
});
