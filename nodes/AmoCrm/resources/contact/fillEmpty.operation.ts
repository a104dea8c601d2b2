import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { getContact } from '../../api/contacts';
import { applyInputs } from '../../api/fieldChange';
import { writeOne } from '../../api/writeOne';
import type { Contact } from '../../entities';
import { isWritten } from '../../fieldDraft';
import { AmoError } from '../../shared/amoError';
import type { AmoClient } from '../../shared/client';
import { fieldMapping } from '../../shared/fields';
import { idParameter, readFieldInputs } from '../../shared/parameters';

const showOnlyForFillEmpty = { resource: ['contact'], operation: ['fillEmpty'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Contact ID',
		name: 'contactId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForFillEmpty },
	},
	fieldMapping(
		showOnlyForFillEmpty,
		{ displayName: 'Contact Fields', name: 'contactFields', loadOptionsMethod: 'getContactFields' },
		false,
	),
];

/** `{contactId, filled, warnings}`; `filled` names the fields that were empty, as the node was told them. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const contactId = idParameter(this, 'contactId', itemIndex, 'The contact ID');
	const inputs = readFieldInputs(this, 'contactFields', itemIndex).map((input) => ({
		...input,
		action: 'fillEmpty' as const,
	}));
	const { fields } = await readContact(client, contactId);
	const { draft, written } = await applyInputs(client, 'contacts', fields, inputs);
	const filled = written.map(({ field }) => field);
	const entries = draft.entries();
	if (entries.length === 0) return { contactId, filled, warnings: draft.warnings };
	const saved = await writeOne(client, {
		method: 'PATCH',
		path: 'contacts',
		collection: 'contacts',
		entity: 'contacts',
		build: async () => ({ id: Number(contactId), custom_fields_values: entries }),
		findSaved: async () =>
			isWritten(entries, (await readContact(client, contactId)).fields) ? contactId : null,
	});
	return { contactId, filled, warnings: [...draft.warnings, ...saved.warnings] };
}

async function readContact(client: AmoClient, contactId: string): Promise<Contact> {
	const contact = await getContact(client, contactId);
	if (!contact) throw new AmoError('notFound', `There is no contact ${contactId}`, 'Check the contact ID.', '404');
	return contact;
}
