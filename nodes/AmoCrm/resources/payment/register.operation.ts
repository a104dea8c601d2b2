import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { registerPayments } from '../../registration/register';
import type { Case } from '../../registration/registration';
import type { AmoClient } from '../../shared/client';
import { fieldMapping, tagsField } from '../../shared/fields';
import type { Results } from '../../shared/run';
import { eachRegistration } from './eachRegistration';
import { readRegistration } from './parameters';

const showOnlyForRegister = { resource: ['payment'], operation: ['register'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 1000.50',
		description: "In the account's currency, with at most two decimals; for a refund, too, without a minus",
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Full Refund',
		name: 'fullRefund',
		type: 'boolean',
		default: true,
		description: 'Whether nothing is left of the purchase, so that it does not count any more',
		displayOptions: { show: { ...showOnlyForRegister, sign: ['refund'] } },
	},
	{
		displayName: 'Contact and Lead',
		name: 'contactAndLead',
		type: 'options',
		options: [
			{ name: 'Find Them', value: 'find', description: 'Look for contact and lead here' },
			{
				name: 'Use What Was Found',
				value: 'given',
				description: 'Take the output of an earlier Find, so that the workflow can decide in between',
			},
		],
		default: 'find',
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Found',
		name: 'found',
		type: 'json',
		default: '',
		required: true,
		placeholder: "e.g. {{ $('Find Payment').item.json }}",
		description: 'The output of the operation Find, as it is',
		displayOptions: { show: { ...showOnlyForRegister, contactAndLead: ['given'] } },
	},
	{
		displayName: 'Totals',
		name: 'totalsMode',
		type: 'options',
		options: [
			{
				name: 'Add to What the Lead Holds',
				value: 'add',
				description: 'Reads the lead right before. A payment whose ID the lead holds is not counted again.',
			},
			{
				name: 'Set Absolute Values',
				value: 'absolute',
				description: 'Writes sums from elsewhere, such as a ledger. May be repeated without harm.',
			},
		],
		default: 'add',
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Total Paid',
		name: 'totalPaid',
		type: 'string',
		default: '',
		placeholder: 'e.g. 3000.00',
		description: 'Sum of all payments, this one included. Empty leaves the field alone.',
		displayOptions: { show: { ...showOnlyForRegister, totalsMode: ['absolute'] } },
	},
	{
		displayName: 'Purchase Count',
		name: 'purchaseCount',
		type: 'string',
		default: '',
		placeholder: 'e.g. 3',
		description: 'Number of purchases, this one included. Empty leaves the field alone.',
		displayOptions: { show: { ...showOnlyForRegister, totalsMode: ['absolute'] } },
	},
	fieldMapping(showOnlyForRegister, {
		displayName: 'Lead Fields',
		name: 'leadFields',
		loadOptionsMethod: 'getLeadFields',
	}),
	{
		displayName: 'Note',
		name: 'note',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		description: 'Text of the note on the lead. The payment ID is added where it is not in the text. Empty for no note.',
		displayOptions: { show: showOnlyForRegister },
	},
	tagsField(showOnlyForRegister),
	{
		displayName: 'Create Lead',
		name: 'createLead',
		type: 'boolean',
		default: true,
		description: 'Whether to create a lead when the contact has no active one',
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Create Contact',
		name: 'createContact',
		type: 'boolean',
		default: true,
		description: 'Whether to create a contact, together with its lead, when the customer is not known',
		displayOptions: { show: { ...showOnlyForRegister, createLead: [true] } },
	},
	{
		displayName: 'New Lead',
		name: 'newLead',
		type: 'collection',
		placeholder: 'Add Field',
		default: { pipelineId: '', statusId: '' },
		displayOptions: { show: { ...showOnlyForRegister, createLead: [true] } },
		options: [
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				placeholder: 'e.g. Payment Maths - Anna',
				description: 'Without one, amoCRM numbers the lead',
			},
			{
				displayName: 'Pipeline Name or ID',
				name: 'pipelineId',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getPipelines' },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Status Name or ID',
				name: 'statusId',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getStatusesOfPipeline', loadOptionsDependsOn: ['newLead.pipelineId'] },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
		],
	},
	{
		displayName: 'Repeated Attempt',
		name: 'isRepeat',
		type: 'boolean',
		default: false,
		description:
			'Whether an earlier attempt may have got through: its note and lead are looked for before new ones are made',
		displayOptions: { show: showOnlyForRegister },
	},
];

/**
 * Register Payment: `{outcome, contactId, leadId, createdContact, createdLead, pipelineId, statusId, noteId, matchedBy,
 * alreadyCounted, warnings, calls}` (PA4, PA5, PA7, PA8, PA10, PA11).
 */
export async function execute(this: IExecuteFunctions, client: AmoClient): Promise<Results> {
	return await eachRegistration(this, client, readRegistration, registerPayments, toOutput);
}

function toOutput({ saved, ...one }: Case): IDataObject {
	return {
		outcome: one.outcome,
		contactId: saved?.contactId ?? one.contact?.id ?? null,
		leadId: saved?.leadId ?? null,
		createdContact: one.createdContact,
		createdLead: one.createdLead,
		pipelineId: saved?.pipelineId ?? null,
		statusId: saved?.statusId ?? null,
		noteId: one.noteId,
		matchedBy: one.matchedBy,
		alreadyCounted: one.alreadyCounted,
		warnings: one.warnings,
		calls: one.calls,
	};
}
