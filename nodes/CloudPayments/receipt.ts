import { toDecimal, toMinor } from '../shared/money';

/** The provider cuts longer names. */
const MAX_LABEL_LENGTH = 128;

/** VAT in percent; from 105 on, the calculated rates (providers/cloudpayments.md §9). */
export const VAT_RATES = ['0', '5', '7', '10', '20', '22', '105', '107', '110', '120', '122'] as const;

export interface ReceiptItem {
	label: string;
	/** Price of one piece in major units, `1000` or `1000.50`. */
	price: string | number;
	/** Whole pieces, 1 or more. */
	quantity: number;
	/** One of {@link VAT_RATES}; `none` or nothing: not subject to VAT. */
	vat?: string;
	/** Codes of §9: 4 is full payment, 4 is a service. */
	method?: number;
	object?: number;
}

export interface Receipt {
	items: readonly ReceiptItem[];
	/** 0 to 5, see §9; the one of the cash register without it. */
	taxationSystem?: number;
	email?: string;
	phone?: string;
}

/**
 * A receipt under 54-FZ as the API wants it (§9).
 *
 * @returns `customerReceipt` and its total in minor units
 * @throws RangeError naming what is wrong with an item or with the total
 */
export function buildReceipt(receipt: Receipt, currency: string): { customerReceipt: object; totalMinor: number } {
	const items = receipt.items.map((item, index) => readItem(item, index + 1, currency));
	const totalMinor = items.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
	if (totalMinor === 0 || !Number.isSafeInteger(totalMinor)) {
		throw new RangeError('The total of the receipt must be more than zero');
	}
	const number = (minor: number) => Number(toDecimal(minor, currency));
	const customerReceipt = {
		Items: items.map(({ priceMinor, amountMinor, ...item }) => ({
			...item,
			price: number(priceMinor),
			amount: number(amountMinor),
		})),
		taxationSystem: receipt.taxationSystem,
		email: receipt.email || undefined,
		phone: receipt.phone || undefined,
	};
	return { customerReceipt, totalMinor };
}

function readItem(item: ReceiptItem, position: number, currency: string) {
	const label = item.label.trim().slice(0, MAX_LABEL_LENGTH);
	if (label === '') throw new RangeError(`Receipt item ${position} has no name`);
	const priceMinor = toMinor(item.price, currency);
	if (priceMinor === null) throw new RangeError(`The price of receipt item ${position} must look like 1000 or 1000.50`);
	if (!Number.isSafeInteger(item.quantity) || item.quantity < 1) {
		throw new RangeError(`The quantity of receipt item ${position} must be a whole number from 1 up`);
	}
	return {
		label,
		quantity: item.quantity,
		vat: vat(item.vat, position),
		method: item.method,
		object: item.object,
		priceMinor,
		amountMinor: priceMinor * item.quantity,
	};
}

function vat(rate: string | undefined, position: number): number | null {
	if (rate === undefined || rate === 'none') return null;
	const isKnown = VAT_RATES.some((known) => known === rate);
	if (!isKnown) throw new RangeError(`Receipt item ${position} has an unknown VAT rate`);
	return Number(rate);
}
