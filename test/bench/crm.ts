import { sleep, type INodeParameters } from 'n8n-workflow';

import { AmoCrmApi } from '../../credentials/AmoCrmApi.credentials';
import { limiterFor } from '../../nodes/shared/rateLimiter';
import { startAmoCrm, type AmoCrmSandbox } from '../../sandbox/amocrm';
import { FIELD_IDS, PIPELINE_IDS } from '../../sandbox/amocrm/defaultAccount';
import { runAmoNode } from './amoNode';
import { CrmByQuery, leadNameOf, noteOf, type CrmPayment } from './crmByQuery';

const TOKEN = 'bench-token';
const ACCOUNT_PER_SECOND = 7;
/** Both contestants keep the pace that the credential has by default. */
const PACE = Number(new AmoCrmApi().properties.find(({ name }) => name === 'requestsPerSecond')?.default);
/**
 * Calls come in bursts of as many as the pace allows, one burst a second. So many payments are whole bursts, whatever
 * one of them costs, and a round of them shows the pace that lasts.
 */
const PAYMENTS_PER_ROUND = PACE;
const BATCH = 50;
const CROWD = 300;
const EARLIER_TOTAL = 4990;

/** Subject is our node, baseline the earlier algorithm. */
interface Pair {
	subject: number;
	baseline: number;
}

export interface CrmRow {
	/** Who paid, and at which pace. */
	name: string;
	/** API calls per payment. */
	calls: Pair;
	/** Payments per second. */
	perSecond: Pair;
	/** Payments per second, subject / baseline. */
	ratio: number;
}

export interface CrmResult {
	rows: CrmRow[];
}

interface Contestant {
	registerEach: (payments: CrmPayment[]) => Promise<void>;
	registerTogether: (payments: CrmPayment[]) => Promise<void>;
}

interface Case {
	name: string;
	payers: 'known' | 'new';
	rounds: number;
	payments: number;
	way: keyof Contestant;
}

const CASES: Case[] = [
	{ name: 'known customer', payers: 'known', rounds: 2, payments: PAYMENTS_PER_ROUND, way: 'registerEach' },
	{ name: 'new customer', payers: 'new', rounds: 2, payments: PAYMENTS_PER_ROUND, way: 'registerEach' },
	{ name: `batch of ${BATCH} known`, payers: 'known', rounds: 1, payments: BATCH, way: 'registerTogether' },
];

/**
 * Calls per payment and payments per second in one account of 7 calls a second, against the earlier algorithm at the
 * same pace.
 *
 * @throws Error when a call came over the account's rate, or when a payment is not registered exactly
 */
export async function measureCrm(log: (line: string) => void): Promise<CrmResult> {
	const crm = await startAmoCrm({ port: 0, token: TOKEN, perSecond: ACCOUNT_PER_SECOND, log: () => {} });
	try {
		crm.control.addCrowd(CROWD);
		const payers = new Payers(crm);
		const contestants = { subject: ourNode(crm.url), baseline: earlierAlgorithm(crm.url) };
		// The lists of fields and pipelines are read once in ten minutes.
		await contestants.subject.registerEach([payers.next('known'), payers.next('new')]);
		const rows: CrmRow[] = [];
		for (const one of CASES) {
			const row = await compare(one, crm, payers, contestants);
			log(`  ${row.name}: ${row.calls.subject} calls, by query ${row.calls.baseline}`);
			rows.push(row);
		}
		return { rows };
	} finally {
		await crm.close();
	}
}

async function compare(
	{ name, payers: kind, rounds, payments: count, way }: Case,
	crm: AmoCrmSandbox,
	payers: Payers,
	contestants: Record<keyof Pair, Contestant>,
): Promise<CrmRow> {
	const calls: Pair = { subject: 0, baseline: 0 };
	const seconds: Pair = { subject: 0, baseline: 0 };
	for (let round = 0; round < rounds; round++) {
		const order = ['subject', 'baseline'] as const;
		for (const who of round % 2 === 0 ? order : [...order].reverse()) {
			const opening = payers.several(PAYMENTS_PER_ROUND, 'known');
			const payments = payers.several(count, kind);
			// The account forgets the calls of the other contestant; then the first burst, which comes for free, is used up.
			await sleep(1_500);
			await contestants[who].registerEach(opening);
			const callsBefore = countCalls(crm);
			const startedAt = performance.now();
			await contestants[who][way](payments);
			seconds[who] += (performance.now() - startedAt) / 1_000;
			calls[who] += countCalls(crm) - callsBefore;
			payments.forEach((payment) => checkRegistered(crm, payment, kind === 'known' ? EARLIER_TOTAL : 0));
		}
	}
	if (crm.control.overRate() > 0) throw new Error(`${crm.control.overRate()} calls came over the rate of the account`);
	const payments = rounds * count;
	const perSecond = { subject: payments / seconds.subject, baseline: payments / seconds.baseline };
	return {
		name: `amoCRM, ${name}, ${PACE} of ${ACCOUNT_PER_SECOND} calls/s, ours / earlier algorithm`,
		calls: { subject: calls.subject / payments, baseline: calls.baseline / payments },
		perSecond,
		ratio: perSecond.subject / perSecond.baseline,
	};
}

