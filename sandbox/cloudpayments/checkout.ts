import { z } from 'zod';
import type { TypedCard } from './cards';
import { readCard } from './cards';
import { readExtras, readRecurrent } from './extras';
import { amount, asInput, currency, email, parseJson, readInput, text } from './input';
import type { PaymentTerms, Transaction } from './objects';
import type { Payer } from './orders';
import { PAYER_IP } from './orders';
import { Refusal } from './refusal';
import type { Service } from './service';

/** What a page gives the widget; it comes from the payer's browser, so nothing of it is to be trusted. */
export interface WidgetParameters {
	readonly publicId: string;
	/** Major units. */
	readonly amount: number | string;
	readonly currency: string;
	readonly description?: string;
	readonly invoiceId?: string;
	readonly accountId?: string;
	readonly email?: string;
	/** @default Single */
	readonly schema?: PaymentTerms['scheme'];
	/** Arrives as `Data`. */
	readonly metadata?: unknown;
	readonly recurrent?: unknown;
	readonly receipt?: unknown;
	/** Whether the card is to be saved; without it the payer says so. */
	readonly tokenize?: boolean;
}

const fields = z.object({
	amount,
	currency,
	description: text.optional(),
	invoiceId: text.optional(),
	accountId: text.optional(),
	email: email.optional(),
	schema: text.pipe(z.enum(['Single', 'Dual'])).default('Single'),
});

/** What payers do on the pages of the service. */
export class Checkout {
	constructor(private readonly service: Service) {}

	/** A payer opens a link and types a card. @throws Refusal when the link cannot be paid */
	async payOrder(orderId: string, payer: Payer, card: TypedCard): Promise<Transaction> {
		const { orders, payments, site } = this.service;
		return await payments.payByCard(orders.termsFor(orderId, payer), readCard(card, site.clock.now()));
	}

	/** A payer opens a link and goes on to the app of their bank. @throws Refusal when the link cannot be paid */
	async payOrderBySbp(orderId: string, payer: Payer): Promise<Transaction> {
		const { orders, payments } = this.service;
		return await payments.openSbp(payments.beginSbp(orders.termsFor(orderId, payer)));
	}

	/** A payer types a card into the widget. @throws Refusal when the parameters are wrong */
	async payWidget(parameters: WidgetParameters, payer: Payer, card: TypedCard): Promise<Transaction> {
		const { payments, site } = this.service;
		return await payments.payByCard(this.widgetTerms(parameters, payer), readCard(card, site.clock.now()));
	}

	/** What the widget is to charge. @throws Refusal when a parameter is missing or wrong */
	widgetTerms(parameters: WidgetParameters, payer: Payer): PaymentTerms {
		const { site } = this.service;
		if (parameters.publicId !== site.publicId) throw new Refusal('Terminal is not found');
		const given = readInput(fields, { ...parameters });
		const accountId = given.accountId ?? null;
		const jsonData = dataText(parameters);
		const wished = readExtras(jsonData, given.amount, accountId);
		const { recurrent } = parameters;
		return {
			amountMinor: given.amount,
			currency: given.currency,
			scheme: given.schema,
			invoiceId: given.invoiceId ?? null,
			accountId,
			email: payer.email ?? given.email ?? null,
			name: payer.name,
			description: given.description ?? null,
			jsonData,
			ipAddress: PAYER_IP,
			saveCard: parameters.tokenize ?? payer.saveCard,
			recurrent: recurrent === undefined ? wished : readRecurrent(asInput(recurrent), accountId),
			subscriptionId: null,
			orderId: null,
			isTest: site.testMode,
		};
	}
}

/** `Data` of the payment: the shop's own with the receipt where the service looks for it. */
function dataText({ metadata, receipt }: WidgetParameters): string | null {
	const own: unknown = typeof metadata === 'string' ? parseJson(metadata) : metadata;
	if (receipt === undefined) return own === undefined || own === null ? null : JSON.stringify(own);
	return JSON.stringify({ ...asInput(own), cloudPayments: { customerReceipt: receipt } });
}
