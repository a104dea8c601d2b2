import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { z } from 'zod';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { signCustomerToken } from '../shared/customerToken';
import type { Stage } from './buyer';
import { BuyerError, reach } from './buyer';

/** How the customer ended. */
export interface LoyaltyResult {
	readonly code: string;
	/** After both visits, and after one was undone. */
	readonly balances: readonly [both: number, one: number];
}

const codeSchema = z.object({ code: z.string(), text: z.string() });
const pointsSchema = z.object({ balance: z.number(), level: z.string().nullable() });
const recordSchema = z.object({ id: z.number() });
const bookedSchema = z.object({ record_id: z.string(), comment: z.string() });

const PATIENCE_MS = 60_000;
/** A haircut for 1500 roubles and a styling for 3000. */
const HAIRCUT = 3068200;
const STYLING = 3068210;

/**
 * A customer of pipeline yclients-loyalty (domain/requirements.md YL1, YL2, YL5, YL8): books by the salon's form and through
 * the API, comes, gets points, and one visit is undone.
 *
 * @throws BuyerError naming the step that failed
 */
export async function play({ n8nUrl, sandbox, print }: Stage): Promise<LoyaltyResult> {
	const number = String(Math.floor(Math.random() * 10_000_000)).padStart(7, '0');
	const person = { sub: `customer-${number}`, name: 'Анна Образцова', phone: `+7999${number}` };
	const customer = new Customer(n8nUrl, signCustomerToken(SANDBOX_SECRETS.customerTokens, person));
	const desk = new Desk(sandbox.yclients);

	print('1. The customer asks for her code');
	const { code, text } = codeSchema.parse(await customer.call('post', 'code'));
	print(`   ${text}`);

	print('2. She books by the form of the salon and puts the code into the comment');
	const byForm = recordSchema.parse(
		await desk.do('add-record', { comment: `Код клиента: ${code}`, services: [{ serviceId: HAIRCUT }] }),
	).id;
	print('3. She books through the API of the site');
	const booked = bookedSchema.parse(
		await customer.call('post', 'bookings', {
			service_ids: [STYLING],
			time: tomorrowNoon(),
			request_id: `demo-${Date.now()}`,
		}),
	);
	print(`   record ${booked.record_id}, comment "${booked.comment}"`);

	print('4. She comes to both visits');
	await desk.do('set-attendance', { record: byForm, attendance: 1 });
	await desk.do('set-attendance', { record: Number(booked.record_id), attendance: 1 });
	const both = await customer.balanceOf((points) => points >= 135);
	print(`   balance ${both} points: 3 % of 1500 and of 3000`);

	print('5. The first visit is undone at the desk');
	await desk.do('set-attendance', { record: byForm, attendance: 0 });
	const one = await customer.balanceOf((points) => points < both);
	print(`   balance ${one} points`);
	print('');
	print(`Look at the desk: ${sandbox.yclients}/_desk`);
	return { code, balances: [both, one] };
}

/** The shop's page calling n8n for the customer who is logged in. */
class Customer {
	private readonly http: AxiosInstance;

	constructor(
		private readonly n8nUrl: string,
		token: string,
	) {
		this.http = axios.create({ ...QUIET, headers: { Authorization: `Bearer ${token}` } });
	}

	async call(method: 'get' | 'post', path: string, body?: object): Promise<unknown> {
		const answer = await reach(`n8n at ${this.n8nUrl}`, async () => {
			return await this.http.request<unknown>({ method, url: `${this.n8nUrl}/webhook/loyalty/${path}`, data: body });
		});
		if (answer.status >= 300) {
			throw new BuyerError(`${method.toUpperCase()} loyalty/${path} was answered ${answer.status}: ${JSON.stringify(answer.data)}`);
		}
		return answer.data;
	}

	/** Asks until the balance is as wanted. */
	async balanceOf(isWanted: (points: number) => boolean): Promise<number> {
		const giveUpAt = Date.now() + PATIENCE_MS;
		for (;;) {
			const { balance } = pointsSchema.parse(await this.call('get', 'points'));
			if (isWanted(balance)) return balance;
			if (Date.now() > giveUpAt) {
				throw new BuyerError(`The points did not follow the visit, the balance is ${balance}. Look at the executions: ${this.n8nUrl}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 1000));
		}
	}
}

/** The people at the salon's desk. */
class Desk {
	constructor(private readonly url: string) {}

	async do(action: string, body: object): Promise<unknown> {
		const answer = await reach(`the stand-in for YCLIENTS at ${this.url}`, async () => {
			return await axios.post<unknown>(`${this.url}/_control/${action}`, body, QUIET);
		});
		if (answer.status >= 300) throw new BuyerError(`The desk refused ${action}: ${JSON.stringify(answer.data)}`);
		return answer.data;
	}
}

const QUIET: AxiosRequestConfig = { timeout: 60_000, validateStatus: () => true, proxy: false };

function tomorrowNoon(): string {
	const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
	return `${day}T12:00:00+03:00`;
}
