/** What the stand-in does differently until told otherwise. */
export interface Modes {
	/** `filter[…]` is ignored everywhere: lists answer with unrelated rows. */
	readonly filtersIgnored: boolean;
	/** What `is_api_filter_enabled` of the account says; the real one may promise more than it keeps. */
	readonly filtersAnnounced: boolean;
	/** The search also returns rows that hold only the last four characters of the query. */
	readonly looseSearch: boolean;
	/** A contact or lead younger than this is not found by `query`. */
	readonly indexLagMs: number;
	/** Contacts all of whose leads are still unsorted are not found by `query`. */
	readonly unsortedHidden: boolean;
	/** Values of numeric fields are read as strings. */
	readonly numericAsStrings: boolean;
	/** Every call takes this much longer; half of it passes before it takes effect. */
	readonly latencyMs: number;
	/** Whether the token's user is an administrator; others may not list users. */
	readonly isAdmin: boolean;
	/** Every call is answered 403, as after repeated abuse. */
	readonly forbidden: boolean;
	/** Every call is answered 503. */
	readonly down: boolean;
	/** Time zone of the account, an IANA name. */
	readonly timeZone: string;
}

export const DEFAULT_MODES: Modes = {
	filtersIgnored: false,
	filtersAnnounced: true,
	looseSearch: false,
	indexLagMs: 0,
	unsortedHidden: false,
	numericAsStrings: false,
	latencyMs: 0,
	isAdmin: true,
	forbidden: false,
	down: false,
	timeZone: 'Europe/Moscow',
};

/** The modes in force. */
export class ModeSwitch {
	current: Modes = DEFAULT_MODES;

	/** Changes the modes named, keeps the others. */
	set(modes: Partial<Modes>): void {
		this.current = { ...this.current, ...modes };
	}

	reset(): void {
		this.current = DEFAULT_MODES;
	}
}
