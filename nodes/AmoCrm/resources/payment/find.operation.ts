import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { missingFields } from '../../chooseContact';
import { minorToText, storedToMinor } from '../../decimal';
import type { Lead } from '../../entities';
import type { TotalsFields } from '../../fold';
import { findForPayments } from '../../registration/find';
import type { Case } from '../../registration/registration';
import type { AmoClient } from '../../shared/client';
import type { Results } from '../../shared/run';
import { contactOutput, leadOutput } from '../outputs';
import { textOf } from '../../storedFields';
import { eachRegistration } from './eachRegistration';
import { readSearch } from './parameters';

/**
 * Contact and active lead of each payment, without changing anything: `{contact, missingContactFields, lead,
 * matchedBy, totals, warnings, calls}`. What is not found is null.
 */
export async function execute(this: IExecuteFunctions, client: AmoClient): Promise<Results> {
	return await eachRegistration(this, client, readSearch, findForPayments, toOutput);
}

function toOutput({ contact, lead, matchedBy, warnings, calls, registration }: Case): IDataObject {
	const { customer, telegramFields, payment } = registration;
	return {
		contact: contact && contactOutput(contact),
		missingContactFields: contact ? missingFields(contact, customer, telegramFields) : [],
		lead: lead && leadOutput(lead),
		matchedBy,
		totals: lead && readTotals(lead, payment.totalsFields),
		warnings,
		calls,
	};
}

/** The sums as the lead holds them; null for a field that is not kept or holds no number. */
function readTotals({ fields }: Lead, { totalPaid, purchaseCount, paymentId }: TotalsFields): IDataObject {
	const numberIn = (ref: string) => (ref === '' ? null : storedToMinor(textOf(fields, ref)));
	const total = numberIn(totalPaid);
	const count = numberIn(purchaseCount);
	return {
		totalPaid: total === null ? null : minorToText(total),
		count: count === null ? null : Math.floor(count / 100),
		lastPaymentId: textOf(fields, paymentId) || null,
	};
}
