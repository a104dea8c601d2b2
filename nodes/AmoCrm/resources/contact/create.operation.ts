import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { buildWithFields } from '../../api/fieldChange';
import { writeOne } from '../../api/writeOne';
import { identifiersOf } from '../../customer';
import { contactBody } from '../../newContact';
import { ContactFinder, rememberContact } from '../../registration/locate';
import type { AmoClient } from '../../shared/client';
import {
	customerDetails,
	customerFields,
	fieldMapping,
	tagsField,
	telegramIdField,
	telegramUsernameField,
} from '../../shared/fields';
import { readCustomer, readFieldInputs, readTags, readTelegramFields } from '../../shared/parameters';

const showOnlyForCreate = { resource: ['contact'], operation: ['create'] };

export const description: INodeProperties[] = [
	...customerFields(showOnlyForCreate),
	...customerDetails(showOnlyForCreate),
	telegramIdField(showOnlyForCreate),
	telegramUsernameField(showOnlyForCreate),
	fieldMapping(
		showOnlyForCreate,
		{ displayName: 'Contact Fields', name: 'contactFields', loadOptionsMethod: 'getContactFields' },
		false,
	),
	tagsField(showOnlyForCreate),
];

/** `{contactId, warnings}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number, client: AmoClient): Promise<IDataObject> {
	const wanted = {
		customer: readCustomer(this, itemIndex),
		telegramFields: readTelegramFields(this, itemIndex),
	};
	const inputs = readFieldInputs(this, 'contactFields', itemIndex);
	const tags = readTags(this, itemIndex).map((name) => ({ name }));
	const { telegramId, telegramUsername } = wanted.telegramFields;
	const refs = [telegramId, telegramUsername, ...inputs.map(({ field }) => field)];
	let warnings: string[] = [];
	const build = async () => {
		const made = await buildWithFields(client, 'contacts', refs, (setting) => contactBody(wanted, setting, inputs));
		warnings = made.warnings;
		return { ...made.body, ...(tags.length > 0 ? { _embedded: { tags } } : {}) };
	};
	const saved = await writeOne(client, {
		method: 'POST',
		path: 'contacts',
		collection: 'contacts',
		entity: 'contacts',
		build,
		findSaved: async () => (await new ContactFinder(client).find(wanted)).contact?.id ?? null,
	});
	rememberContact(client, identifiersOf(wanted.customer, wanted.telegramFields).identifiers, saved.id);
	return { contactId: saved.id, warnings: [...warnings, ...saved.warnings] };
}
