import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';

import { amountToMinor } from '../../decimal';
import { readStoredFields, type Contact, type Lead } from '../../entities';
import type { Payment, Totals } from '../../fold';
import type { Given, NewLead, Registration } from '../../registration/registration';
import {
	readCustomer,
	readExcluded,
	readFieldInputs,
	readTags,
	readTelegramFields,
	readTotalsFields,
	text,
	toId,
	toText,
} from '../../shared/parameters';

/** What both operations have in common; it changes nothing. */
export function readSearch(context: IExecuteFunctions, itemIndex: number): Registration {
	const payment: Payment = {
		paymentId: text(context, 'paymentId', itemIndex),
		amountMinor: 0,
		sign: context.getNodeParameter('sign', itemIndex) === 'refund' ? 'refund' : 'payment',
		isFullRefund: false,
		totals: { mode: 'absolute', totalPaidMinor: null, purchaseCount: null },
		totalsFields: readTotalsFields(context, itemIndex),
		leadFields: [],
		tags: [],
	};
	return {
		customer: readCustomer(context, itemIndex),
		telegramFields: readTelegramFields(context, itemIndex),
		payment,
		note: '',
		mayCreateContact: false,
		mayCreateLead: false,
		newLead: { pipelineId: '', statusId: '', name: '' },
		excluded: readExcluded(context, itemIndex),
		isRepeat: false,
		given: null,
	};
}

/**
 * A payment with all that is to be written.
 *
 * @throws Error that says which parameter is wrong; nothing has been sent then
 */
export function readRegistration(context: IExecuteFunctions, itemIndex: number): Registration {
	const search = readSearch(context, itemIndex);
	if (search.payment.paymentId === '') throw new Error('The payment ID is missing');
	const mayCreateLead = context.getNodeParameter('createLead', itemIndex) === true;
	return {
		...search,
		payment: {
			...search.payment,
			amountMinor: amountToMinor(text(context, 'amount', itemIndex), 'The amount'),
			isFullRefund: context.getNodeParameter('fullRefund', itemIndex, true) === true,
			totals: readTotals(context, itemIndex),
			leadFields: readFieldInputs(context, 'leadFields', itemIndex),
			tags: readTags(context, itemIndex),
		},
		note: text(context, 'note', itemIndex),
		mayCreateContact: mayCreateLead && context.getNodeParameter('createContact', itemIndex, false) === true,
		mayCreateLead,
		newLead: mayCreateLead ? readNewLead(context, itemIndex) : search.newLead,
		isRepeat: context.getNodeParameter('isRepeat', itemIndex) === true,
		given:
			context.getNodeParameter('contactAndLead', itemIndex) === 'given'
				? readGiven(context.getNodeParameter('found', itemIndex))
				: null,
	};
}

function readTotals(context: IExecuteFunctions, itemIndex: number): Totals {
	if (context.getNodeParameter('totalsMode', itemIndex) !== 'absolute') return { mode: 'add' };
	const total = text(context, 'totalPaid', itemIndex);
	const count = text(context, 'purchaseCount', itemIndex);
	if (count !== '' && !/^\d{1,9}$/.test(count)) throw new Error('The purchase count has to be a whole number from 0 up');
	return {
		mode: 'absolute',
		totalPaidMinor: total === '' ? null : amountToMinor(total, 'The total paid'),
		purchaseCount: count === '' ? null : Number(count),
	};
}

/** amoCRM's defaults for a new lead are not known for sure, so both ids are asked for (providers/amocrm.md §4). */
function readNewLead(context: IExecuteFunctions, itemIndex: number): NewLead {
	const { pipelineId, statusId, name } = context.getNodeParameter('newLead', itemIndex, {}) as Record<string, unknown>;
	return {
		pipelineId: toId(pipelineId, 'The pipeline of a new lead'),
		statusId: toId(statusId, 'The status of a new lead'),
		name: toText(name),
	};
}

const foundSchema = z.object({
	contact: z
		.object({
			id: z.string().regex(/^\d+$/),
			name: z.string(),
			leadIds: z.array(z.string().regex(/^\d+$/)),
			customFields: z.unknown(),
		})
		.nullable(),
	lead: z
		.object({
			id: z.string().regex(/^\d+$/),
			name: z.string(),
			price: z.number(),
			pipelineId: z.string().regex(/^\d+$/),
			statusId: z.string().regex(/^\d+$/),
			customFields: z.unknown(),
		})
		.nullable(),
	matchedBy: z.enum(['telegramId', 'phone', 'email']).nullable(),
});

/** The output of `payment: find`, as an object or as its JSON. */
function readGiven(input: unknown): Given {
	const { data } = foundSchema.safeParse(typeof input === 'string' ? parseJson(input) : input);
	if (!data) throw new Error('"Found" has to be the output of the operation Find, as it is');
	const times = { updatedAt: 0, createdAt: 0, isDeleted: false };
	const contact: Contact | null = data.contact && {
		...times,
		...data.contact,
		fields: readStoredFields(data.contact.customFields),
	};
	const lead: Lead | null = data.lead && {
		...times,
		...data.lead,
		fields: readStoredFields(data.lead.customFields),
		contactIds: contact ? [contact.id] : [],
	};
	return { contact, lead, matchedBy: data.matchedBy };
}

function parseJson(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return null;
	}
}
