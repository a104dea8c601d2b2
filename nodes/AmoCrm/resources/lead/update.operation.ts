import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { withLocks } from '../../../shared/locks';
import { applyInputs } from '../../api/fieldChange';
import { getLead } from '../../api/leads';
import { writeOne } from '../../api/writeOne';
import type { Lead } from '../../entities';
import { isWritten, type FieldEntry } from '../../fieldDraft';
import type { Body } from '../../repair';
import { AmoError } from '../../shared/amoError';
import type { AmoClient } from '../../shared/client';
import { fieldMapping, tagsField } from '../../shared/fields';
import { idParameter, readFieldInputs, readTags, toId, toText } from '../../shared/parameters';
import { leadBasics } from './basics';
import { budget, leadName, responsibleUser } from './fields';

const showOnlyForUpdate = { resource: ['lead'], operation: ['update'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Lead ID',
		name: 'leadId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForUpdate },
	},
	{
		displayName: 'Changes',
		name: 'changes',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForUpdate },
		options: [
			budget,
			{
				displayName: 'Loss Reason ID',
				name: 'lossReasonId',
				type: 'string',
				default: '',
				description: 'For a lead that is moved to the lost status, 143',
			},
			leadName,
			{
				displayName: 'Pipeline Name or ID',
				name: 'pipelineId',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getPipelines' },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			responsibleUser,
			{
				displayName: 'Status Name or ID',
				name: 'statusId',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getStatusesOfPipeline', loadOptionsDependsOn: ['changes.pipelineId'] },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
		],
	},
	fieldMapping(showOnlyForUpdate, {
		displayName: 'Lead Fields',
		name: 'leadFields',
		loadOptionsMethod: 'getLeadFields',
	}),
	tagsField(showOnlyForUpdate),
];

/** `{leadId, warnings}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const leadId = idParameter(this, 'leadId', itemIndex, 'The lead ID');
	const changes = this.getNodeParameter('changes', itemIndex, {}) as IDataObject;
	const plain: Body = { ...leadBasics(changes), ...move(changes) };
	const inputs = readFieldInputs(this, 'leadFields', itemIndex);
	const tags = readTags(this, itemIndex).map((name) => ({ name }));
	let entries: FieldEntry[] = [];
	let warnings: string[] = [];
	const saved = await withLocks([`${client.key} 3 ${leadId}`], async () =>
		await writeOne(client, {
			method: 'PATCH',
			path: 'leads',
			collection: 'leads',
			entity: 'leads',
			build: async () => {
				if (inputs.length > 0) {
					const { draft } = await applyInputs(client, 'leads', (await readLead(client, leadId)).fields, inputs);
					entries = draft.entries();
					warnings = draft.warnings;
				}
				return {
					id: Number(leadId),
					...plain,
					...(entries.length > 0 ? { custom_fields_values: entries } : {}),
					...(tags.length > 0 ? { tags_to_add: tags } : {}),
				};
			},
			findSaved: async () => (holds(await readLead(client, leadId), plain, entries) ? leadId : null),
		}),
	);
	return { leadId, warnings: [...warnings, ...saved.warnings] };
}

/** A status means something only together with its pipeline (providers/amocrm.md §4). */
function move({ pipelineId, statusId, lossReasonId }: IDataObject): Body {
	if ((toText(pipelineId) === '') !== (toText(statusId) === '')) {
		throw new Error('To move a lead, give both its pipeline and its status');
	}
	if (toText(statusId) === '') return {};
	return {
		pipeline_id: Number(toId(pipelineId, 'The pipeline')),
		status_id: Number(toId(statusId, 'The status')),
		...(toText(lossReasonId) === '' ? {} : { loss_reason_id: Number(toId(lossReasonId, 'The loss reason')) }),
	};
}

/** Whether an update has been carried out. Changes that cannot be seen on the lead, such as tags, may be made again. */
function holds(lead: Lead, plain: Body, entries: readonly FieldEntry[]): boolean {
	const stored: Body = {
		name: lead.name,
		price: lead.price,
		pipeline_id: Number(lead.pipelineId),
		status_id: Number(lead.statusId),
	};
	const visible = Object.entries(plain).filter(([key]) => key in stored);
	if (visible.length + entries.length === 0) return false;
	return visible.every(([key, value]) => stored[key] === value) && isWritten(entries, lead.fields);
}

async function readLead(client: AmoClient, leadId: string): Promise<Lead> {
	const lead = await getLead(client, leadId);
	if (!lead) throw new AmoError('notFound', `There is no lead ${leadId}`, 'Check the lead ID.', '404');
	return lead;
}
