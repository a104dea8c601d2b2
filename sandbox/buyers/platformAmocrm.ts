import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod';

import { inventedUser } from '../platform/order';
import type { Stage } from './buyer';
import { BuyerError, reach } from './buyer';

/** What the CRM got. */
export interface CrmResult {
	readonly known: Registered;
	readonly fresh: Registered;
}

const answerSchema = z.object({ status: z.number().nullable(), body: z.string(), elapsedMs: z.number() });
const doneSchema = z.object({ status: z.literal('done'), contact_id: z.string(), lead_id: z.string(), warnings: z.array(z.string()) });
type Registered = z.infer<typeof doneSchema>;

const leadSchema = z.object({
	name: z.string(),
	pipeline: z.string(),
	status: z.string(),
	fields: z.record(z.unknown()),
	notes: z.array(z.object({ text: z.string() })),
});

/** In the stand-in's account the first person is known by the Telegram id. */
const KNOWN = 1;

/**
 * Two buyers of pipeline platform-amocrm (domain/requirements.md PA4, PA5): one the CRM knows, one it does not.
 *
 * @throws BuyerError naming the step that failed
 */
export async function play({ sandbox, print }: Stage): Promise<CrmResult> {
	const http = axios.create({ timeout: 120_000, validateStatus: () => true, proxy: false });
	print('1. Somebody amoCRM knows buys a course on the platform');
	const known = await buy(http, sandbox.platform, sandbox.amocrm, KNOWN, print);
	print('2. Somebody amoCRM does not know buys a course');
	const fresh = await buy(http, sandbox.platform, sandbox.amocrm, 10 + Math.floor(Math.random() * 1_000_000), print);
	print('');
	print(`Look at the pipelines: ${sandbox.amocrm}/_crm`);
	return { known, fresh };
}

async function buy(
	http: AxiosInstance,
	platformUrl: string,
	amocrmUrl: string,
	person: number,
	print: (line: string) => void,
): Promise<Registered> {
	const order = { user: inventedUser(person), utm: { source: 'newsletter', medium: 'email', compaign: 'autumn' } };
	const answer = await reach(`the course platform at ${platformUrl}`, async () => {
		return answerSchema.parse((await http.post<unknown>(`${platformUrl}/_control/pay`, order)).data);
	});
	const done = doneSchema.safeParse(parseJson(answer.body));
	if (answer.status !== 200 || !done.success) {
		throw new BuyerError(`The payment was not registered (${answer.status}): ${answer.body.slice(0, 300)}`);
	}
	const { lead_id: leadId, contact_id: contactId, warnings } = done.data;
	print(`   answered 200 after ${answer.elapsedMs} ms: contact ${contactId}, lead ${leadId}`);
	for (const warning of warnings) print(`   warning: ${warning}`);
	await showLead(http, amocrmUrl, leadId, print);
	return done.data;
}

async function showLead(http: AxiosInstance, amocrmUrl: string, leadId: string, print: (line: string) => void): Promise<void> {
	const lead = leadSchema.parse((await http.get<unknown>(`${amocrmUrl}/_control/leads/${leadId}`)).data);
	print(`   ${lead.pipeline} / ${lead.status}: ${lead.name}`);
	print(`   paid in all ${String(lead.fields['Всего оплачено'])}, purchases ${String(lead.fields['Количество покупок'])}`);
	for (const line of (lead.notes.at(-1)?.text ?? '').split('\n')) print(`   | ${line}`);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
