import type { z } from 'zod';
import type { Account } from './account';
import { noSuch, ParameterError, StateError } from './apiError';
import type { Catalogue } from './catalogue';
import type { Events } from './events';
import { newId, randomText } from './ids';
import { newLineItem } from './invoices';
import { amountText } from './money';
import type { CheckoutSession, LineItem } from './objects';
import { mergeMetadata } from './parameters';
import type { newSession } from './sessionParameters';

const DEFAULT_EXPIRY_SECONDS = 24 * 3600;
const MAX_ITEMS = { payment: 100, recurring: 20, oneTime: 20 };
/** In the smallest unit; the real one has one for each currency. */
const MIN_TOTAL = 50;

/** Checkout sessions up to their end. */
export class Sessions {
	private readonly expiries = new Map<string, NodeJS.Timeout>();

	constructor(
		private readonly account: Account,
		private readonly events: Events,
		private readonly catalogue: Catalogue,
	) {}

	/** @throws ApiError when the parameters do not go together */
	create(given: z.output<typeof newSession>): CheckoutSession {
		const { mode } = given;
		for (const { coupon, promotion_code: code } of given.discounts ?? []) {
			throw noSuch(coupon ? 'coupon' : 'promotion code', coupon ?? code ?? '', 'discounts[0]');
		}
		const customer = given.customer === undefined ? null : this.account.customers.get(given.customer, 'customer');
		const lineItems = (given.line_items ?? []).map((item, index) => this.lineItem(item, index));
		checkItems(mode, lineItems);
		const trialDays = given.subscription_data?.trial_period_days ?? 0;
		const subtotal = lineItems.reduce((sum, item) => sum + item.amount_subtotal, 0);
		const total = lineItems.filter(({ price }) => trialDays === 0 || !price.recurring)
			.reduce((sum, item) => sum + item.amount_total, 0);
		const currency = lineItems[0]?.currency ?? null;
		if (currency !== null && total > 0 && total < MIN_TOTAL) {
			const problem = "The Checkout Session's total amount due must add up to at least";
			throw new StateError(`${problem} ${amountText(MIN_TOTAL, currency)}`, 'amount_too_small');
		}
		const email = customer?.email ?? given.customer_email ?? null;
		const base = this.account.newObject('cs', 'checkout.session');
		const id = `${newId(this.account.livemode ? 'cs_live' : 'cs_test', 2)}${randomText(56)}`;
		const session = this.account.sessions.add({
			...base,
			id,
			mode,
			status: 'open',
			payment_status: mode === 'setup' || total === 0 ? 'no_payment_required' : 'unpaid',
			url: `${this.account.url}/c/pay/${id}#fid${randomText(200)}`,
			amount_subtotal: currency === null ? null : subtotal,
			amount_total: currency === null ? null : total,
			currency,
			client_reference_id: given.client_reference_id ?? null,
			customer: customer?.id ?? null,
			customer_creation: mode === 'subscription' || customer ? null : given.customer_creation ?? 'if_required',
			customer_email: given.customer_email ?? null,
			customer_details: email === null
				? null
				: { email, name: customer?.name ?? null, phone: customer?.phone ?? null },
			metadata: mergeMetadata({}, given.metadata),
			payment_intent: null,
			subscription: null,
			invoice: null,
			payment_method_types: given.payment_method_types ?? ['card', 'sepa_debit'],
			success_url: given.success_url,
			cancel_url: given.cancel_url ?? null,
			expires_at: given.expires_at ?? base.created + DEFAULT_EXPIRY_SECONDS,
			locale: given.locale ?? null,
			ui_mode: 'hosted_page',
			payment_link: null,
		});
		this.account.setOrder(id, {
			lineItems,
			paymentData: {
				metadata: mergeMetadata({}, given.payment_intent_data?.metadata),
				description: given.payment_intent_data?.description ?? null,
				receiptEmail: given.payment_intent_data?.receipt_email ?? null,
			},
			subscriptionData: {
				metadata: mergeMetadata({}, given.subscription_data?.metadata),
				description: given.subscription_data?.description ?? null,
				trialDays,
			},
			asksForPhone: given.phone_number_collection?.enabled ?? false,
		});
		this.expireInTime(session);
		return session;
	}

	/** @throws StateError when it is over already */
	expire(id: string): CheckoutSession {
		const session = this.account.sessions.get(id);
		if (session.status !== 'open') {
			const problem = 'Only Checkout Sessions with a status in ["open"] can be expired.';
			throw new StateError(`${problem} This Checkout Session has a status of \`${session.status}\`.`);
		}
		this.close(session, 'expired');
		this.events.emit('checkout.session.expired', session);
		return session;
	}

	/** @throws StateError when it is over */
	requireOpen(id: string): CheckoutSession {
		const session = this.account.sessions.get(id);
		if (session.status === 'open') return session;
		throw new StateError(`This Checkout Session has a status of \`${session.status}\`.`);
	}

	/** Ends the session; its page says so from now on. */
	close(session: CheckoutSession, status: 'complete' | 'expired'): void {
		clearTimeout(this.expiries.get(session.id));
		this.expiries.delete(session.id);
		session.status = status;
		session.url = null;
	}

	/** Stops waiting for sessions to expire. */
	stop(): void {
		for (const timer of this.expiries.values()) clearTimeout(timer);
		this.expiries.clear();
	}

	private expireInTime(session: CheckoutSession): void {
		const timer = setTimeout(() => this.expire(session.id), session.expires_at * 1000 - Date.now());
		timer.unref();
		this.expiries.set(session.id, timer);
	}

	private lineItem(item: NonNullable<z.output<typeof newSession>['line_items']>[number], index: number): LineItem {
		const param = `line_items[${index}][price]`;
		const price = item.price_data
			? this.catalogue.addPrice(item.price_data)
			: this.account.prices.get(item.price ?? '', param);
		return newLineItem(price, item.quantity ?? 1, this.catalogue.nameOf(price));
	}
}

function checkItems(mode: CheckoutSession['mode'], items: readonly LineItem[]): void {
	const recurring = items.filter(({ price }) => price.recurring);
	const oneTime = items.length - recurring.length;
	if (new Set(items.map(({ currency }) => currency)).size > 1) {
		throw new ParameterError('All prices on a Checkout Session must use the same currency.', 'line_items');
	}
	if (mode === 'payment') {
		if (recurring.length > 0) {
			throw new ParameterError(
				'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use ' +
					'only one-time prices.',
				'mode',
			);
		}
		if (items.length > MAX_ITEMS.payment) {
			const problem = `Array line_items exceeded maximum ${MAX_ITEMS.payment} allowed elements.`;
			throw new ParameterError(problem, 'line_items');
		}
	}
	if (mode !== 'subscription') return;
	if (recurring.length === 0) {
		throw new ParameterError('You must provide at least one recurring price in `subscription` mode.', 'line_items');
	}
	if (new Set(recurring.map(({ price }) => JSON.stringify(price.recurring))).size > 1) {
		const problem = 'Checkout does not support multiple prices with different billing intervals.';
		throw new ParameterError(problem, 'line_items');
	}
	if (recurring.length > MAX_ITEMS.recurring || oneTime > MAX_ITEMS.oneTime) {
		const limit = `${MAX_ITEMS.recurring} recurring and ${MAX_ITEMS.oneTime} one-time`;
		throw new ParameterError(`A subscription has at most ${limit} line items.`, 'line_items');
	}
}
