import type { Profile } from './account';
import { Account } from './account';
import { toInteger } from './callParameters';

/** Above 32 bits, as the ids of newer accounts are. */
const FIRST_FREE_ID = 6_000_000_000;

/** All accounts there are. */
export class People {
	private readonly accounts = new Map<number, Account>();
	/** Other numbers after each start: a ledger kept between two starts must not take a new person for an old one. */
	private nextId = FIRST_FREE_ID + Math.floor(Date.now() / 1000);

	/** Oldest first. */
	get all(): readonly Account[] {
		return [...this.accounts.values()];
	}

	find(id: number): Account | null {
		return this.accounts.get(id) ?? null;
	}

	/**
	 * The account with this id, made when there is none yet. A given name replaces the one it had.
	 *
	 * @param id decimal; a free one when undefined
	 * @throws Error when the id is not a positive number of at most 52 bits
	 */
	open(id: string | undefined, profile: Partial<Profile>): Account {
		const number = id === undefined ? this.nextId++ : toInteger(id);
		if (number <= 0 || number >= 2 ** 52) throw new Error(`Not a user id of at most 52 bits: ${id}`);
		const account = this.accounts.get(number) ?? new Account(number, { firstName: `User ${number}` });
		account.profile = { ...account.profile, ...profile };
		this.accounts.set(number, account);
		return account;
	}

	clear(): void {
		this.accounts.clear();
	}
}
