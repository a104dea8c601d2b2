import type { Account } from './account';
import { ParameterError } from './apiError';

const MAX_DEPTH = 4;

type Fields = Record<string, unknown>;

/**
 * A copy of an answer with references replaced by the objects they name (`expand[]=payment_intent.latest_charge`).
 * In a list the path begins with `data`.
 *
 * @throws ParameterError when there is nothing to expand
 */
export function expand(account: Account, answer: object, paths: readonly string[]): object {
	const copy = structuredClone(answer) as Fields;
	for (const path of paths) {
		const parts = path.split('.');
		if (parts.length > MAX_DEPTH) {
			throw new ParameterError(`You cannot expand more than ${MAX_DEPTH} levels of a property: ${path}`, 'expand');
		}
		expandPath(account, copy, parts, path);
	}
	return copy;
}

function expandPath(account: Account, target: Fields, parts: readonly string[], path: string): void {
	const [name = '', ...rest] = parts;
	const value = expandField(account, target, name, path);
	target[name] = value;
	const children = Array.isArray(value) ? value : [value];
	if (rest.length > 0) {
		for (const child of children) if (isFields(child)) expandPath(account, child, rest, path);
	}
}

function expandField(account: Account, target: Fields, name: string, path: string): unknown {
	if (name === 'line_items' && target.object === 'checkout.session') return lineItems(account, String(target.id));
	const value = target[name];
	if (typeof value === 'object' && name in target) return value;
	const found = typeof value === 'string' ? account.findAny(value) : undefined;
	if (found) return structuredClone(found);
	const problem = `This property cannot be expanded (${path}).`;
	throw new ParameterError(problem, 'expand');
}

/** The first ten line items of a session, as a list. */
function lineItems(account: Account, sessionId: string): object {
	const all = account.orderOf(sessionId).lineItems;
	const url = `/v1/checkout/sessions/${sessionId}/line_items`;
	return { object: 'list', url, has_more: all.length > 10, data: structuredClone(all.slice(0, 10)) };
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null;
}
