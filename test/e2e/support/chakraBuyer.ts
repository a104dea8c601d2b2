import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

import { SANDBOX_SECRETS } from '../../../runtime/credentials';
import { waitUntil } from '../../../runtime/processes';
import type { Stack } from '../../../runtime/stack';
import { withSettings, type WorkflowFile } from '../../../runtime/workflows';
import { signTree } from '../../../sandbox/prodamus/signature';
import { sendWebhook, type WebhookAnswer, type WebhookFormat } from '../../../sandbox/prodamus/webhookRequest';
import type { TestStack } from './testStack';

/** What the order endpoint answers. */
export interface OrderAnswer {
	order_id: string;
	payment_url: string;
	amount: string;
	currency: string;
	instant_payment: boolean;
	message: string;
	free_reading: { text: string; html: string; svg: string };
}

/** One row of the ledger's inbox with its order. */
export interface LedgerEvent extends Record<string, unknown> {
	id: string;
	kind: string;
	status: string;
	reason: string | null;
	attempts: number;
	deliveries: number;
	is_test: boolean;
	last_error: string | null;
}

export interface LedgerOrder extends Record<string, unknown> {
	status: string;
	amount_minor: string;
	currency: string;
	details: Record<string, unknown>;
	result: Record<string, unknown> | null;
	paid_at: Date | null;
	fulfilled_at: Date | null;
}

export type Fields = Parameters<typeof signTree>[0] & Parameters<typeof sendWebhook>[0]['fields'];

/** A buyer, the shop's ledger and Prodamus' webhook as a test sees them. Every request comes from a client of its own. */
export class ChakraShop {
	private owner?: AxiosInstance;

	constructor(private readonly testStack: TestStack) {}

	get stack(): Stack {
		return this.testStack.stack;
	}

	async post(body: unknown, path = 'chakra/orders'): Promise<AxiosResponse> {
		return await axios.post(`${this.stack.n8n.url}/webhook/${path}`, body, { validateStatus: () => true, timeout: 30_000 });
	}

	/** Places a good order; `overrides` replaces fields of the request. */
	async order(overrides: Record<string, unknown> = {}): Promise<OrderAnswer> {
		const answer = await this.post({
			birth_date: '15.05.1990',
			email: `buyer-${Math.random().toString(36).slice(2)}@example.com`,
			phone: '+79990000001',
			...overrides,
		});
		if (answer.status !== 200) throw new Error(`The order was answered ${answer.status}: ${JSON.stringify(answer.data)}`);
		return answer.data as OrderAnswer;
	}

	/** Asks for the paid reading. */
	async reading(orderId?: string): Promise<AxiosResponse> {
		return await axios.get(`${this.stack.n8n.url}/webhook/chakra/paid-interpretation`, {
			params: { order_id: orderId },
			validateStatus: () => true,
			timeout: 30_000,
		});
	}

	/** Waits for the paid reading. */
	async readingWhenReady(orderId: string, timeoutMs = 15_000): Promise<{ text: string; html: string; svg: string }> {
		let last: AxiosResponse | undefined;
		await waitUntil(
			async () => {
				last = await this.reading(orderId);
				return last.status === 200;
			},
			{ timeoutMs, otherwise: () => `No reading: ${last?.status} ${JSON.stringify(last?.data).slice(0, 300)}` },
		);
		return (last?.data as { reading: { text: string; html: string; svg: string } }).reading;
	}

	/** A paid notification of the order as Prodamus would send it; `overrides` is signed too. */
	paidFields(orderId: string, overrides: Record<string, string> = {}): Fields {
		return {
			date: '2026-11-20T12:00:00+03:00',
			order_id: String(40_000_000 + Math.floor(Math.random() * 9_000_000)),
			order_num: orderId,
			domain: 'sandbox.example',
			sum: '1000.00',
			currency: 'rub',
			customer_phone: '+79990000001',
			customer_email: 'buyer@example.com',
			payment_type: 'Оплата картой, выпущенной в РФ',
			attempt: '1',
			products: [{ name: 'Расширенный разбор', price: '1000.00', quantity: '1', sum: '1000.00' }],
			payment_status: 'success',
			payment_status_description: 'Успешная оплата',
			payment_init: 'manual',
			...overrides,
		};
	}

