import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { ContactFinder } from '../../registration/locate';
import type { AmoClient } from '../../shared/client';
import { customerFields, telegramIdField } from '../../shared/fields';
import { readCustomer, readTelegramFields } from '../../shared/parameters';
import { contactOutput } from '../outputs';

const showOnlyForFind = { resource: ['contact'], operation: ['find'] };

export const description: INodeProperties[] = [...customerFields(showOnlyForFind), telegramIdField(showOnlyForFind)];

/** `{contact, matchedBy, warnings}`; both null when there is none. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const wanted = {
		customer: readCustomer(this, itemIndex),
		telegramFields: readTelegramFields(this, itemIndex),
	};
	const { contact, matchedBy, warnings } = await new ContactFinder(client).find(wanted);
	return { contact: contact && contactOutput(contact), matchedBy, warnings };
}
