import type { INodeProperties } from 'n8n-workflow';

/** What creating and updating a lead have in common; for the options of a collection. */
export const responsibleUser: INodeProperties = {
	displayName: 'Responsible User Name or ID',
	name: 'responsibleUserId',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getUsers' },
	default: '',
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
};

export const leadName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	description: 'Without one, amoCRM numbers a new lead',
};

export const budget: INodeProperties = {
	displayName: 'Budget',
	name: 'price',
	type: 'string',
	default: '',
	placeholder: 'e.g. 5000',
	description: "In the account's currency, rounded to whole units",
};
