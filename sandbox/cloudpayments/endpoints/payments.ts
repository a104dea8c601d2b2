import { z } from 'zod';
import { farExpiry, readCard } from '../cards';
import type { Endpoint, Envelope } from '../endpoint';
import { DONE, success } from '../endpoint';
import { readExtras } from '../extras';
import { amount, currency, email, flag, integer, jsonData, readInput, text } from '../input';
import { transactionModel } from '../models';
import type { PaymentTerms, Transaction } from '../objects';
import type { Service } from '../service';
import { readPaRes, threeDSecureModel } from '../threeDSecure';

const termsShape = {
	Amount: amount,
	Currency: currency.default('RUB'),
	InvoiceId: text.optional(),
	Description: text.optional(),
	Email: email.optional(),
	JsonData: jsonData.optional(),
};

const cardPayment = z.object({
	...termsShape,
	IpAddress: text,
	CardCryptogramPacket: text,
	Name: text.optional(),
	AccountId: text.optional(),
	SaveCard: flag.optional(),
});

const tokenPayment = z.object({
	...termsShape,
	AccountId: text,
	Token: text,
	TrInitiatorCode: integer.pipe(z.number().min(0).max(1)),
	PaymentScheduled: integer.pipe(z.number().min(0).max(1)).optional(),
	IpAddress: text.optional(),
});

const transactionIdOnly = z.object({ TransactionId: integer });
const confirmation = z.object({ TransactionId: integer, Amount: amount, JsonData: jsonData.optional() });
const authentication = z.object({ TransactionId: integer, PaRes: text });

type Scheme = PaymentTerms['scheme'];

/** What becomes of money: charges, the payer's bank, confirming, voiding, refunds. */
export function paymentEndpoints({ site, payments, tokens }: Service): readonly Endpoint[] {
	const model = (transaction: Transaction) => transactionModel(transaction, site.publicId);
	/** A refused payment is Success false without a message (providers/cloudpayments.md §2). */
	const answer = (transaction: Transaction): Envelope => {
		if (transaction.status === 'AwaitingAuthentication') {
			return { Success: false, Message: null, Model: threeDSecureModel(transaction, site.url) };
		}
		return { Success: transaction.status !== 'Declined', Message: null, Model: model(transaction) };
	};
	const terms = (
		given: z.output<typeof cardPayment> | z.output<typeof tokenPayment>,
		scheme: Scheme,
		more: Pick<PaymentTerms, 'name' | 'saveCard'>,
	): PaymentTerms => {
		const accountId = given.AccountId ?? null;
		const json = given.JsonData ?? null;
		return {
			amountMinor: given.Amount,
			currency: given.Currency,
			scheme,
			invoiceId: given.InvoiceId ?? null,
			accountId,
			email: given.Email ?? null,
			description: given.Description ?? null,
			jsonData: json,
			ipAddress: given.IpAddress ?? null,
			recurrent: readExtras(json, given.Amount, accountId),
			subscriptionId: null,
			orderId: null,
			isTest: site.testMode,
			...more,
		};
	};
	const byCard = (scheme: Scheme): Endpoint['serve'] => async (input) => {
		const given = readInput(cardPayment, input);
		const now = site.clock.now();
		const card = readCard({ number: given.CardCryptogramPacket, expDate: farExpiry(now) }, now);
		const more = { name: given.Name ?? null, saveCard: given.SaveCard ?? null };
		return answer(await payments.payByCard(terms(given, scheme, more), card));
	};
	const byToken = (scheme: Scheme): Endpoint['serve'] => async (input) => {
		const given = readInput(tokenPayment, input);
		const token = tokens.get(given.Token, given.AccountId);
		return answer(await payments.payByToken(terms(given, scheme, { name: null, saveCard: null }), token));
	};
	return [
		{ path: 'payments/cards/charge', serve: byCard('Single') },
		{ path: 'payments/cards/auth', serve: byCard('Dual') },
		{
			path: 'payments/cards/post3ds',
			serve: (input) => {
				const { TransactionId, PaRes } = readInput(authentication, input);
				const transaction = site.transaction(TransactionId);
				return answer(payments.authenticate(transaction, readPaRes(PaRes, transaction)));
			},
		},
		{ path: 'payments/tokens/charge', serve: byToken('Single') },
		{ path: 'payments/tokens/auth', serve: byToken('Dual') },
		{
			path: 'payments/confirm',
			serve: (input) => {
				const { TransactionId, Amount, JsonData } = readInput(confirmation, input);
				readExtras(JsonData ?? null, Amount, null);
				payments.confirm(site.transaction(TransactionId), Amount);
				return DONE;
			},
		},
		{
			path: 'payments/void',
			serve: (input) => {
				payments.void(site.transaction(readInput(transactionIdOnly, input).TransactionId));
				return DONE;
			},
		},
		{
			path: 'payments/refund',
			serve: (input) => {
				const { TransactionId, Amount, JsonData } = readInput(confirmation, input);
				const json = JsonData ?? null;
				readExtras(json, Amount, null);
				const refund = payments.refund(site.transaction(TransactionId), Amount, json);
				return success({ TransactionId: refund.transactionId });
			},
		},
		{
			path: 'payments/get',
			serve: (input) => success(model(site.transaction(readInput(transactionIdOnly, input).TransactionId))),
		},
	];
}
