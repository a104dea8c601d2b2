import { z } from 'zod';

import {
	hasNextPage,
	listOf,
	readFieldDefinition,
	readPipeline,
	readUser,
	type FieldDefinition,
	type Pipeline,
	type User,
} from '../entities';
import { isTimeZone } from '../../shared/wallTime';
import type { FieldSetting } from '../fieldDraft';
import { AmoError } from '../shared/amoError';
import type { AmoClient, Query } from '../shared/client';
import { findDefinition, type FieldRef } from '../storedFields';

export type EntityType = 'leads' | 'contacts' | 'companies' | 'customers';

const DATE_TYPES: ReadonlySet<string> = new Set(['date', 'birthday', 'date_time']);

/** Lists change rarely; they cost a call each. */
const LIFE_MS = 10 * 60_000;
/** A list this young is not read again because something is not in it. */
const YOUNG_MS = 2 * 60_000;
const MAX_PAGES = 20;

interface Kept {
	readAt: number;
	value: Promise<unknown>;
}

const kept = new Map<string, Kept>();

/** The custom fields of an entity type with their choices. */
export async function fieldDefinitions(client: AmoClient, entity: EntityType): Promise<FieldDefinition[]> {
	return await cached(client, `${entity}/custom_fields`, async () => {
		const pages = await readPages(client, `${entity}/custom_fields`, [['limit', 250]]);
		return pages.flatMap((page) => listOf(page, 'custom_fields', readFieldDefinition));
	});
}

/** What is needed to write these fields: the zone is asked for only if a date is among them. */
export async function fieldSetting(
	client: AmoClient,
	entity: EntityType,
	refs: readonly FieldRef[],
): Promise<FieldSetting> {
	if (refs.every((ref) => ref.trim() === '')) return { definitions: [], zone: 'UTC' };
	const definitions = await fieldDefinitions(client, entity);
	const hasDate = refs.some((ref) => DATE_TYPES.has(findDefinition(definitions, ref)?.type ?? ''));
	return { definitions, zone: hasDate ? await timezone(client) : 'UTC' };
}

/** All pipelines with their statuses, in one call. */
export async function pipelines(client: AmoClient): Promise<Pipeline[]> {
	return await cached(client, 'leads/pipelines', async () =>
		listOf(await client.read('leads/pipelines'), 'pipelines', readPipeline),
	);
}

/**
 * The people of the account. Without administrator's rights amoCRM shows none: then the token's own user, by id
 * alone.
 */
export async function users(client: AmoClient): Promise<User[]> {
	return await cached(client, 'users', async () => {
		const options = { isForAdministrators: true };
		const pages = await readPages(client, 'users', [['limit', 250]], options).catch(forbiddenAsNull);
		if (pages) return pages.flatMap((page) => listOf(page, 'users', readUser));
		const account = z.object({ current_user_id: z.coerce.string() }).safeParse(await client.read('account'));
		return account.data ? [{ id: account.data.current_user_id, name: null, email: null }] : [];
	});
}

const timezoneSchema = z.object({
	_embedded: z.object({ datetime_settings: z.object({ timezone: z.string().refine(isTimeZone) }) }),
});

/** The account's time zone, which its dates are in; UTC when it tells none that is known here. */
export async function timezone(client: AmoClient): Promise<string> {
	return await cached(client, 'timezone', async () => {
		const account = await client.read('account', [['with', 'datetime_settings']]);
		return timezoneSchema.safeParse(account).data?._embedded.datetime_settings.timezone ?? 'UTC';
	});
}

/**
 * Forgets the custom fields, so that they are read again: something was not in them, or amoCRM refused it
 * (`NotSupportedChoice`).
 *
 * @returns false when they are too young for that to help
 */
export function forgetFields(client: AmoClient, entity: EntityType): boolean {
	const name = keyOf(client, `${entity}/custom_fields`);
	const entry = kept.get(name);
	if (!entry || Date.now() - entry.readAt < YOUNG_MS) return false;
	kept.delete(name);
	return true;
}

async function cached<T>(client: AmoClient, list: string, read: () => Promise<T>): Promise<T> {
	const name = keyOf(client, list);
	const entry = kept.get(name);
	if (entry && Date.now() - entry.readAt < LIFE_MS) return (await entry.value) as T;
	const value = read();
	kept.set(name, { readAt: Date.now(), value });
	// A failure is not remembered.
	value.catch(() => kept.delete(name));
	return await value;
}

function keyOf(client: AmoClient, list: string): string {
	return `${client.key} ${list}`;
}

async function readPages(
	client: AmoClient,
	path: string,
	query: Query,
	options?: { isForAdministrators: boolean },
): Promise<unknown[]> {
	const pages: unknown[] = [];
	for (let page = 1; page <= MAX_PAGES; page++) {
		const answer = await client.read(path, [...query, ['page', page]], options);
		pages.push(answer);
		if (!hasNextPage(answer)) break;
	}
	return pages;
}

function forbiddenAsNull(error: unknown): null {
	if (error instanceof AmoError && error.failure === 'forbidden') return null;
	throw error;
}
