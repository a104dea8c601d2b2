import type { IDataObject } from 'n8n-workflow';

import { amountToMinor, minorToWhole } from '../../decimal';
import { toId, toText } from '../../shared/parameters';

/** The plain properties of a lead as amoCRM takes them; what is not given is not changed. */
export interface LeadBasics extends Record<string, unknown> {
	name?: string;
	price?: number;
	responsible_user_id?: number;
}

export function leadBasics({ name, price, responsibleUserId }: IDataObject): LeadBasics {
	const basics: LeadBasics = {};
	if (toText(name) !== '') basics.name = toText(name);
	if (toText(price) !== '') basics.price = minorToWhole(amountToMinor(toText(price), 'The budget'));
	if (toText(responsibleUserId) !== '') {
		basics.responsible_user_id = Number(toId(responsibleUserId, 'The responsible user'));
	}
	return basics;
}
