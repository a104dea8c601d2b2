import { ApiError, notFound } from './apiError';
import type { Clock } from './clock';
import { fullDigits } from './clients';

/** Types of loyalty transactions the stand-in makes (providers/yclients.md §8). */
export const TRANSACTION_TYPE = { programAccrual: 2, manualIn: 5, manualOut: 6 } as const;

export interface LoyaltyCard {
	readonly id: number;
	readonly number: string;
	readonly typeId: number;
	/** Digits of the holder's phone. */
	readonly phone: string;
	/** Kopecks. */
	readonly balanceMinor: number;
}

export interface LoyaltyTransaction {
	readonly id: number;
	readonly cardId: number;
	readonly typeId: number;
	/** Kopecks; negative takes away. */
	readonly amountMinor: number;
	readonly title: string;
	/** 0 without a visit. */
	readonly visitId: number;
	/** Milliseconds since 1970. */
	readonly createdAt: number;
}

export const CARD_TYPE = { id: 7001, title: 'Бонусная карта' } as const;

/** Loyalty cards of the chain. A transaction has no key: repeated, it counts twice. */
export class Loyalty {
	private readonly cards = new Map<number, LoyaltyCard>();
	private readonly entries: LoyaltyTransaction[] = [];
	private lastCard = 610_000;
	private lastTransaction = 910_000;

	constructor(private readonly clock: Clock) {}

	/** Oldest first. */
	get transactions(): readonly LoyaltyTransaction[] {
		return this.entries;
	}

	cardsOf(phone: string): readonly LoyaltyCard[] {
		return [...this.cards.values()].filter((card) => card.phone === fullDigits(phone));
	}

	/** @throws ApiError 404 */
	card(id: number): LoyaltyCard {
		const card = this.cards.get(id);
		if (!card) throw notFound(`Карта ${id} не найдена`);
		return card;
	}

	/** @throws ApiError 409 when the number is taken, 404 when there is no such type */
	issue(number: string, typeId: number, phone: string): LoyaltyCard {
		if (typeId !== CARD_TYPE.id) throw notFound(`Тип карты ${typeId} не найден`);
		if ([...this.cards.values()].some((card) => card.number === number)) {
			throw new ApiError(409, 'Карта с таким номером уже выдана');
		}
		this.lastCard += 1;
		const card: LoyaltyCard = { id: this.lastCard, number, typeId, phone: fullDigits(phone), balanceMinor: 0 };
		this.cards.set(card.id, card);
		return card;
	}

	/** @throws ApiError 404 */
	remove(id: number): void {
		this.cards.delete(this.card(id).id);
	}

	/** Adds to the card or takes from it by hand. @throws ApiError 422 when less is there */
	post(cardId: number, amountMinor: number, title: string): LoyaltyCard {
		const typeId = amountMinor < 0 ? TRANSACTION_TYPE.manualOut : TRANSACTION_TYPE.manualIn;
		return this.add({ cardId, typeId, amountMinor, title, visitId: 0 });
	}

	/** The service's own cashback program pays for a visit. */
	accrue(cardId: number, amountMinor: number, visitId: number): LoyaltyCard {
		return this.add({ cardId, typeId: TRANSACTION_TYPE.programAccrual, amountMinor, title: 'Кешбэк', visitId });
	}

	clear(): void {
		this.cards.clear();
		this.entries.length = 0;
	}

	private add(entry: Omit<LoyaltyTransaction, 'id' | 'createdAt'>): LoyaltyCard {
		const card = this.card(entry.cardId);
		const balanceMinor = card.balanceMinor + entry.amountMinor;
		if (balanceMinor < 0) throw new ApiError(422, 'Недостаточно средств на карте');
		this.lastTransaction += 1;
		this.entries.push({ ...entry, id: this.lastTransaction, createdAt: this.clock.second() });
		const changed = { ...card, balanceMinor };
		this.cards.set(card.id, changed);
		return changed;
	}
}