function countCalls({ control }: AmoCrmSandbox): number {
	return Object.values(control.callCounts()).reduce((sum, count) => sum + count, 0);
}

function checkRegistered({ control }: AmoCrmSandbox, { paymentId, rubles }: CrmPayment, earlier: number): void {
	const leads = control.leads().filter(({ fields }) => fields['ID платежа'] === paymentId);
	const totals = leads.map(({ fields }) => Number(fields['Всего оплачено']));
	const notes = leads.flatMap(({ id }) => control.notes(id));
	if (totals.length === 1 && totals[0] === earlier + rubles && notes.length === 1) return;
	throw new Error(`Payment ${paymentId} has totals ${totals.join(', ')} and ${notes.length} notes`);
}

/** Somebody else pays each time: our node remembers whom it has met, which would be an advantage. */
class Payers {
	private count = 0;

	constructor(private readonly crm: AmoCrmSandbox) {}

	next(kind: Case['payers']): CrmPayment {
		const number = String(++this.count).padStart(5, '0');
		const customer = {
			name: `Ученик ${number}`,
			phone: `+799500${number}`,
			email: `pupil${number}@example.com`,
			telegramId: `62000${number}`,
			telegramUsername: `pupil_${number}`,
		};
		if (kind === 'known') {
			const paid = { 'Всего оплачено': EARLIER_TOTAL, 'Количество покупок': 1 };
			this.crm.control.addPerson({
				...customer,
				leads: [
					{ name: 'Пробный урок', status: 'lost', updatedAt: '2026-01-10T09:00:00Z' },
					{ name: 'Курс прошлого года', pipeline: 'Partners', status: 'won', updatedAt: '2026-02-10T09:00:00Z' },
					{ name: 'Курс этого года', pipeline: 'Yandex', status: 'В работе', price: EARLIER_TOTAL, fields: paid },
				],
			});
		}
		return { ...customer, paymentId: `bench-${number}`, rubles: 1990 };
	}

	several(count: number, kind: Case['payers']): CrmPayment[] {
		return Array.from({ length: count }, () => this.next(kind));
	}
}

function ourNode(url: string): Contestant {
	const credential = { accountHost: '', accessToken: TOKEN, requestsPerSecond: PACE, apiUrl: url };
	const registerTogether = async (payments: CrmPayment[]) => {
		const output = await runAmoNode(payments.map(registerParameters), credential);
		const odd = output.find(({ outcome, warnings }) => outcome !== 'registered' || (warnings as unknown[]).length > 0);
		if (odd) throw new Error(`The node says ${JSON.stringify(odd)}`);
	};
	return {
		registerTogether,
		registerEach: async (payments) => {
			for (const payment of payments) await registerTogether([payment]);
		},
	};
}

function registerParameters({ rubles, name, ...payment }: CrmPayment): INodeParameters {
	const { lead, contact } = FIELD_IDS;
	const { id: pipelineId, fresh: statusId } = PIPELINE_IDS.site;
	return {
		resource: 'payment',
		operation: 'register',
		...payment,
		customerName: name,
		amount: String(rubles),
		telegramIdField: String(contact.telegramId),
		telegramUsernameField: String(contact.telegramUsername),
		totalPaidField: String(lead.totalPaid),
		purchaseCountField: String(lead.purchaseCount),
		paymentIdField: String(lead.paymentId),
		leadFields: { row: [{ field: String(lead.lastPaymentSum), mode: 'set', value: String(rubles) }] },
		note: noteOf({ rubles, name, ...payment }),
		newLead: {
			pipelineId: String(pipelineId),
			statusId: String(statusId),
			name: leadNameOf({ rubles, name, ...payment }),
		},
	};
}

/** Knows no batches: one payment after the other. */
function earlierAlgorithm(url: string): Contestant {
	const byQuery = new CrmByQuery(url, TOKEN, limiterFor(`crm by query: ${url}`, { perSecond: PACE }));
	const registerEach = async (payments: CrmPayment[]) => {
		for (const payment of payments) await byQuery.register(payment);
	};
	return { registerEach, registerTogether: registerEach };
}
