import { z } from 'zod';

import { id, number, text } from './lenient';

/** A loyalty card of YCLIENTS' own programme. */
export interface LoyaltyCard {
	cardId: string;
	number: string | null;
	typeId: string | null;
	/**
	 * In hundredths; YCLIENTS sends floats such as 0.66000000000000003. Below zero when more was taken than was there.
	 */
	balanceMinor: number | null;
}

const cardSchema = z.object({ id: id.pipe(z.string()), number: text, type_id: id, balance: number });

/** Reads a card; null when it is none. */
export function readCard(row: unknown): LoyaltyCard | null {
	const { data: card } = cardSchema.safeParse(row);
	if (!card) return null;
	const balanceMinor = card.balance === null ? null : Math.round(card.balance * 100);
	return { cardId: card.id, number: card.number, typeId: card.type_id, balanceMinor };
}

/** Hundredths as YCLIENTS takes them: a number with at most two decimals. */
export function toAmount(amountMinor: number): number {
	return amountMinor / 100;
}
