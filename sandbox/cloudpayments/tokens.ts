import type { CardFace } from './cards';
import type { Token } from './objects';
import { Refusal } from './refusal';
import { newId } from './site';

/** What the bank says to the charges of a token: yes, or why not; of a list one after another. */
export type TokenOutcome = 'ok' | number | ReadonlyArray<'ok' | number>;

/** The saved cards. */
export class Tokens {
	private readonly byText = new Map<string, Token>();
	private readonly outcomes = new Map<string, TokenOutcome>();

	/** Oldest first. */
	get all(): readonly Token[] {
		return [...this.byText.values()];
	}

	/** The token of a card and an account; the same one when it was saved before. */
	save(card: CardFace | null, accountId: string, reasonCode: number): Token {
		const key = cardKey(card);
		const known = this.all.find((token) => token.accountId === accountId && cardKey(token.card) === key);
		if (known) return known;
		const token: Token = { token: newId('tk_', 14), accountId, card, reasonCode };
		this.byText.set(token.token, token);
		return token;
	}

	/** @throws Refusal when the site never issued it, or to another account */
	get(text: string, accountId: string): Token {
		const token = this.byText.get(text);
		if (!token) throw new Refusal('Token is not found on this terminal');
		if (token.accountId !== accountId) throw new Refusal('Token belongs to another AccountId');
		return token;
	}

	/** Decides on all charges of the token, or on as many as the list is long. @throws Refusal for an unknown one */
	decide(text: string, outcome: TokenOutcome): void {
		if (!this.byText.has(text)) throw new Refusal('Token is not found on this terminal');
		this.outcomes.set(text, outcome);
	}

	/** What the bank says to the charge that is made now; 0 is yes. */
	takeReasonCode({ token, reasonCode }: Token): number {
		const outcome = this.outcomes.get(token);
		if (typeof outcome !== 'object') return outcome === undefined ? reasonCode : codeOf(outcome);
		const [first, ...rest] = outcome;
		this.outcomes.set(token, rest);
		return first === undefined ? reasonCode : codeOf(first);
	}

	clear(): void {
		this.byText.clear();
		this.outcomes.clear();
	}
}

function codeOf(outcome: 'ok' | number): number {
	return outcome === 'ok' ? 0 : outcome;
}

function cardKey(card: CardFace | null): string {
	return card === null ? 'sbp' : `${card.firstSix}-${card.lastFour}-${card.expDate}`;
}
