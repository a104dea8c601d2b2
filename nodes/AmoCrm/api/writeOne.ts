import { sleep } from 'n8n-workflow';

import type { Body } from '../repair';
import { MAX_ATTEMPTS, SETTLE_MS } from '../shared/attempts';
import type { AmoClient } from '../shared/client';
import { forgetFields, type EntityType } from './catalogs';
import { writeRows, type Rows } from './writeRows';

export interface OneRow extends Omit<Rows, 'bodies' | 'rebuild'> {
	/** Whose custom fields the row has, if any. */
	entity?: EntityType;
	/** What is to be sent, from what stands there now. */
	build: () => Promise<Body>;
	/** The id of the row if it has been saved after all; asked when nobody knows. */
	findSaved: () => Promise<string | null>;
}

/**
 * Writes one row, once: where no clear answer comes, it is looked for before it is sent again.
 *
 * @returns the row's id, and what was left out of it
 * @throws AmoError
 */
export async function writeOne(client: AmoClient, row: OneRow): Promise<{ id: string; warnings: string[] }> {
	for (let attempt = 1; ; attempt++) {
		const body = await row.build();
		const rebuild = async () => {
			if (row.entity) forgetFields(client, row.entity);
			return [await row.build()];
		};
		const [outcome] = await writeRows(client, { ...row, bodies: [body], rebuild });
		if (outcome?.status === 'saved') return { id: outcome.answer.id, warnings: outcome.warnings };
		if (outcome && (outcome.status === 'failed' || attempt === MAX_ATTEMPTS)) throw outcome.error;
		await sleep(SETTLE_MS);
		const id = await row.findSaved();
		if (id !== null) return { id, warnings: outcome?.warnings ?? [] };
	}
}
