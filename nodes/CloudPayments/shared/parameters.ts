import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { toDecimal, toMinor } from '../../shared/money';

/** A text parameter, trimmed; empty when it is not set. */
export function readText(this: IExecuteFunctions, itemIndex: number, name: string): string {
	return String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
}

/** @throws RangeError when it is empty, naming it as the user knows it */
export function readRequiredText(this: IExecuteFunctions, itemIndex: number, name: string, label: string): string {
	const value = readText.call(this, itemIndex, name);
	if (value === '') throw new RangeError(`${label} is missing`);
	return value;
}

/**
 * The number of a transaction, as the API wants it.
 *
 * @throws RangeError when it is none
 */
export function readTransactionId(this: IExecuteFunctions, itemIndex: number): number {
	const text = readText.call(this, itemIndex, 'transactionId');
	const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
	if (!Number.isSafeInteger(id)) throw new RangeError('Transaction ID must be a number such as 2347811905');
	return id;
}

export interface Amount {
	minor: number;
	/** Major units, the way the API takes them. */
	decimal: number;
}

/**
 * An amount as people and expressions write it. The API takes at most two decimals, and at least 0.01.
 *
 * @throws RangeError when it is none
 */
export function toAmount(value: unknown, currency: string): Amount {
	const minor = typeof value === 'string' || typeof value === 'number' ? toMinor(value, currency) : null;
	if (!minor) throw new RangeError('Amount must be more than zero, such as 990 or 990.50');
	return { minor, decimal: Number(toDecimal(minor, currency)) };
}

/**
 * A JSON parameter: an object from an expression, or its text.
 *
 * @returns undefined when it is empty
 * @throws RangeError when it is something else
 */
export function toObject(value: unknown, label: string): IDataObject | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const parsed = typeof value === 'string' ? parseJson(value) : value;
	if (parsed === null) return undefined;
	if (typeof parsed !== 'object' || Array.isArray(parsed)) throw new RangeError(`${label} must be a JSON object`);
	return parsed as IDataObject;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A time as expressions and people write it; without a zone it is UTC.
 *
 * @throws RangeError when it is none
 */
export function toMoment(value: unknown, label: string): Date {
	const [, date, time = '00:00', zone = 'Z'] = MOMENT.exec(String(value ?? '').trim()) ?? [];
	const moment = new Date(`${date}T${time}${zone}`);
	if (Number.isNaN(moment.getTime())) throw new RangeError(`${label} must be a time such as 2026-05-01T12:00:00Z`);
	return moment;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
