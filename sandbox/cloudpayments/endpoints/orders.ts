import { z } from 'zod';
import type { Endpoint } from '../endpoint';
import { DONE, success } from '../endpoint';
import { readExtras, readRecurrent } from '../extras';
import { amount, currency, email, flag, integer, jsonData, readInput, text, url } from '../input';
import { MINUTE_MS } from '../moments';
import { orderModel } from '../models';
import { Refusal } from '../refusal';
import type { Service } from '../service';

const newOrder = z.object({
	Amount: amount,
	Description: text,
	Currency: currency.default('RUB'),
	Email: email.optional(),
	RequireConfirmation: flag.default(false),
	SendEmail: flag.default(false),
	InvoiceId: text.optional(),
	AccountId: text.optional(),
	OfferUri: url.optional(),
	Phone: text.optional(),
	SendSms: flag.default(false),
	SendViber: flag.default(false),
	CultureName: text.default('ru-RU'),
	SubscriptionBehavior: text.pipe(z.enum(['CreateWeekly', 'CreateMonthly'])).optional(),
	SuccessRedirectUrl: url.optional(),
	FailRedirectUrl: url.optional(),
	JsonData: jsonData.optional(),
});
const orderId = z.object({ Id: text });

const newSbpLink = z.object({
	PublicId: text,
	Amount: amount,
	Currency: currency,
	Scheme: text.pipe(z.literal('charge')),
	Description: text.optional(),
	AccountId: text.optional(),
	Email: email.optional(),
	InvoiceId: text.optional(),
	JsonData: jsonData.optional(),
	TtlMinutes: integer.pipe(z.number().min(1).max(129_600)).default('4320'),
	SuccessRedirectUrl: url.optional(),
	SaveCard: flag.optional(),
	IsTest: flag.default(false),
});

/** Links to pay. */
export function orderEndpoints({ site, orders, payments }: Service): readonly Endpoint[] {
	return [
		{
			path: 'orders/create',
			serve: (input) => {
				const given = readInput(newOrder, input);
				if (given.SendSms && given.SendViber) throw new Refusal('Use either SendSms or SendViber');
				if ((given.SendSms || given.SendViber) && given.Phone === undefined) throw new Refusal('Phone is required');
				if (given.SendEmail && given.Email === undefined) throw new Refusal('Email is required');
				const accountId = given.AccountId ?? null;
				const json = given.JsonData ?? null;
				const wished = readExtras(json, given.Amount, accountId);
				const behaviour = given.SubscriptionBehavior;
				const interval = behaviour === 'CreateWeekly' ? 'Week' : 'Month';
				const order = orders.create({
					amountMinor: given.Amount,
					currency: given.Currency,
					description: given.Description,
					email: given.Email ?? null,
					phone: given.Phone ?? null,
					invoiceId: given.InvoiceId ?? null,
					accountId,
					jsonData: json,
					scheme: given.RequireConfirmation ? 'Dual' : 'Single',
					recurrent: behaviour ? readRecurrent({ Interval: interval, Period: 1 }, accountId) : wished,
					offerUri: given.OfferUri ?? null,
					successUrl: given.SuccessRedirectUrl ?? null,
					failUrl: given.FailRedirectUrl ?? null,
					cultureName: given.CultureName,
				});
				return success(orderModel(order, site.url));
			},
		},
		{
			path: 'orders/cancel',
			serve: (input) => {
				orders.cancel(readInput(orderId, input).Id);
				return DONE;
			},
		},
		{
			path: 'payments/qr/sbp/link',
			serve: (input) => {
				const given = readInput(newSbpLink, input);
				if (given.PublicId !== site.publicId) throw new Refusal('PublicId is invalid');
				const accountId = given.AccountId ?? null;
				const json = given.JsonData ?? null;
				const { transactionId } = payments.beginSbp({
					amountMinor: given.Amount,
					currency: given.Currency,
					scheme: 'Single',
					invoiceId: given.InvoiceId ?? null,
					accountId,
					email: given.Email ?? null,
					name: null,
					description: given.Description ?? null,
					jsonData: json,
					ipAddress: null,
					saveCard: given.SaveCard ?? null,
					recurrent: readExtras(json, given.Amount, accountId),
					subscriptionId: null,
					orderId: null,
					isTest: site.testMode || given.IsTest,
				});
				const expiresAt = new Date(site.clock.now() + given.TtlMinutes * MINUTE_MS).toISOString();
				const successUrl = given.SuccessRedirectUrl ?? null;
				site.sbpLinks.set(transactionId, { transactionId, expiresAt, successUrl });
				return success({ QrUrl: `${site.url}/q/${transactionId}`, TransactionId: transactionId });
			},
		},
	];
}
