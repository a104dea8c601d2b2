import type { Lead } from '../entities';

/** How long amoCRM's search may not know what was just created; it says nothing about it, so generously. */
const RECENT_MS = 10 * 60_000;
/** How long an account is taken to ignore filters once it has done so. */
const FILTERS_IGNORED_MS = 60 * 60_000;
/** Beyond this many the oldest are forgotten. */
const MAX_ENTRIES = 10_000;

/** Remembers a value by key for a while. */
class RecentMap<T> {
	private readonly entries = new Map<string, { value: T; until: number }>();

	get(key: string): T | undefined {
		const entry = this.entries.get(key);
		if (entry && Date.now() < entry.until) return entry.value;
		this.entries.delete(key);
		return undefined;
	}

	set(key: string, value: T, lifeMs = RECENT_MS): void {
		this.entries.delete(key);
		this.entries.set(key, { value, until: Date.now() + lifeMs });
		const [oldest] = this.entries.keys();
		if (this.entries.size > MAX_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
	}
}

/** What this process has lately seen of one account. */
export class AccountMemory {
	/** Contact id by identifier, see `identifierKey`. */
	readonly contactIds = new RecentMap<string>();
	/** Leads this node has created, by contact. */
	readonly createdLeadIds = new RecentMap<Array<Lead['id']>>();
	private readonly flags = new RecentMap<true>();

	get ignoresFilters(): boolean {
		return this.flags.get('ignoresFilters') === true;
	}

	noteIgnoredFilters(): void {
		this.flags.set('ignoresFilters', true, FILTERS_IGNORED_MS);
	}
}

const memories = new Map<string, AccountMemory>();

/** The memory of the account behind a client, by its key. */
export function memoryOf({ key }: { key: string }): AccountMemory {
	let memory = memories.get(key);
	if (!memory) memories.set(key, (memory = new AccountMemory()));
	return memory;
}
