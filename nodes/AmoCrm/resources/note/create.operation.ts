import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { latestNotes } from '../../api/notes';
import { writeOne } from '../../api/writeOne';
import type { AmoClient } from '../../shared/client';
import { idParameter, text } from '../../shared/parameters';

const showOnlyForCreate = { resource: ['note'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Lead ID',
		name: 'leadId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		required: true,
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Note Type',
		name: 'noteType',
		type: 'options',
		options: [
			{ name: 'Common', value: 'common', description: 'As if a person had written it' },
			{ name: 'Service Message', value: 'service_message', description: 'Shows which service it comes from' },
		],
		default: 'common',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Service',
		name: 'service',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Course platform',
		displayOptions: { show: { ...showOnlyForCreate, noteType: ['service_message'] } },
	},
];

/** `{noteId, leadId}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const leadId = idParameter(this, 'leadId', itemIndex, 'The lead ID');
	const noteText = text(this, 'text', itemIndex);
	if (noteText === '') throw new Error('The text of the note is missing');
	const noteType = this.getNodeParameter('noteType', itemIndex) as string;
	const params = {
		...(noteType === 'service_message' ? { service: text(this, 'service', itemIndex) } : {}),
		text: noteText,
	};
	const { id } = await writeOne(client, {
		method: 'POST',
		path: 'leads/notes',
		collection: 'notes',
		build: async () => ({ entity_id: Number(leadId), note_type: noteType, params }),
		findSaved: async () => {
			const written = (await latestNotes(client, leadId)).find((note) => note.text.trim() === noteText);
			return written?.id ?? null;
		},
	});
	return { noteId: id, leadId };
}
