import vectors from '../../fixtures/prodamus-vectors.json';

/** One entry of the shared vectors (providers/prodamus.md §8). */
export interface ProdamusVector {
	name: string;
	secret: string;
	data: Record<string, unknown>;
	sign: string;
	urlencodedBody: string | null;
	flat: Record<string, string>;
	canonicalJson: string;
	valid: boolean;
}

export const prodamusVectors = vectors as unknown as ProdamusVector[];
