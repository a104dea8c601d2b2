import { parseEvents } from '../../nodes/LoyaltyCalculator/events';
import { parseRules, type RulesInput } from '../../nodes/LoyaltyCalculator/rules';
import { type Statement, statementOf } from '../../nodes/LoyaltyCalculator/statement';
import type { Booking } from '../../nodes/YClients/booking';
import { UserMatcher } from '../../nodes/YClients/match';
import { toEntry } from '../../nodes/YClients/recordEntry';
import type { Ledger, Row } from './ledger';

export const COMPANY = '555001';
export const DAY_MS = 86_400_000;
/** 5 %, a point is a rouble. */
export const FIVE_PERCENT: RulesInput = { tiers: [{ name: 'Standard', threshold: 0, rateBps: 500 }] };

/** What a test says of a record; everything else is the same in all. */
export interface RecordFacts {
	/** Roubles of its one service. */
	cost?: number | string;
	attendance?: -1 | 0 | 1 | 2;
	deleted?: boolean;
	/** Version: seconds after some moment. */
	version?: number;
	visitAt?: string | null;
	code?: string;
	client?: Row | null;
	more?: Row;
}

/** A record as it goes on from the YClients node. */
export interface Entry extends Row {
	recordId: string;
	booking: Booking;
}

/** The version's time. */
export function versionAt(version: number): string {
	return new Date(Date.UTC(2026, 2, 10) + version * 1000).toISOString();
}

const START = Date.now();

/** Days from the start of the tests, as a time with its offset. */
export function inDays(days: number): string {
	return new Date(START + days * DAY_MS).toISOString();
}

/** A record of YCLIENTS, read by the node's own code. By default: came, 2000.00, 3 days ago, of nobody. */
export function record(id: number | string, facts: RecordFacts = {}): Entry {
	const { cost = 2000, attendance = 1, deleted = false, version = 0, visitAt = inDays(-3), code, client } = facts;
	return toEntry(
		{
			id,
			company_id: COMPANY,
			services: [{ id: 3068094, title: 'Маникюр', cost }],
			staff: { id: 9001, name: 'Мария' },
			client: client ?? null,
			datetime: visitAt,
			create_date: versionAt(-1000),
			last_change_date: versionAt(version),
			comment: code === undefined ? 'Тихо, пожалуйста' : `Тихо, пожалуйста. Код клиента: ${code}`,
			attendance,
			visit_attendance: attendance,
			seance_length: 5400,
			deleted,
			paid_full: 0,
			...facts.more,
		},
		COMPANY,
		{},
	) as unknown as Entry;
}

export interface SaveRow extends Row {
	saved: number;
	stale: number;
	duplicate: number;
	linked: number;
	unlinked: number;
	reviews_open: number;
	user_ids: string[];
}

export interface WorkRow {
	user_id: string;
	external_id: string;
	revision: string;
	as_of: string;
	events: Array<{ at: string; type: string } & Row>;
}

export interface PostRow extends Row {
	outcome: string;
	user_id: string;
	points: string;
	balance: string;
	written: Array<{ type: string; points: number; source: string | null; key: string | null; seq: number | null }>;
}

/** The steps of the workflow, with the real nodes' code between the calls. */
export class Loyalty {
	constructor(private readonly ledger: Ledger) {}

	/** Registers people; each gets the code ABC and the five digits of the number behind their name. */
	async people(...people: Array<Row & { external_id: string }>): Promise<Record<string, string>> {
		const codes = people.map(({ external_id }) => codeOf(external_id));
		const rows = await this.ledger.rows<{ external_id: string; user_id: string }>('issue_codes', {
			users: people,
			codes,
		});
		return Object.fromEntries(rows.map(({ external_id, user_id }) => [external_id, user_id]));
	}

	/** bookings_to_match and Match to Users. */
	async match(records: Entry[], extra: Row = {}): Promise<Entry[]> {
		const row = await this.ledger.row<{ records: Entry[]; users: unknown[] }>('bookings_to_match', {
			company_id: COMPANY,
			records,
			...extra,
		});
		const matcher = new UserMatcher(row.users);
		return row.records.map((entry) => ({
			...entry,
			match: matcher.match(entry.booking, {
				linkedUserId: entry.linkedUserId as string | null,
				pointsPosted: entry.pointsPosted as boolean,
			}),
		}));
	}

	save(records: Row[], extra: Row = {}): Promise<SaveRow> {
		return this.ledger.row<SaveRow>('save_bookings', { company_id: COMPANY, records, ...extra });
	}

	/** What the workflow does with records up to saving. */
	async take(records: Entry[], extra: Row = {}): Promise<SaveRow> {
		return this.save(await this.match(records), extra);
	}

	work(p: Row = {}): Promise<WorkRow[]> {
		return this.ledger.rows<WorkRow>('loyalty_work', p);
	}

	/** Works out and posts what there is to post. `asOf` stands in for the moment of the call. */
	async post(rules: RulesInput = FIVE_PERCENT, p: Row = {}, asOf?: string): Promise<PostRow[]> {
		const rows: PostRow[] = [];
		for (const work of await this.work(p)) {
			rows.push(await this.postWork(work, statement(work, rules, asOf), asOf));
		}
		return rows;
	}

	postWork({ user_id, revision, as_of }: WorkRow, result: Statement, asOf = as_of): Promise<PostRow> {
		return this.ledger.row<PostRow>('post_points', { user_id, revision, as_of: asOf, result });
	}

	/** Sum of all entries, by external id. */
	async balances(): Promise<Record<string, number>> {
		const rows = await this.ledger.sql<{ external_id: string; balance: string }>(
			`SELECT u.external_id, coalesce(sum(e.points), 0) AS balance FROM fulfillment.loyalty_users u
			LEFT JOIN fulfillment.loyalty_entries e ON e.user_id = u.id GROUP BY u.external_id ORDER BY u.external_id`,
		);
		return Object.fromEntries(rows.map(({ external_id, balance }) => [external_id, Number(balance)]));
	}

	/** Type and points of every entry, in order. */
	async entries(): Promise<string[]> {
		const rows = await this.ledger.sql('SELECT type, points FROM fulfillment.loyalty_entries ORDER BY id');
		return rows.map(({ type, points }) => `${String(type)} ${String(points)}`);
	}

	act(p: Row): Promise<Row> {
		return this.ledger.row('record_act', p);
	}

	account(externalId: string): Promise<Row> {
		return this.ledger.row('loyalty_account', { external_id: externalId });
	}
}

/** Of `u7` ABC00007. */
export function codeOf(externalId: string): string {
	return `ABC${externalId.replace(/\D/g, '').padStart(5, '0')}`;
}

/** What the Loyalty Calculator node puts out for a row of loyalty_work. */
export function statement({ events, as_of }: WorkRow, rules: RulesInput = FIVE_PERCENT, asOf = as_of): Statement {
	const known = parseEvents(events).sort((a, b) => a.at - b.at);
	const history = [...known, { type: 'tick' as const, at: Date.parse(asOf) }];
	return JSON.parse(JSON.stringify(statementOf(parseRules(rules), history, 30))) as Statement;
}
