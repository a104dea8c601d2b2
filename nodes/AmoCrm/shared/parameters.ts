import type { IExecuteFunctions } from 'n8n-workflow';

import { readStatusPairs, type StatusPair } from '../chooseLead';
import type { Customer, TelegramFields } from '../customer';
import type { FieldAction, FieldInput } from '../fieldDraft';
import type { TotalsFields } from '../fold';

/** Text of a parameter; a number that came by an expression becomes text. */
export function text(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return toText(context.getNodeParameter(name, itemIndex, ''));
}

export function toText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/**
 * The id of something in amoCRM.
 *
 * @throws Error when it is not a number
 */
export function idParameter(context: IExecuteFunctions, name: string, itemIndex: number, what: string): string {
	return toId(context.getNodeParameter(name, itemIndex, ''), what);
}

export function toId(value: unknown, what: string): string {
	const id = toText(value);
	if (/^[1-9]\d{0,15}$/.test(id)) return id;
	throw new Error(`${what} has to be a number, not "${id}"`);
}

export function readCustomer(context: IExecuteFunctions, itemIndex: number): Customer {
	return {
		telegramId: text(context, 'telegramId', itemIndex),
		telegramUsername: text(context, 'telegramUsername', itemIndex),
		phone: text(context, 'phone', itemIndex),
		email: text(context, 'email', itemIndex),
		name: text(context, 'customerName', itemIndex),
	};
}

export function readTelegramFields(context: IExecuteFunctions, itemIndex: number): TelegramFields {
	return {
		telegramId: text(context, 'telegramIdField', itemIndex),
		telegramUsername: text(context, 'telegramUsernameField', itemIndex),
	};
}

export function readTotalsFields(context: IExecuteFunctions, itemIndex: number): TotalsFields {
	return {
		totalPaid: text(context, 'totalPaidField', itemIndex),
		purchaseCount: text(context, 'purchaseCountField', itemIndex),
		paymentId: text(context, 'paymentIdField', itemIndex),
	};
}

export function readExcluded(context: IExecuteFunctions, itemIndex: number): StatusPair[] {
	return readStatusPairs(context.getNodeParameter('excludedStatuses', itemIndex, []));
}

interface MappingRow {
	field?: unknown;
	mode?: FieldAction;
	value?: unknown;
}

/** The rows of a field mapping; rows without a field or a value change nothing, see `FieldDraft`. */
export function readFieldInputs(context: IExecuteFunctions, name: string, itemIndex: number): FieldInput[] {
	const { row = [] } = context.getNodeParameter(name, itemIndex, {}) as { row?: MappingRow[] };
	return row.map(({ field, mode = 'set', value }) => ({ field: toText(field), action: mode, value }));
}

/** Tags by name, in a list or with commas between them. */
export function readTags(context: IExecuteFunctions, itemIndex: number): string[] {
	const given: unknown = context.getNodeParameter('tags', itemIndex, '');
	const names = Array.isArray(given) ? given.map(toText) : toText(given).split(',');
	return names.map((name) => name.trim()).filter((name) => name !== '');
}
