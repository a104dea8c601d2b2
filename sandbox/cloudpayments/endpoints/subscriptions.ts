import { z } from 'zod';
import { readReceipt } from '../customerReceipt';
import type { Endpoint } from '../endpoint';
import { DONE, success } from '../endpoint';
import { amount, count, currency, email, flag, interval, jsonData, moment, parseJson, readInput, text } from '../input';
import { subscriptionModel } from '../models';
import type { Service } from '../service';
import type { PlanChange } from '../subscriptions';

const newSubscription = z.object({
	Token: text,
	AccountId: text,
	Description: text,
	Amount: amount,
	Currency: currency,
	RequireConfirmation: flag,
	StartDate: moment,
	Interval: interval,
	Period: count,
	MaxPeriods: count.optional(),
	Email: email.optional(),
	CustomerReceipt: jsonData.optional(),
});
const subscriptionChange = newSubscription
	.omit({ Token: true, AccountId: true, Email: true })
	.partial()
	.extend({ Id: text });
const idOnly = z.object({ Id: text });
const accountOnly = z.object({ accountId: text });

/** Regular charges of a saved card. */
export function subscriptionEndpoints({ site, tokens, subscriptions }: Service): readonly Endpoint[] {
	return [
		{
			path: 'subscriptions/create',
			serve: (input) => {
				const given = readInput(newSubscription, input);
				const { Token, AccountId } = given;
				checkReceipt(given.CustomerReceipt, given.Amount);
				return success(subscriptionModel(subscriptions.create({
					accountId: AccountId,
					token: tokens.get(Token, AccountId).token,
					email: given.Email ?? null,
					description: given.Description,
					amountMinor: given.Amount,
					currency: given.Currency,
					requireConfirmation: given.RequireConfirmation,
					startAt: given.StartDate,
					interval: given.Interval,
					period: given.Period,
					maxPeriods: given.MaxPeriods ?? null,
					customerReceipt: given.CustomerReceipt ?? null,
				})));
			},
		},
		{
			path: 'subscriptions/get',
			serve: (input) => success(subscriptionModel(site.subscription(readInput(idOnly, input).Id))),
		},
		{
			path: 'subscriptions/find',
			serve: (input) => {
				const { accountId: wanted } = readInput(accountOnly, input);
				const own = [...site.subscriptions.values()].filter(({ accountId }) => accountId === wanted);
				return success(own.map(subscriptionModel));
			},
		},
		{
			path: 'subscriptions/update',
			serve: (input) => {
				const { Id, ...given } = readInput(subscriptionChange, input);
				checkReceipt(given.CustomerReceipt, given.Amount ?? site.subscription(Id).amountMinor);
				const change: PlanChange = {
					description: given.Description,
					amountMinor: given.Amount,
					currency: given.Currency,
					requireConfirmation: given.RequireConfirmation,
					startAt: given.StartDate,
					interval: given.Interval,
					period: given.Period,
					maxPeriods: given.MaxPeriods,
					customerReceipt: given.CustomerReceipt,
				};
				const changed = Object.entries(change).filter(([, value]) => value !== undefined);
				return success(subscriptionModel(subscriptions.update(Id, Object.fromEntries(changed))));
			},
		},
		{
			path: 'subscriptions/cancel',
			serve: (input) => {
				subscriptions.cancel(readInput(idOnly, input).Id);
				return DONE;
			},
		},
	];
}

/** @throws Refusal when it does not fit */
function checkReceipt(json: string | undefined, amountMinor: number): void {
	if (json !== undefined) readReceipt(parseJson(json), amountMinor);
}
