import { encodeForm, flattenForm, type FormTree, type FormValue } from '../shared/formTree';
import { toDecimal, toMinor } from '../shared/money';
import { toE164 } from '../shared/phone';
import { formatMoscow, moscowTime } from './moscowTime';
import { normalizePageUrl } from './pageUrl';
import { phpText } from './phpText';
import { sign } from './signature';

/** Beyond this, web servers and messengers start to refuse or cut an address. */
const MAX_URL_LENGTH = 8000;

export interface LinkItem {
	name: string;
	/** Price of one piece in major units, `1000` or `1000.50`; a number is read by its shortest decimal form. */
	price: string | number;
	/** Whole pieces, 1 or more. */
	quantity: number;
	sku?: string;
	/** `course`, `service` or `goods`. */
	type?: string;
	/** Receipt codes of providers/prodamus.md §2; the page's own settings without them. */
	taxType?: string;
	paymentMethod?: string;
	paymentObject?: string;
}

export interface LinkSubscription {
	/** Number of the subscription product. Its price is the page's; items are ignored by Prodamus. */
	planId: string;
	/** `yyyy-mm-dd hh:mm` Moscow time, or ISO 8601 with an offset. */
	startsAt?: string;
	trialDays?: number;
	maxRenewals?: number;
}

/** What a payment link can say (providers/prodamus.md §2). Absent and empty fields are left out. */
export interface PaymentLink {
	/** Our order number; comes back in notifications as `order_num`. */
	orderId: string;
	/** `rub`, `usd`, `eur` or `kzt`. */
	currency: string;
	items: LinkItem[];
	subscription?: LinkSubscription;
	/** Any common way of writing; sent as E.164. */
	customerPhone?: string;
	customerEmail?: string;
	customerExtra?: string;
	/** In major units as a price, taken off the sum of the items. */
	discount?: string | number;
	/** How many times the link can be paid. */
	paymentsLimit?: number;
	expiresAt?: Date;
	/** The only method offered first, for example `AC` or `SBP`. */
	paymentMethod?: string;
	availablePaymentMethods?: string[];
	installmentsDisabled?: boolean;
	urlReturn?: string;
	urlSuccess?: string;
	/** Prodamus ignores it without `sys`. */
	urlNotification?: string;
	jsonNotifications?: boolean;
	demoMode?: boolean;
	paidContent?: string;
	sys?: string;
	/** Sent as `_param_<name>` and echoed in notifications. */
	params?: Readonly<Record<string, string>>;
	/** Sent as `utm_<name>` and echoed in notifications. */
	utm?: Readonly<Record<string, string>>;
}

/**
 * The signed address that takes the buyer straight to payment (`do=pay`, PC2). Built without asking Prodamus.
 *
 * @throws RangeError naming what is wrong with the link, the page or the length of the address
 */
export function buildPayUrl(pageUrl: string, link: PaymentLink, secret: string): string {
	return address(pageUrl, signed({ do: 'pay', ...linkFields(link) }, secret));
}

/**
 * The address that Prodamus answers with a short link (`do=link`). Unsigned by default: vendor pages disagree on how
 * this request is signed (providers/prodamus.md §3).
 *
 * @param secret signs the request when given
 * @throws RangeError as {@link buildPayUrl}
 */
export function buildShortLinkUrl(pageUrl: string, link: PaymentLink, secret?: string): string {
	const fields: FormTree = { do: 'link', ...linkFields(link) };
	return address(pageUrl, secret === undefined ? fields : signed(fields, secret));
}

/**
 * What the buyer will be charged, in minor units; null for a subscription, whose price only the page knows.
 *
 * @throws RangeError for an unreadable price or a discount that leaves nothing to pay
 */
export function linkTotal(link: PaymentLink): number | null {
	if (link.subscription) return null;
	const sum = link.items.reduce((total, item) => total + price(item.price, link.currency) * item.quantity, 0);
	const total = sum - (link.discount ? price(link.discount, link.currency) : 0);
	if (!Number.isSafeInteger(total) || total <= 0) throw new RangeError('The order total must be more than zero');
	return total;
}

/** The fields of a link before `do` and the signature, exactly as they are sent. */
function linkFields(link: PaymentLink): FormTree {
	if (link.orderId.trim() === '') throw new RangeError('The order number is missing');
	if (link.urlNotification && !link.sys) {
		throw new RangeError(
			'Prodamus ignores a notification URL in the link unless the credential has an integration code (sys)',
		);
	}
	return compact({
		order_id: link.orderId,
		...(link.subscription ? subscriptionFields(link.subscription) : { products: products(link) }),
		currency: link.currency,
		customer_phone: phone(link.customerPhone),
		customer_email: email(link.customerEmail),
		customer_extra: link.customerExtra,
		discount_value: link.discount ? decimal(link.discount, link.currency) : undefined,
		payments_limit: count('payments limit', link.paymentsLimit, 1),
		link_expired: link.expiresAt && formatMoscow(link.expiresAt),
		payment_method: link.paymentMethod,
		available_payment_methods: link.availablePaymentMethods?.join('|'),
		installments_disabled: link.installmentsDisabled ? '1' : undefined,
		urlReturn: webAddress('return URL', link.urlReturn),
		urlSuccess: webAddress('success URL', link.urlSuccess),
		urlNotification: webAddress('notification URL', link.urlNotification),
		callbackType: link.jsonNotifications ? 'json' : undefined,
		demo_mode: link.demoMode ? '1' : undefined,
		paid_content: link.paidContent,
		sys: link.sys,
		...named('_param_', link.params),
		...named('utm_', link.utm),
	});
}

