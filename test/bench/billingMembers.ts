import type { CloudPaymentsControl } from '../../sandbox/cloudpayments/control';
import { GOOD_CARD } from '../e2e/support/billingShop';

/** Runs one statement on a ledger. */
type Query = (sql: string, values: unknown[]) => Promise<unknown>;

/** A user with a card that was saved for him. */
export interface Member {
	userId: string;
	token: string;
}

export const PLAN = { code: 'pro', name: 'Про', amount_minor: 149000, currency: 'RUB', counters: { mails: 100 } };

/** Lets so many people pay once in the widget, which saves their cards. */
export async function saveCards(shop: CloudPaymentsControl, publicId: string, count: number): Promise<Member[]> {
	const members: Member[] = [];
	for (let number = 1; number <= count; number++) {
		const userId = `member-${number}`;
		const parameters = { publicId, amount: PLAN.amount_minor / 100, currency: PLAN.currency, accountId: userId };
		const { token } = await shop.payWidget(parameters, { card: GOOD_CARD });
		if (!token) throw new Error(`No card was saved for ${userId}`);
		members.push({ userId, token });
	}
	return members;
}

/** Gives them the plan, in its 29th of 30 days and to be renewed by our schedule. */
export async function addDueMembers(query: Query, members: Member[]): Promise<void> {
	const users = members.map(({ userId }) => userId);
	await query('SELECT fulfillment.save_plans($1::jsonb)', [JSON.stringify({ plans: [PLAN] })]);
	await query('INSERT INTO fulfillment.plan_users (user_id) SELECT unnest($1::text[])', [users]);
	await query(
		`INSERT INTO fulfillment.memberships (user_id, plan_code, plan_name, amount_minor, currency, period_days, counters,
			counters_left, status, starts_at, ends_at, auto_renew, renew_by, card_token)
		SELECT c.user_id, p.code, p.name, p.amount_minor, p.currency, p.period_days, p.counters, p.counters, 'active',
			now() - interval '28 days', now() + interval '2 days', true, 'token', c.token
		FROM unnest($1::text[], $2::text[]) AS c (user_id, token), fulfillment.plans p WHERE p.code = $3`,
		[users, members.map(({ token }) => token), PLAN.code],
	);
	await query(
		`INSERT INTO fulfillment.membership_periods (membership_id, number, transaction_id, plan_code, is_renewal,
			amount_minor, currency, period_days, paid_at, starts_at, ends_at)
		SELECT m.id, 1, 'first-' || m.id, m.plan_code, false, m.amount_minor, m.currency, m.period_days, m.starts_at,
			m.starts_at, m.ends_at
		FROM fulfillment.memberships m WHERE m.user_id = ANY ($1)`,
		[users],
	);
}

/** What was charged by saved cards: how many orders, and how many of them more than once. */
export function countCharged(shop: CloudPaymentsControl): { orders: number; twice: number } {
	const charges = new Map<string, number>();
	for (const { invoiceId, status } of shop.transactions()) {
		if (invoiceId === null || status !== 'Completed') continue;
		charges.set(invoiceId, (charges.get(invoiceId) ?? 0) + 1);
	}
	return { orders: charges.size, twice: [...charges.values()].filter((count) => count > 1).length };
}
