import { toMinor } from '../../nodes/shared/money';
import { toE164 } from '../../nodes/shared/phone';
import { parseMoscow } from './clock';
import type { PhpTree, PhpValue } from './phpForm';
import { emptyTree, textOf } from './phpForm';
import type { Plan } from './plans';

/** One way to pay. */
export interface PaymentMethod {
	readonly code: string;
	/** On the button. */
	readonly title: string;
	/** In the webhook's `payment_type`. */
	readonly paymentType: string;
	/** Tenths of a percent. */
	readonly commissionPermille: number;
	readonly isInstalment: boolean;
}

export const METHODS: readonly PaymentMethod[] = [
	{
		code: 'AC', title: 'Картой', paymentType: 'Оплата картой, выпущенной в РФ',
		commissionPermille: 35, isInstalment: false,
	},
	{
		code: 'SBP', title: 'Через СБП', paymentType: 'Быстрый платёж через СБП',
		commissionPermille: 17, isInstalment: false,
	},
	{ code: 'installment', title: 'В рассрочку', paymentType: 'Рассрочка', commissionPermille: 80, isInstalment: true },
];

export interface LinkItem {
	readonly name: string;
	readonly priceMinor: number;
	readonly quantity: number;
}

/** A payment link, read and found in order. */
export interface LinkOrder {
	/** The merchant's order number; may be empty. */
	readonly orderNum: string;
	readonly items: readonly LinkItem[];
	readonly plan: Plan | null;
	/** What the buyer pays, discount taken off. */
	readonly totalMinor: number;
	readonly discountMinor: number;
	readonly currency: string;
	readonly phone: string | null;
	readonly email: string;
	readonly extra: string;
	/** How many times the link can be paid; null is without limit. */
	readonly paymentsLimit: number | null;
	readonly expiresAt: Date | null;
	readonly urlReturn: string | null;
	readonly urlSuccess: string | null;
	/** A webhook address of this link alone; only honoured together with `sys`. */
	readonly notificationUrl: string | null;
	readonly wantsJson: boolean;
	readonly isDemo: boolean;
	/** `demoFlow=reject` of a demo payment: the bank refuses the instalments. */
	readonly refusesInstalments: boolean;
	readonly methods: readonly PaymentMethod[];
	readonly paidContent: string;
	readonly subscriptionStart: Date | null;
	/** Most renewals; null leaves it to the page's settings. */
	readonly renewalLimit: number | null;
	/** Parameters that come back in the webhook as they were sent. */
	readonly echo: PhpTree;
}

/** A link nobody can pay; the message is what the page says, in Russian like the real one. */
export class LinkError extends Error {}

const CURRENCIES = new Set(['rub', 'usd', 'eur', 'kzt']);
const ECHOED = ['sys', 'discount_value', 'callbackType', 'demo_mode', 'link_expired'];

/**
 * Reads link parameters (providers/prodamus.md §2). Unknown parameters and filters without effect are ignored.
 *
 * @throws LinkError when nothing can be sold with them
 */
export function readLink(parameters: PhpTree, plans: ReadonlyMap<string, Plan>): LinkOrder {
	const text = (key: string) => textOf(parameters, key).trim();
	const currency = text('currency') || 'rub';
	if (!CURRENCIES.has(currency)) throw new LinkError(`Валюта «${currency}» не поддерживается: rub, usd, eur или kzt`);
	const plan = readPlan(text('subscription'), plans);
	const items = plan ? [{ name: plan.name, priceMinor: plan.costMinor, quantity: 1 }] : readItems(parameters.products);
	const discountMinor = money(text('discount_value') || '0', 'Скидка');
	const fullMinor = text('order_sum')
		? money(text('order_sum'), 'Сумма заказа')
		: items.reduce((sum, item) => sum + item.priceMinor * item.quantity, 0);
	if (discountMinor >= fullMinor) throw new LinkError('Сумма заказа должна быть больше нуля');
	const isDemo = Number(text('demo_mode')) > 0;
	return {
		orderNum: text('order_id'),
		items,
		plan,
		totalMinor: fullMinor - discountMinor,
		discountMinor,
		currency,
		phone: toE164(text('customer_phone')),
		email: text('customer_email'),
		extra: textOf(parameters, 'customer_extra'),
		paymentsLimit: positiveInteger(text('payments_limit')),
		expiresAt: readExpiry(text('link_expired')),
		urlReturn: webUrl(text('urlReturn')),
		urlSuccess: webUrl(text('urlSuccess')),
		notificationUrl: text('sys') ? webUrl(text('urlNotification')) : null,
		wantsJson: text('callbackType') === 'json',
		isDemo,
		refusesInstalments: isDemo && text('demoFlow') === 'reject',
		methods: readMethods(parameters),
		paidContent: text('paid_content'),
		subscriptionStart: parseMoscow(text('subscription_date_start')),
		renewalLimit: positiveInteger(text('subscription_limit_autopayments')),
		echo: readEcho(parameters),
	};
}

function readPlan(id: string, plans: ReadonlyMap<string, Plan>): Plan | null {
	if (id === '') return null;
	const plan = plans.get(id);
	if (!plan) throw new LinkError(`Подписка ${id} не найдена`);
	return plan;
}

function readItems(products: PhpValue | undefined): LinkItem[] {
	if (products === undefined || typeof products === 'string') throw new LinkError('Не указаны товары (products)');
	const items = Object.values(products).map((product): LinkItem => {
		if (typeof product === 'string' || Array.isArray(product)) throw new LinkError('Товар указан неверно');
		const name = textOf(product, 'name').trim();
		const quantity = positiveInteger(textOf(product, 'quantity').trim());
		if (name === '') throw new LinkError('У товара нет названия (name)');
		if (quantity === null) throw new LinkError(`Количество товара «${name}» должно быть целым числом больше нуля`);
		return { name, quantity, priceMinor: money(textOf(product, 'price').trim(), `Цена товара «${name}»`) };
	});
	if (items.length === 0) throw new LinkError('Не указаны товары (products)');
	return items;
}

function readExpiry(text: string): Date | null {
	if (text === '') return null;
	const moment = parseMoscow(text);
	if (!moment) throw new LinkError('Срок действия ссылки (link_expired) указан неверно');
	return moment;
}

function readMethods(parameters: PhpTree): readonly PaymentMethod[] {
	const areInstalmentsOff = Number(textOf(parameters, 'installments_disabled')) !== 0;
	const offered = METHODS.filter((method) => !(areInstalmentsOff && method.isInstalment));
	const wanted = [textOf(parameters, 'payment_method'), ...textOf(parameters, 'available_payment_methods').split('|')];
	const chosen = offered.filter((method) => wanted.includes(method.code));
	return chosen.length > 0 ? chosen : offered;
}

function readEcho(parameters: PhpTree): PhpTree {
	const echo = emptyTree();
	for (const [key, value] of Object.entries(parameters)) {
		if (ECHOED.includes(key) || key.startsWith('_param_') || key.startsWith('utm_')) echo[key] = value;
	}
	return echo;
}

function money(text: string, what: string): number {
	const minor = toMinor(text, 'RUB');
	if (minor === null) throw new LinkError(`${what}: «${text}» не похоже на сумму в рублях`);
	return minor;
}

function positiveInteger(text: string): number | null {
	return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/** Nothing but a web address is followed: `javascript:` and the like count as not given. */
function webUrl(text: string): string | null {
	return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null;
}
