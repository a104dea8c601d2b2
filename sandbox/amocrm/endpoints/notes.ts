import { checkAll, readElements } from '../batch';
import type { Crm } from '../crm';
import { listAnswer, requireLead } from '../crm';
import type { Answer, Call, Endpoint } from '../endpoint';
import { ok } from '../endpoint';
import type { Note } from '../entities';
import type { JsonObject } from '../json';
import { integerOf, isObject } from '../json';
import type { Violations } from '../problem';

/** Keys of `params` that a type cannot do without (providers/amocrm.md §5). */
const REQUIRED_PARAMS: Readonly<Record<string, readonly string[]>> = {
	common: ['text'],
	service_message: ['service', 'text'],
	extended_service_message: ['service', 'text'],
	message_cashier: ['status', 'text'],
	sms_in: ['text', 'phone'],
	sms_out: ['text', 'phone'],
	call_in: ['phone'],
	call_out: ['phone'],
	geolocation: ['text'],
	attachment: ['file_name'],
};

/** Notes of leads. Nothing keeps a repeated POST from making a second one. */
export function noteEndpoints(crm: Crm): Endpoint[] {
	return [
		{ method: 'POST', pattern: '/leads/notes', serve: ({ body }) => createNotes(crm, body) },
		{
			method: 'POST',
			pattern: '/leads/:id/notes',
			serve: ({ ids: [id], body }) => createNotes(crm, body, requireLead(crm, id).id),
		},
		{ method: 'GET', pattern: '/leads/notes', serve: (call) => listNotes(crm, call, () => true) },
		{
			method: 'GET',
			pattern: '/leads/:id/notes',
			serve: (call) => {
				const lead = requireLead(crm, call.ids[0]);
				return listNotes(crm, call, ({ leadId }) => leadId === lead.id);
			},
		},
	];
}

function createNotes({ store, renderer, account }: Crm, body: unknown, ownLeadId?: number): Answer {
	const elements = readElements(body);
	const rows = checkAll(elements, (source, violations) => {
		const leadId = ownLeadId ?? integerOf(source, 'entity_id', violations) ?? 0;
		const lead = store.leads.get(leadId);
		if (!lead || lead.isDeleted) violations.notSupported('entity_id');
		const createdBy = integerOf(source, 'created_by', violations);
		// 0 is the robot.
		if (createdBy && !account.hasUser(createdBy)) violations.notSupported('created_by');
		return { leadId, createdBy, ...readContent(source, violations) };
	});
	const notes = rows.map(({ leadId, type, params, createdBy }, index) => {
		const { id } = store.addNote(leadId, type, params, createdBy);
		const links = renderer.link(`leads/${leadId}/notes/${id}`);
		return { id, entity_id: leadId, request_id: elements[index]?.requestId, _links: links };
	});
	return ok({ _links: renderer.link('leads/notes'), _embedded: { notes } });
}

function readContent(source: JsonObject, violations: Violations): { type: string; params: JsonObject } {
	const type = typeof source.note_type === 'string' ? source.note_type : '';
	const params = isObject(source.params) ? source.params : {};
	const required = REQUIRED_PARAMS[type];
	if (!required) violations.notSupported('note_type');
	for (const key of required ?? []) {
		const value = params[key];
		if (value === undefined || value === null || value === '') violations.missing(`params.${key}`);
		else if (typeof value !== 'string') violations.wrongType(`params.${key}`, 'string');
	}
	return { type, params };
}

/** Newest first unless the caller wants them the other way round. */
function listNotes(crm: Crm, call: Call, belongs: (note: Note) => boolean): Answer {
	const types = call.filters.list('filter[note_type]');
	const ids = call.filters.list('filter[id]');
	const leadIds = call.filters.list('filter[entity_id]');
	const { field, factor } = call.query.order(['updated_at', 'id']) ?? { field: 'id', factor: -1 };
	const read = (note: Note) => (field === 'id' ? note.id : note.createdAt);
	const rows = [...crm.store.notes.values()]
		.filter(belongs)
		.filter(({ type }) => types?.includes(type) ?? true)
		.filter(({ id }) => ids?.includes(String(id)) ?? true)
		.filter(({ leadId }) => leadIds?.includes(String(leadId)) ?? true)
		.sort((left, right) => factor * (read(left) - read(right) || left.id - right.id));
	return listAnswer(crm, call, 'notes', rows, (note) => crm.renderer.note(note));
}
