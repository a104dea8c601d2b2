import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Raw = Record<string, unknown>;

/** A sample of providers/yclients.md §10. Nobody in it exists. */
export function sample(name: string): Raw {
	return JSON.parse(readFileSync(join(__dirname, '../../fixtures/yclients', `${name}.json`), 'utf8')) as Raw;
}

/** The completed record of the samples, changed. */
export function record(changes: Raw = {}): Raw {
	return { ...(sample('webhook-record-completed').data as Raw), ...changes };
}

/** Its first service, changed. */
export function service(changes: Raw): Raw {
	const [first] = record().services as Raw[];
	return { ...first, ...changes };
}
