import axios, { type AxiosInstance } from 'axios';

import type { RateLimiter } from '../../nodes/shared/rateLimiter';
import { FIELD_IDS, PIPELINE_IDS } from '../../sandbox/amocrm/defaultAccount';

/** A payment of the bench, as both contestants get it. */
export interface CrmPayment {
	paymentId: string;
	rubles: number;
	telegramId: string;
	telegramUsername: string;
	phone: string;
	email: string;
	name: string;
}

interface Entity {
	id: number;
	is_deleted?: boolean;
	status_id?: number;
	updated_at?: number;
	custom_fields_values?: Array<{ field_id: number; values: Array<{ value: unknown }> }> | null;
	_embedded?: { contacts?: Array<{ id: number }> };
}

const CLOSED = [142, 143];
const { lead: LEAD, contact: CONTACT } = FIELD_IDS;

/**
 * The earlier algorithm: looks for the contact by one identifier after the other, for leads by phone and by email, and
 * reads each lead found to see whose it is. Everywhere in doubt it has the better of it here: it searches with `query`,
 * since `filter[query]` is ignored and would bring 50 strange leads; it knows all field ids beforehand; and it looks
 * for no lead of a contact that it has just created.
 */
export class CrmByQuery {
	private readonly api: AxiosInstance;

	constructor(
		url: string,
		token: string,
		private readonly limiter: RateLimiter,
	) {
		this.api = axios.create({ baseURL: `${url}/api/v4`, headers: { authorization: `Bearer ${token}` } });
	}

	async register(payment: CrmPayment): Promise<void> {
		const contact = await this.findContact(payment);
		const lead = contact && (await this.findLead(payment, contact));
		const leadId = lead
			? await this.updateLead(lead, payment)
			: await this.createLead(contact?.id ?? (await this.createContact(payment)), payment);
		if (contact) await this.fillContact(contact, payment);
		const note = { note_type: 'common', params: { text: noteOf(payment) } };
		await this.call('POST', `/leads/${leadId}/notes`, {}, [note]);
	}

	private async findContact({ telegramId, phone, email }: CrmPayment): Promise<Entity | null> {
		for (const query of [telegramId, lastDigits(phone), email]) {
			const [contact] = await this.search('contacts', query);
			if (contact) return contact;
		}
		return null;
	}

	private async findLead({ phone, email }: CrmPayment, contact: Entity): Promise<Entity | null> {
		const found = [...(await this.search('leads', lastDigits(phone))), ...(await this.search('leads', email))];
		const leads: Entity[] = [];
		for (const id of new Set(found.map((lead) => lead.id))) {
			const lead = (await this.call('GET', `/leads/${id}`, { with: 'contacts' })) as Entity;
			const isOwn = lead._embedded?.contacts?.some((owner) => owner.id === contact.id) === true;
			if (isOwn && !lead.is_deleted && !CLOSED.includes(lead.status_id ?? 0)) leads.push(lead);
		}
		return leads.sort((one, other) => (other.updated_at ?? 0) - (one.updated_at ?? 0))[0] ?? null;
	}

	private async updateLead(lead: Entity, payment: CrmPayment): Promise<number> {
		const [total, count] = [LEAD.totalPaid, LEAD.purchaseCount].map((id) => Number(valueOf(lead, id) ?? 0));
		await this.call('PATCH', `/leads/${lead.id}`, {}, { custom_fields_values: sums(payment, total, count) });
		return lead.id;
	}

	private async createContact({ telegramId, telegramUsername, phone, email, name }: CrmPayment): Promise<number> {
		const values: Array<[number, string]> = [
			[CONTACT.phone, phone],
			[CONTACT.email, email],
			[CONTACT.telegramId, telegramId],
			[CONTACT.telegramUsername, telegramUsername],
		];
		return await this.create('contacts', { name, custom_fields_values: values.map(([id, value]) => field(id, value)) });
	}

	private async createLead(contactId: number, payment: CrmPayment): Promise<number> {
		return await this.create('leads', {
			name: leadNameOf(payment),
			price: payment.rubles,
			pipeline_id: PIPELINE_IDS.site.id,
			status_id: PIPELINE_IDS.site.fresh,
			custom_fields_values: sums(payment),
			_embedded: { contacts: [{ id: contactId }] },
		});
	}

	private async fillContact(contact: Entity, { telegramId, telegramUsername }: CrmPayment): Promise<void> {
		const missing = [field(CONTACT.telegramId, telegramId), field(CONTACT.telegramUsername, telegramUsername)].filter(
			({ field_id }) => valueOf(contact, field_id) === undefined,
		);
		if (missing.length > 0) await this.call('PATCH', `/contacts/${contact.id}`, {}, { custom_fields_values: missing });
	}

	private async search(collection: 'contacts' | 'leads', query: string): Promise<Entity[]> {
		return rowsOf(await this.call('GET', `/${collection}`, { query }), collection);
	}

	private async create(collection: 'contacts' | 'leads', body: object): Promise<number> {
		const [created] = rowsOf(await this.call('POST', `/${collection}`, {}, [body]), collection);
		if (!created) throw new Error(`Nothing was created in ${collection}`);
		return created.id;
	}

	private async call(method: string, url: string, params: Record<string, string>, data?: unknown): Promise<unknown> {
		return await this.limiter.run(async () => (await this.api.request<unknown>({ method, url, params, data })).data);
	}
}

export function noteOf({ paymentId, name, rubles, phone, email, telegramId }: CrmPayment): string {
	return `Payment ${paymentId}\nClient: ${name}\nSum: ${rubles} RUB\nTGID: ${telegramId}\n${phone} ${email}`;
}

export function leadNameOf({ name }: CrmPayment): string {
	return `Оплата Математика - ${name}`;
}

/** Phones are searched for by the digits that all spellings share. */
function lastDigits(phone: string): string {
	return phone.replace(/\D/g, '').slice(-10);
}

function sums({ rubles, paymentId }: CrmPayment, total = 0, count = 0) {
	return [
		field(LEAD.lastPaymentSum, String(rubles)),
		field(LEAD.totalPaid, String(total + rubles)),
		field(LEAD.purchaseCount, String(count + 1)),
		field(LEAD.paymentId, paymentId),
	];
}

function field(id: number, value: string) {
	return { field_id: id, values: [{ value }] };
}

function valueOf({ custom_fields_values: fields }: Entity, id: number): unknown {
	return fields?.find(({ field_id }) => field_id === id)?.values[0]?.value;
}

/** Nothing found is 204 without a body. */
function rowsOf(answer: unknown, collection: string): Entity[] {
	const { _embedded: embedded } = Object(answer) as { _embedded?: Record<string, Entity[]> };
	return embedded?.[collection] ?? [];
}
