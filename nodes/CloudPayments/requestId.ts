import { createHash } from 'node:crypto';

/**
 * The `X-Request-ID` of a step that must not happen twice: the same for the same step, whoever repeats it.
 * CloudPayments returns its first answer to a repeated id for an hour (providers/cloudpayments.md §2). Hashed, because
 * a header takes neither Cyrillic order numbers nor long ones.
 *
 * @param step such as `refund`
 * @param parts what tells this step from others of its kind; order matters
 */
export function stableRequestId(step: string, ...parts: Array<string | number>): string {
	const digest = createHash('sha256').update(JSON.stringify(parts.map(String))).digest('hex');
	return `${step}-${digest.slice(0, 32)}`;
}
