import axios, { type AxiosResponse } from 'axios';

import { SANDBOX_BRANCH, SANDBOX_SECRETS } from '../../../runtime/credentials';
import { waitUntil } from '../../../runtime/processes';
import { type CustomerClaims, signCustomerToken } from '../../../sandbox/shared/customerToken';
import { Editor } from './editor';

export const STORE_WORKFLOW = 'PfLoyaltyStore01';
export const SYNC_WORKFLOW = 'PfLoyaltySync001';
export const POINTS_WORKFLOW = 'PfLoyaltyPoints1';
export const NOTIFICATION_WORKFLOW = 'PfLoyaltyHook001';

export interface Entry extends Record<string, unknown> {
	type: string;
	points: number;
	source: string | null;
	seq: number | null;
}

/** A salon with its YCLIENTS branch, its customers and its ledger, as a test sees them. */
export class LoyaltySalon extends Editor {
	private customers = 0;

	get yclients() {
		return this.stack.sandbox.yclients;
	}

	/** Somebody new, with a phone number and an address that nobody else has. */
	person(overrides: Partial<CustomerClaims> = {}): Required<Omit<CustomerClaims, 'telegram_id'>> & CustomerClaims {
		this.customers += 1;
		const number = String(1_000_000 + this.customers);
		return { sub: `c-${number}`, name: `Гость ${number}`, email: `c${number}@example.com`, phone: `+7901${number}`, ...overrides };
	}

	/** A call of the shop's site for the customer who is logged in. */
	async as(person: CustomerClaims, method: 'get' | 'post', path: string, data?: object): Promise<AxiosResponse> {
		return await this.call(method, path, data, { Authorization: `Bearer ${signCustomerToken(SANDBOX_SECRETS.customerTokens, person)}` });
	}

	/** A call of the back office. */
	async desk(method: 'get' | 'post', path: string, data?: object): Promise<AxiosResponse> {
		return await this.call(method, path, data, { 'X-Back-Office-Key': SANDBOX_SECRETS.backOffice });
	}

	async call(method: 'get' | 'post', path: string, data?: object, headers: Record<string, string> = {}): Promise<AxiosResponse> {
		const [url, query] = path.split('?');
		return await axios.request({
			method,
			url: `${this.stack.n8n.url}/webhook/loyalty/${url}${query ? `?${query}` : ''}`,
			data,
			headers,
			validateStatus: () => true,
			timeout: 120_000,
		});
	}

	/** A customer with a code. */
	async customer(overrides: Partial<CustomerClaims> = {}) {
		const person = this.person(overrides);
		const { status, data } = await this.as(person, 'post', 'code');
		if (status !== 200) throw new Error(`No code: ${status} ${JSON.stringify(data)}`);
		return { ...person, code: String((data as { code: string }).code) };
	}

	/** Adds records that no webhook tells of. */
	quietly(...records: Parameters<LoyaltySalon['yclients']['addRecord']>[0][]): readonly number[] {
		return this.yclients.addRecords(records.length, (index) => records[index] ?? {});
	}

	/** Runs a sync by hand; it has to succeed. */
	async sync(mode: 'changes' | 'full' = 'changes'): Promise<Record<string, number>> {
		const { status, data } = await this.desk('post', 'sync', { mode });
		if (status !== 200) throw new Error(`The sync was answered ${status}: ${JSON.stringify(data)}`);
		return data as Record<string, number>;
	}

	async booking(recordId: number): Promise<Record<string, unknown> | undefined> {
		const [row] = await this.stack.ledger.query(
			`SELECT b.*, u.external_id FROM fulfillment.bookings b LEFT JOIN fulfillment.loyalty_users u ON u.id = b.user_id
			WHERE b.record_id = $1`,
			[String(recordId)],
		);
		return row;
	}

	/** Waits until the stored booking is as wanted. */
	async bookingThat(recordId: number, isWanted: (row: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
		let row: Record<string, unknown> | undefined;
		await waitUntil(
			async () => {
				row = await this.booking(recordId);
				return row !== undefined && isWanted(row);
			},
			{ timeoutMs: 60_000, everyMs: 100, otherwise: () => `Booking ${recordId} is ${JSON.stringify(row)}` },
		);
		return row!;
	}

	source(recordId: number): string {
		return `yclients:${SANDBOX_BRANCH}:record:${recordId}`;
	}

	async entries(recordId: number): Promise<Entry[]> {
		const rows = await this.stack.ledger.query<Entry>(
			'SELECT type, points::integer, source, seq FROM fulfillment.loyalty_entries WHERE source = $1 ORDER BY seq',
			[this.source(recordId)],
		);
		return rows;
	}

	/** The points a booking holds. */
	async points(recordId: number): Promise<number> {
		return (await this.entries(recordId)).reduce((sum, { points }) => sum + points, 0);
	}

	async waitForPoints(recordId: number, points: number): Promise<void> {
		let found: number | undefined;
		await waitUntil(async () => (found = await this.points(recordId)) === points, {
			timeoutMs: 60_000,
			everyMs: 100,
			otherwise: () => `Booking ${recordId} holds ${found} points, not ${points}`,
		});
	}

	async balance(person: CustomerClaims): Promise<number> {
		const { status, data } = await this.as(person, 'get', 'points');
		if (status !== 200) throw new Error(`No points: ${status} ${JSON.stringify(data)}`);
		return (data as { balance: number }).balance;
	}

	async reviews(recordId: number): Promise<{ review_id: string; reason: string }[]> {
		const { data } = await this.desk('get', 'reviews');
		return (data as { reviews: { review_id: string; record_id: string; reason: string }[] }).reviews.filter(
			({ record_id: id }) => id === String(recordId),
		);
	}

	/** Waits until n8n is done with everything of these workflows. */
	async quiet(): Promise<void> {
		for (const id of [NOTIFICATION_WORKFLOW, STORE_WORKFLOW, POINTS_WORKFLOW]) await this.executionCount(id);
	}
}
