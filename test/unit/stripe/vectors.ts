import vectors from '../../fixtures/stripe-vectors.json';

/** One entry of the shared vectors (providers/stripe.md §8). */
export interface StripeVector {
	name: string;
	secret: string;
	payload: string;
	header: string;
	/** Unix seconds. */
	now: number;
	toleranceSeconds: number;
	expected: 'valid' | 'invalid';
	reason: string;
}

export const stripeVectors = vectors as unknown as StripeVector[];
