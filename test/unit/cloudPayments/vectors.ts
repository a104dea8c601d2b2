import vectors from '../../fixtures/cloudpayments-vectors.json';
import type { SignatureScheme } from '../../../nodes/CloudPayments/signature';

/** One entry of the shared vectors (providers/cloudpayments.md §4). */
export interface CloudPaymentsVector {
	name: string;
	scheme: SignatureScheme;
	secret: string;
	contentType: string;
	rawBody: string;
	headers: Record<string, string>;
	/** Speaks of the signature only. */
	valid: boolean;
	why: string;
}

export const cloudPaymentsVectors = vectors as unknown as CloudPaymentsVector[];

export function vector(name: string): CloudPaymentsVector {
	const found = cloudPaymentsVectors.find((candidate) => candidate.name === name);
	if (!found) throw new Error(`No vector "${name}"`);
	return found;
}
