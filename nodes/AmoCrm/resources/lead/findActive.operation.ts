import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { getContact } from '../../api/contacts';
import { pickLead, readLeadsOf } from '../../registration/locate';
import type { AmoClient } from '../../shared/client';
import { excludedStatuses } from '../../shared/fields';
import { idParameter, readExcluded } from '../../shared/parameters';
import { leadOutput } from '../outputs';

const showOnlyForFindActive = { resource: ['lead'], operation: ['findActive'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Contact ID',
		name: 'contactId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForFindActive },
	},
	excludedStatuses(showOnlyForFindActive),
];

/** `{contactId, lead, warnings}`; `lead` is null when there is no active one (PA5). */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const contactId = idParameter(this, 'contactId', itemIndex, 'The contact ID');
	const excluded = readExcluded(this, itemIndex);
	const contact = await getContact(client, contactId);
	if (!contact) return { contactId, lead: null, warnings: [`There is no contact ${contactId}`] };
	const { leads, warnings } = await readLeadsOf(client, [contact]);
	const lead = await pickLead(client, leads, contact, excluded, { field: '', values: [] });
	return { contactId, lead: lead && leadOutput(lead), warnings };
}
