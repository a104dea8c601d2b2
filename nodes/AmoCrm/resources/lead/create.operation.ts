import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { applyInputs } from '../../api/fieldChange';
import { getNewestLeads } from '../../api/leads';
import { writeOne } from '../../api/writeOne';
import { isWritten, type FieldEntry } from '../../fieldDraft';
import { rememberLead } from '../../registration/locate';
import type { AmoClient } from '../../shared/client';
import { fieldMapping, tagsField } from '../../shared/fields';
import { idParameter, readFieldInputs, readTags, toId } from '../../shared/parameters';
import { leadBasics } from './basics';
import { budget, leadName, responsibleUser } from './fields';

const showOnlyForCreate = { resource: ['lead'], operation: ['create'] };
/** Clocks of amoCRM and this machine may differ by this much. */
const CLOCK_SKEW_SECONDS = 60;

export const description: INodeProperties[] = [
	{
		displayName: 'Pipeline Name or ID',
		name: 'pipelineId',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getPipelines' },
		default: '',
		required: true,
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Status Name or ID',
		name: 'statusId',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getStatusesOfPipeline', loadOptionsDependsOn: ['pipelineId'] },
		default: '',
		required: true,
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Contact ID',
		name: 'contactId',
		type: 'string',
		default: '',
		description: 'Empty for a lead without a contact',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [budget, leadName, responsibleUser],
	},
	fieldMapping(
		showOnlyForCreate,
		{ displayName: 'Lead Fields', name: 'leadFields', loadOptionsMethod: 'getLeadFields' },
		false,
	),
	tagsField(showOnlyForCreate),
];

/** `{leadId, contactId, pipelineId, statusId, warnings}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const pipelineId = idParameter(this, 'pipelineId', itemIndex, 'The pipeline');
	const statusId = idParameter(this, 'statusId', itemIndex, 'The status');
	const given = this.getNodeParameter('contactId', itemIndex, '');
	const contactId = given === '' ? null : toId(given, 'The contact ID');
	const basics = leadBasics(this.getNodeParameter('additionalFields', itemIndex, {}) as IDataObject);
	const inputs = readFieldInputs(this, 'leadFields', itemIndex);
	const tags = readTags(this, itemIndex).map((name) => ({ name }));
	const startedAt = Math.floor(Date.now() / 1000) - CLOCK_SKEW_SECONDS;
	let entries: FieldEntry[] = [];
	let warnings: string[] = [];
	const { id, warnings: omitted } = await writeOne(client, {
		method: 'POST',
		path: 'leads',
		collection: 'leads',
		entity: 'leads',
		build: async () => {
			const { draft } = await applyInputs(client, 'leads', [], inputs);
			entries = draft.entries();
			warnings = draft.warnings;
			return {
				...basics,
				pipeline_id: Number(pipelineId),
				status_id: Number(statusId),
				...(entries.length > 0 ? { custom_fields_values: entries } : {}),
				_embedded: {
					...(contactId === null ? {} : { contacts: [{ id: Number(contactId), is_main: true }] }),
					...(tags.length > 0 ? { tags } : {}),
				},
			};
		},
		findSaved: async () => {
			const twin = (await getNewestLeads(client)).find(
				(lead) =>
					lead.createdAt >= startedAt &&
					lead.pipelineId === pipelineId &&
					(basics.name === undefined || lead.name === basics.name) &&
					(basics.price === undefined || lead.price === basics.price) &&
					(contactId === null || lead.contactIds.includes(contactId)) &&
					isWritten(entries, lead.fields),
			);
			return twin?.id ?? null;
		},
	});
	if (contactId !== null) rememberLead(client, contactId, id);
	return { leadId: id, contactId, pipelineId, statusId, warnings: [...warnings, ...omitted] };
}

