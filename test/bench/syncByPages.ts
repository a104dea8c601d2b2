import axios, { type AxiosInstance } from 'axios';

import { apiHeaders } from '../../nodes/YClients/shared/credentials';
import type { RecordJson } from '../../sandbox/yclients/views';
import type { Database } from './loyaltySteps';

const DAY_MS = 86_400_000;
const DAYS_BACK = 30;
/** The only level of the earlier programme: 3 %. */
const PERCENT = 3;
const CODE = /код клиента:\s*([A-Z]{3}\d{5})/i;

/** Its tables. People are those of the ledger. */
const TABLES = `
	CREATE SCHEMA earlier;
	CREATE TABLE earlier.bookings (
		record_id bigint PRIMARY KEY, status text NOT NULL, visit_at timestamptz NOT NULL, price_kopecks bigint NOT NULL,
		user_id bigint, bonuses_awarded boolean NOT NULL DEFAULT false);
	CREATE TABLE earlier.bonuses (record_id bigint NOT NULL, user_id bigint NOT NULL, points bigint NOT NULL);`;

interface Stored {
	status: string;
	visit_at: Date;
	price_kopecks: string;
	user_id: string | null;
	bonuses_awarded: boolean;
}

/**
 * The earlier way: every run reads the records of the last thirty days page by page and looks at each of them: its
 * row, its customer by code, then e-mail, then phone, and points once when it is completed (YL3 to YL5). Everywhere in
 * doubt it has the better of it here: it keeps to no limit, reads all services and not only the first, writes
 * only what is new or different, looks for a customer only while there is none, does without log and n8n, and asks the
 * database for an unchanged record once, by its primary key.
 */
export class SyncByPages {
	private readonly api: AxiosInstance;

	constructor(
		{ url, partnerToken, userToken, companyId }: Record<'url' | 'partnerToken' | 'userToken' | 'companyId', string>,
		private readonly database: Database,
	) {
		const headers = apiHeaders({ partnerToken, userToken, companyId, baseUrl: url, webhookSecret: '' }, 'user');
		this.api = axios.create({ baseURL: `${url}/api/v1/records/${companyId}`, headers });
	}

	async createTables(): Promise<void> {
		await this.database.query(TABLES);
	}

	/** @returns how many records were new or different */
	async run(pageSize: number): Promise<number> {
		let written = 0;
		for await (const records of this.pages(pageSize)) {
			for (const record of records) written += Number(await this.look(record));
		}
		return written;
	}

	/** The pages of the last thirty days; a short one is the last. */
	async *pages(size: number): AsyncGenerator<RecordJson[]> {
		const now = Date.now();
		const window = { start_date: dayOf(now - DAYS_BACK * DAY_MS), end_date: dayOf(now), count: size };
		for (let page = 1, length = size; length === size; page++) {
			const { data } = await this.api.get<{ data: RecordJson[] }>('', { params: { ...window, page } });
			yield data.data;
			length = data.data.length;
		}
	}

	private async look(record: RecordJson): Promise<boolean> {
		const [stored] = await this.rows<Stored>('SELECT * FROM earlier.bookings WHERE record_id = $1', [record.id]);
		const seen = { status: statusOf(record), visitAt: new Date(record.datetime), price: priceOf(record) };
		const userId = stored?.user_id ?? (await this.findUser(record));
		const isDifferent =
			stored?.status !== seen.status ||
			stored.visit_at.getTime() !== seen.visitAt.getTime() ||
			Number(stored.price_kopecks) !== seen.price ||
			stored.user_id !== userId;
		if (isDifferent) {
			await this.database.query(
				`INSERT INTO earlier.bookings VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (record_id) DO UPDATE SET status = excluded.status, visit_at = excluded.visit_at,
					price_kopecks = excluded.price_kopecks, user_id = excluded.user_id`,
				[record.id, seen.status, seen.visitAt, seen.price, userId],
			);
		}
		if (seen.status === 'COMPLETED' && userId !== null && stored?.bonuses_awarded !== true) {
			await this.database.query(
				`WITH award AS (UPDATE earlier.bookings SET bonuses_awarded = true WHERE record_id = $1 RETURNING record_id)
				INSERT INTO earlier.bonuses SELECT record_id, $2, $3 FROM award`,
				[record.id, userId, Math.floor((seen.price * PERCENT) / 10_000)],
			);
		}
		return isDifferent;
	}

	private async findUser({ comment, client }: RecordJson): Promise<string | null> {
		const ways: Array<[column: string, value: string | undefined]> = [
			['code', CODE.exec(comment)?.[1]],
			['email', client?.email.toLowerCase()],
			['phone_end', client?.phone.replace(/\D/g, '').slice(-10)],
		];
		for (const [column, value] of ways) {
			if (!value) continue;
			const sql = `SELECT id FROM fulfillment.loyalty_users WHERE ${column} = $1`;
			const [user] = await this.rows<{ id: string }>(sql, [value]);
			if (user) return user.id;
		}
		return null;
	}

	private async rows<Row>(sql: string, values: unknown[]): Promise<Row[]> {
		return (await this.database.query(sql, values)).rows as Row[];
	}
}

function statusOf({ deleted, attendance }: RecordJson): string {
	if (deleted) return 'CANCELLED';
	return { '-1': 'NO_SHOW', '0': 'PENDING', '1': 'COMPLETED', '2': 'CONFIRMED' }[attendance];
}

function priceOf({ services }: RecordJson): number {
	return services.reduce((sum, { cost }) => sum + Math.round(cost * 100), 0);
}

function dayOf(moment: number): string {
	return new Date(moment).toLocaleDateString('sv-SE', { timeZone: 'Europe/Moscow' });
}