	/** Sends a notification with the right signature, or with what the test asks for. */
	async notify(
		fields: Fields,
		{ secret = SANDBOX_SECRETS.prodamus, sign, format = 'multipart' as WebhookFormat }: {
			secret?: string;
			sign?: string | null;
			format?: WebhookFormat;
		} = {},
	): Promise<WebhookAnswer> {
		return await sendWebhook({
			url: this.webhookUrl,
			fields,
			sign: sign === undefined ? signTree(fields, secret) : sign,
			format,
			timeoutMs: 30_000,
		});
	}

	get webhookUrl(): string {
		return `${this.stack.n8n.url}/webhook/chakra/prodamus`;
	}

	/** All events of the order in the ledger, oldest first. */
	async events(orderId: string): Promise<LedgerEvent[]> {
		return await this.stack.ledger.query<LedgerEvent>(
			`SELECT id, kind, status, reason, attempts, deliveries, is_test, last_error
			 FROM fulfillment.events WHERE payload->>'orderRef' = $1 ORDER BY id`,
			[orderId],
		);
	}

	/** The only event of the order. */
	async event(orderId: string): Promise<LedgerEvent> {
		const events = await this.events(orderId);
		if (events.length !== 1) throw new Error(`There are ${events.length} events of order ${orderId}`);
		return events[0]!;
	}

	async eventsInAll(): Promise<number> {
		const [row] = await this.stack.ledger.query<{ count: string }>('SELECT count(*) FROM fulfillment.events');
		return Number(row?.count);
	}

	async ledgerOrder(orderId: string): Promise<LedgerOrder> {
		const [row] = await this.stack.ledger.query<LedgerOrder>('SELECT * FROM fulfillment.orders WHERE order_ref = $1', [orderId]);
		if (!row) throw new Error(`There is no order ${orderId} in the ledger`);
		return row;
	}

	/** Waits until the order's only event has the status. */
	async waitForStatus(orderId: string, status: string, timeoutMs = 15_000): Promise<LedgerEvent> {
		let events: LedgerEvent[] = [];
		await waitUntil(
			async () => {
				events = await this.events(orderId);
				return events.length === 1 && events[0]?.status === status;
			},
			{ timeoutMs, otherwise: () => `No event with status ${status}: ${JSON.stringify(events)}` },
		);
		return events[0]!;
	}

	async alerts(orderId: string): Promise<{ kind: string; message: string }[]> {
		return await this.stack.ledger.query('SELECT kind, message FROM fulfillment.alerts WHERE order_ref = $1 ORDER BY id', [orderId]);
	}

	/** Executions n8n has kept of a workflow. */
	async executions(workflowId: string): Promise<{ id: string; status: string }[]> {
		const { data } = await (await this.asOwner()).get<{ data: { results: { id: string; status: string }[] } }>('/executions', {
			params: { filter: JSON.stringify({ workflowId }), limit: 100 },
		});
		return data.data.results;
	}

	/** Fills in the Settings of a workflow and presses *Execute workflow*, as ops do in the editor. */
	async runByHand(workflowId: string, settings: Record<string, number>): Promise<void> {
		const owner = await this.asOwner();
		const { data } = await owner.get<{ data: WorkflowFile }>(`/workflows/${workflowId}`);
		const { nodes } = withSettings(data.data, settings);
		await owner.patch(`/workflows/${workflowId}`, { nodes, versionId: data.data.versionId });
		await owner.post(`/workflows/${workflowId}/run`, { workflowId, triggerToStartFrom: { name: 'Run by Hand' } });
	}

	/** One login for all tests: n8n limits how many there may be in a while. */
	private async asOwner(): Promise<AxiosInstance> {
		this.owner ??= await this.stack.n8n.login();
		return this.owner;
	}
}
