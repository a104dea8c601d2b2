const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;

/** Metadata in the form Stripe takes: text by key. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * Trims metadata, leaves out empty values (Stripe would read them as "delete this key") and keeps to Stripe's limits
 * (providers/stripe.md §2).
 *
 * @throws RangeError naming the key and the limit
 */
export function readMetadata(pairs: ReadonlyArray<readonly [key: string, value: unknown]>): Metadata {
	const metadata = new Map<string, string>();
	for (const [name, value] of pairs) {
		const key = name.trim();
		const text = String(value ?? '').trim();
		if (text === '') continue;
		check(key, text);
		metadata.set(key, text);
	}
	if (metadata.size > MAX_KEYS) {
		const first = [...metadata.keys()][MAX_KEYS] ?? '';
		throw new RangeError(`There are ${metadata.size} metadata keys, "${first}" is over the limit of ${MAX_KEYS}`);
	}
	return Object.fromEntries(metadata);
}

function check(key: string, text: string): void {
	if (key === '') throw new RangeError('A metadata value has no key');
	if (/[[\]]/.test(key)) throw new RangeError(`The metadata key "${key}" must not have brackets`);
	// Stripe counts characters, not the units JavaScript stores them in.
	const [keyLength, valueLength] = [[...key].length, [...text].length];
	if (keyLength > MAX_KEY_LENGTH) {
		throw new RangeError(`The metadata key "${key}" has ${keyLength} characters, over ${MAX_KEY_LENGTH}`);
	}
	if (valueLength > MAX_VALUE_LENGTH) {
		throw new RangeError(
			`The value of the metadata key "${key}" has ${valueLength} characters, over ${MAX_VALUE_LENGTH}`,
		);
	}
}
