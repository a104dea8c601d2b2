import type { MomentReading } from './branchTime';

/** How the service behaves until told otherwise. */
export interface Modes {
	/** Values lose their types: numbers as text, 0/1 for booleans, `[]` for objects, keys left out. */
	readonly drift: boolean;
	/** Most records in a page, whatever `count` asks for. */
	readonly pageClamp: number;
	/** What `meta.total_count` of the records counts; `absent` leaves it out. */
	readonly totalCount: 'all' | 'page' | 'absent';
	/** How `changed_after` and `changed_before` are read. */
	readonly changedAfter: MomentReading;
	/** Whether a deleted record is answered with `deleted` instead of 404. */
	readonly deletedIsShown: boolean;
	/** `timetable_phones_access`: phones in records. */
	readonly phonesAccess: boolean;
	/** `record_form_client_access`: the clients of records. */
	readonly recordClientsAccess: boolean;
	/** `clients_phones_email_access`: phones and e-mails of clients. */
	readonly contactsAccess: boolean;
	/** `webhook_read_access`: the webhook settings. */
	readonly webhooksAccess: boolean;
	/** `loyalty_cards_manual_transactions_access`: manual transactions of loyalty cards. */
	readonly loyaltyAccess: boolean;
	/** What stands in place of a hidden phone or e-mail. */
	readonly hiddenAs: 'blank' | 'masked';
	/** `partial`: a few keys of the record; `wrapped`: the body in an array. */
	readonly webhookBodies: 'full' | 'partial' | 'wrapped';
	/** Code from the SMS that online booking asks for; null asks for none. */
	readonly smsCode: string | null;
	/** Whether the list of loyalty transactions shows their titles. */
	readonly transactionTitles: boolean;
	/** Seconds in `Retry-After` of 429; null leaves it out. */
	readonly retryAfterSeconds: number | null;
}

const DEFAULTS: Modes = {
	drift: false,
	pageClamp: 200,
	totalCount: 'all',
	changedAfter: 'branch',
	deletedIsShown: false,
	phonesAccess: true,
	recordClientsAccess: true,
	contactsAccess: true,
	webhooksAccess: true,
	loyaltyAccess: true,
	hiddenAs: 'blank',
	webhookBodies: 'full',
	smsCode: null,
	transactionTitles: true,
	retryAfterSeconds: null,
};

export class ModeSwitch {
	current: Modes = DEFAULTS;

	/** Changes the modes named, keeps the others. */
	set(modes: Partial<Modes>): void {
		this.current = { ...this.current, ...modes };
	}

	reset(): void {
		this.current = DEFAULTS;
	}
}
