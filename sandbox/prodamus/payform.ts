import { createHash } from 'node:crypto';
import { toE164 } from '../../nodes/shared/phone';
import type { Clock } from './clock';
import type { LinkOrder, PaymentMethod } from './link';
import { LinkError, readLink } from './link';
import type { FinalStatus } from './notificationFields';
import { paymentFields } from './notificationFields';
import type { Notification, NotificationSender } from './notificationSender';
import type { NumberSeries } from './numberSeries';
import type { PhpTree } from './phpForm';
import { textOf } from './phpForm';
import type { Plan } from './plans';
import { canonicalJson } from './signature';
import type { Subscriptions } from './subscriptions';
import type { PageSettings } from './settings';

/** A link somebody opened or had made. The same parameters are the same link. */
export interface Link {
	/** Path segment of its page and of the short link. */
	readonly code: string;
	readonly order: LinkOrder;
	/** Who pays: from the link, or typed on the extra page. */
	contact: { readonly phone: string | null; readonly email: string };
	paidCount: number;
	/** The order the buyer is at; a refused one can still be paid. */
	openPayment: Payment | null;
}

/** One Prodamus order. */
export interface Payment {
	/** Prodamus number, `order_id` of the webhook. */
	readonly id: string;
	readonly link: Link;
	method: PaymentMethod;
	status: FinalStatus;
}

/** Parameters that say how a link is made, not what is sold. */
const FORM_OF_ANSWER = new Set(['do', 'type', 'signature']);

/** What the payment page knows and decides, apart from HTTP. */
export class Payform {
	private readonly links = new Map<string, Link>();
	private readonly paymentsById = new Map<string, Payment>();

	constructor(
		private readonly settings: PageSettings,
		private readonly plans: ReadonlyMap<string, Plan>,
		private readonly clock: Clock,
		private readonly numbers: NumberSeries,
		private readonly sender: NotificationSender,
		private readonly subscriptions: Subscriptions,
	) {}

	/** All orders, oldest first. */
	get payments(): readonly Payment[] {
		return [...this.paymentsById.values()];
	}

	/**
	 * Opens a payment link.
	 *
	 * @throws LinkError when it cannot be paid
	 */
	open(parameters: PhpTree): Link {
		const identity = Object.fromEntries(Object.entries(parameters).filter(([key]) => !FORM_OF_ANSWER.has(key)));
		const code = createHash('sha256').update(canonicalJson(identity)).digest('base64url').slice(0, 12);
		const known = this.links.get(code);
		if (known) return known;
		const order = readLink(parameters, this.plans);
		const contact = { phone: order.phone, email: order.email };
		const link: Link = { code, order, contact, paidCount: 0, openPayment: null };
		this.links.set(code, link);
		return link;
	}

	/** @throws LinkError when no such short link exists */
	linkByCode(code: string): Link {
		const link = this.links.get(code);
		if (!link) throw new LinkError('Ссылка не найдена: откройте её заново в магазине');
		return link;
	}

	/** The newest link of a merchant's order number; null when none was opened. */
	linkByOrder(orderNum: string): Link | null {
		return [...this.links.values()].reverse().find((link) => link.order.orderNum === orderNum) ?? null;
	}

	/** Finds a payment by the Prodamus number or, failing that, the newest one of the merchant's order number. */
	paymentBy(reference: string): Payment | null {
		const byOrder = () => [...this.payments].reverse().find((payment) => payment.link.order.orderNum === reference);
		return this.paymentsById.get(reference) ?? byOrder() ?? null;
	}

	/** @throws LinkError when the link expired or was paid as often as it may be */
	requirePayable(link: Link): void {
		const { expiresAt, paymentsLimit } = link.order;
		if (expiresAt && expiresAt <= this.clock.now()) throw new LinkError('Срок действия ссылки истёк');
		if (paymentsLimit !== null && link.paidCount >= paymentsLimit) throw new LinkError('Заказ уже оплачен');
	}

	/**
	 * Takes what the buyer typed on the extra page.
	 *
	 * @returns false when the phone is none; nothing changes then
	 */
	setContact(link: Link, phone: string, email: string): boolean {
		const e164 = toE164(phone);
		if (e164 === null) return false;
		link.contact = { phone: e164, email: email.trim() };
		return true;
	}

	/** The buyer pays. Instalments are refused when the link asks for it. */
	pay(link: Link, methodCode: string): Payment {
		this.requirePayable(link);
		if (link.contact.phone === null) throw new LinkError('Укажите номер телефона');
		const method = link.order.methods.find(({ code }) => code === methodCode);
		if (!method) throw new LinkError('Этот способ оплаты недоступен');
		if (method.isInstalment && link.order.refusesInstalments) return this.close(link, method, 'order_denied');
		link.paidCount += 1;
		return this.close(link, method, 'success');
	}

	/** The bank refuses the instalments. The link can still be paid. */
	deny(link: Link): Payment {
		this.requirePayable(link);
		const instalment = link.order.methods.find((method) => method.isInstalment);
		if (!instalment) throw new LinkError('Рассрочка для этого заказа недоступна');
		return this.close(link, instalment, 'order_denied');
	}

	/** The buyer gives up. */
	cancel(link: Link): Payment {
		this.requirePayable(link);
		const [method] = link.order.methods;
		if (!method) throw new LinkError('Нет доступных способов оплаты');
		return this.close(link, method, 'order_canceled');
	}

	/** The webhooks of a payment, oldest first. */
	notificationsOf(payment: Payment): readonly Notification[] {
		return this.sender.notifications.filter(({ paymentId }) => paymentId === payment.id);
	}

	/** Forgets links and payments. */
	reset(): void {
		this.links.clear();
		this.paymentsById.clear();
	}

	private close(link: Link, method: PaymentMethod, status: FinalStatus): Payment {
		const at = this.clock.now();
		const payment = link.openPayment ?? { id: this.numbers.next(), link, method, status };
		payment.method = method;
		payment.status = status;
		this.paymentsById.set(payment.id, payment);
		link.openPayment = status === 'order_denied' ? payment : null;
		const { plan } = link.order;
		const block = plan && status === 'success' ? this.subscriptions.start(plan, link) : null;
		const fields = paymentFields(payment, status, at, this.settings.domain, block);
		const urls = link.order.notificationUrl ? [link.order.notificationUrl] : this.settings.webhookUrls;
		const format = link.order.wantsJson ? 'json' : this.settings.webhookFormat;
		const secret = this.settings.webhookSecret(textOf(fields, 'sys'));
		for (const url of urls) this.sender.accept({ url, fields, format, secret, paymentId: payment.id });
		return payment;
	}
}
