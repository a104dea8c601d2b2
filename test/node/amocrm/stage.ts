import type { INodeParameters } from 'n8n-workflow';

import { runAmo, type AmoSetup } from './amoContext';
import { AmoServer } from './amoServer';

/** The server of the running test; caches, limiters and circuits go by its token, so each test has its own. */
export let amo: AmoServer;
let runs = 0;

export function useAmo(): void {
	beforeEach(async () => {
		amo = await AmoServer.start();
		amo.token = `test-token-${process.pid}-${++runs}`;
		await warmUp();
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await amo.stop();
	});
}

/** The lists are read once in ten minutes; budgets are those of the calls after that. */
async function warmUp(): Promise<void> {
	await run({ resource: 'list', operation: 'pipelines' });
	await run({ resource: 'list', operation: 'customFields', entity: 'leads' });
	await run({ resource: 'list', operation: 'customFields', entity: 'contacts' });
	amo.forget();
}

export const REGISTER: INodeParameters = {
	resource: 'payment',
	operation: 'register',
	paymentId: 'pay-1',
	amount: '1500.50',
	telegramId: '42',
	phone: '8 (999) 123-45-67',
	email: 'Anna@Example.com',
	customerName: 'Anna Test',
	telegramIdField: 'Telegram ID',
	telegramUsernameField: 'Telegram Username',
	totalPaidField: 'Total Paid',
	purchaseCountField: 'Purchases',
	paymentIdField: 'Payment ID',
	note: 'Payment pay-1 of Anna',
	newLead: { pipelineId: '8', statusId: '888', name: 'Payment Maths - Anna' },
};

export async function run(parameters: INodeParameters | INodeParameters[], setup: Partial<AmoSetup> = {}) {
	const credentials = {
		amoCrmApi: { accountHost: '', accessToken: amo.token, requestsPerSecond: 50, apiUrl: amo.url },
	};
	const items = Array.isArray(parameters) ? parameters.map(() => ({ json: {} })) : undefined;
	return await runAmo({ parameters, credentials, items, ...setup });
}

/** Registers one payment; the note is about it unless the test says otherwise. */
export async function register(change: INodeParameters = {}): Promise<Record<string, unknown>> {
	const paymentId = change.paymentId ?? REGISTER.paymentId;
	const [item] = await run({ ...REGISTER, note: `Payment ${String(paymentId)} of Anna`, ...change });
	return item?.json ?? {};
}

export async function find(change: INodeParameters = {}): Promise<Record<string, unknown>> {
	const [item] = await run({ ...REGISTER, operation: 'find', paymentId: '', ...change });
	return item?.json ?? {};
}

export function only(names: Array<'telegramId' | 'phone' | 'email'>): INodeParameters {
	const absent = (['telegramId', 'phone', 'email'] as const).filter((name) => !names.includes(name));
	return Object.fromEntries(absent.map((name) => [name, '']));
}

/** What a lead's three sums are. */
export function totalsOf(leadId: number) {
	return {
		total: amo.valueOf('leads', leadId, 101),
		count: amo.valueOf('leads', leadId, 102),
		paymentId: amo.valueOf('leads', leadId, 103),
	};
}

export function noteTexts(): string[] {
	return amo.notes.map(({ params }) => (params as { text: string }).text);
}

/** The clock jumps ahead, so that lists at hand are no longer young. */
export function laterBy(minutes: number): void {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + minutes * 60_000);
}
