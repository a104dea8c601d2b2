import type { IDataObject } from 'n8n-workflow';

import type { Contact, Lead } from '../entities';

/** A contact as the node gives it out; `customFields` as amoCRM has them. */
export function contactOutput({ id, name, updatedAt, leadIds, fields }: Contact): IDataObject {
	return { id, name, updatedAt: isoTime(updatedAt), leadIds, customFields: fields };
}

export function leadOutput({ id, name, price, pipelineId, statusId, updatedAt, fields }: Lead): IDataObject {
	return { id, name, price, pipelineId, statusId, updatedAt: isoTime(updatedAt), customFields: fields };
}

function isoTime(seconds: number): string {
	return new Date(seconds * 1000).toISOString();
}
