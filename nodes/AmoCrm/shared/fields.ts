import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Show = NonNullable<IDisplayOptions['show']>;

/** Who the customer is; the order of search is Telegram ID, phone, email. */
export function customerFields(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Telegram ID',
			name: 'telegramId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 123456789',
			description: 'Searched for first, in the contact field chosen below',
			displayOptions: { show },
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +79990000001',
			description: 'Searched for second, however it is written in amoCRM',
			displayOptions: { show },
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. name@example.com',
			description: 'Searched for last',
			displayOptions: { show },
		},
	];
}

/** What else is known of him, for a contact that is created or completed. */
export function customerDetails(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Telegram Username',
			name: 'telegramUsername',
			type: 'string',
			default: '',
			placeholder: 'e.g. @name',
			displayOptions: { show },
		},
		{
			displayName: 'Customer Name',
			name: 'customerName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Anna Petrova',
			description: 'For a contact that has to be created',
			displayOptions: { show },
		},
	];
}

export function telegramIdField(show: Show): INodeProperties {
	return {
		displayName: 'Telegram ID Contact Field Name or ID',
		name: 'telegramIdField',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getContactFields' },
		default: '',
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'Where contacts keep the Telegram ID. An expression may give the ID, code or name of the field.',
		displayOptions: { show },
	};
}

export function telegramUsernameField(show: Show): INodeProperties {
	return {
		displayName: 'Telegram Username Contact Field Name or ID',
		name: 'telegramUsernameField',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getContactFields' },
		default: '',
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'Filled only when it is empty',
		displayOptions: { show },
	};
}

export function excludedStatuses(show: Show): INodeProperties {
	return {
		displayName: 'Excluded Status Names or IDs',
		name: 'excludedStatuses',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getStatuses' },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'Leads in these statuses do not count as active, like won, lost and unsorted ones. An expression gives pairs of pipeline and status: 7/777, 8/888.',
		displayOptions: { show },
	};
}

/** Where a lead keeps its sums. */
export function totalsFields(show: Show): INodeProperties[] {
	const field = (displayName: string, name: string, hint: string): INodeProperties => ({
		displayName,
		name,
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getLeadFields' },
		default: '',
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint,
		displayOptions: { show },
	});
	return [
		field('Total Paid Lead Field Name or ID', 'totalPaidField', 'Sum of all payments. Leave empty to keep none.'),
		field('Purchase Count Lead Field Name or ID', 'purchaseCountField', 'Number of purchases. Leave empty to keep none.'),
		field(
			'Payment ID Lead Field Name or ID',
			'paymentIdField',
			'ID of the last payment. Keeps a payment that comes twice from being counted twice.',
		),
	];
}

/** A mapping of custom fields, by name, code or id. */
export function fieldMapping(
	show: Show,
	labels: { displayName: string; name: string; loadOptionsMethod: 'getLeadFields' | 'getContactFields' },
	hasModes = true,
): INodeProperties {
	const mode: INodeProperties = {
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{ name: 'Add to Number', value: 'add', description: 'Count on from what the field holds' },
			{ name: 'Replace', value: 'replace', description: 'As Set, but earlier choices of a multi-select are let go' },
			{ name: 'Set', value: 'set', description: 'Write the value; a multi-select keeps its earlier choices, too' },
			{ name: 'Set Only When Empty', value: 'fillEmpty', description: 'Leave alone what is filled' },
		],
		default: 'set',
	};
	return {
		displayName: labels.displayName,
		name: labels.name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show },
		options: [
			{
				displayName: 'Field',
				name: 'row',
				values: [
					{
						displayName: 'Field Name or ID',
						name: 'field',
						type: 'options',
						typeOptions: { loadOptionsMethod: labels.loadOptionsMethod },
						default: '',
						description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
						hint: 'An expression may give the ID, code or name of the field',
					},
					...(hasModes ? [mode] : []),
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						description:
							'Choices by label or ID, several with commas between them or as a list. An empty value changes nothing.',
					},
				],
			},
		],
	};
}

export function tagsField(show: Show): INodeProperties {
	return {
		displayName: 'Tags to Add',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. paid, course',
		description: 'Separated by commas. Tags that are there stay.',
		displayOptions: { show },
	};
}