function products(link: PaymentLink): FormTree[] {
	if (link.items.length === 0) throw new RangeError('The link needs at least one item, or a subscription');
	linkTotal(link);
	return link.items.map((item) => {
		if (item.name.trim() === '') throw new RangeError('Every item needs a name');
		return compact({
			name: item.name,
			price: decimal(item.price, link.currency),
			quantity: count('quantity', item.quantity, 1),
			sku: item.sku,
			type: item.type,
			tax: compact({ tax_type: code('tax type', item.taxType, TAX_TYPES) }),
			paymentMethod: code('receipt payment method', item.paymentMethod, PAYMENT_METHODS),
			paymentObject: code('receipt payment object', item.paymentObject, PAYMENT_OBJECTS),
		});
	});
}

function subscriptionFields(subscription: LinkSubscription): Fields {
	if (!/^\d+$/.test(subscription.planId))
		throw new RangeError('The subscription must be a number from the payment page');
	return {
		subscription: subscription.planId,
		subscription_date_start: subscription.startsAt ? moscowTime(subscription.startsAt) : undefined,
		subscription_demo_period: count('trial days', subscription.trialDays, 1),
		subscription_limit_autopayments: count('renewals limit', subscription.maxRenewals, 1),
	};
}

function price(text: string | number, currency: string): number {
	const minor = toMinor(text, currency);
	if (minor === null)
		throw new RangeError('A price must be a number with at most two decimals, such as 1000 or 1000.50');
	return minor;
}

function decimal(text: string | number, currency: string): string {
	return toDecimal(price(text, currency), currency);
}

function count(name: string, value: number | undefined, min: number): string | undefined {
	if (value === undefined) return undefined;
	if (!Number.isSafeInteger(value) || value < min)
		throw new RangeError(`The ${name} must be a whole number from ${min} up`);
	return String(value);
}

const TAX_TYPES = /^(?:[012467]|1[0-5])$/;
const PAYMENT_METHODS = /^[1-7]$/;
const PAYMENT_OBJECTS = /^(?:[1-9]|1[0-3])$/;

function code(name: string, text: string | undefined, allowed: RegExp): string | undefined {
	if (text && !allowed.test(text)) throw new RangeError(`Prodamus has no ${name} ${text}`);
	return text;
}

function phone(text: string | undefined): string | undefined {
	if (!text) return undefined;
	const e164 = toE164(text);
	if (e164 === null) throw new RangeError('The customer phone is not a phone number, such as +79990000001');
	return e164;
}

function email(text: string | undefined): string | undefined {
	if (text && !/^[^\s@]+@[^\s@]+$/.test(text)) throw new RangeError('The customer email is not an email address');
	return text;
}

function webAddress(name: string, text: string | undefined): string | undefined {
	if (text && !/^https?:\/\/[^\s/]+/i.test(text)) throw new RangeError(`The ${name} must start with https://`);
	return text;
}

/** PHP turns dots and spaces in a field name into underscores on arrival, so that the signature would not match. */
function named(prefix: string, values: Readonly<Record<string, string>> = {}): Fields {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			if (!/^[\w-]+$/.test(name)) {
				throw new RangeError(`The name "${prefix}${name}" may only have letters, digits, "_" and "-"`);
			}
			return [`${prefix}${name}`, value];
		}),
	);
}

type Fields = Readonly<Record<string, FormValue | undefined>>;

/** Without what PHP's query builder drops, and without empty text: sent and signed data must be the same. */
function compact(fields: Fields): FormTree {
	const kept = Object.entries(fields).filter(
		(entry): entry is [string, FormValue] =>
			entry[1] !== undefined && entry[1] !== '' && !(typeof entry[1] === 'object' && isEmpty(entry[1])),
	);
	return Object.fromEntries(kept);
}

function isEmpty(value: object | null): boolean {
	return value === null || Object.keys(value).length === 0;
}

function signed(fields: FormTree, secret: string): FormTree {
	return { ...fields, signature: sign(fields, secret) };
}

function address(pageUrl: string, fields: FormTree): string {
	const url = `${normalizePageUrl(pageUrl)}?${encodeForm(flattenForm(fields, phpText))}`;
	if (url.length > MAX_URL_LENGTH) {
		throw new RangeError(
			`The link is ${url.length} characters long, over ${MAX_URL_LENGTH}: shorten names or parameters`,
		);
	}
	return url;
}
