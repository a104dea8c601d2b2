import type { Account } from './account';
import type { Contact, Entity, Lead } from './entities';
import type { Answer, Call } from './endpoint';
import { NO_CONTENT, ok } from './endpoint';
import { MOST_ROWS } from './listQuery';
import type { ModeSwitch } from './modes';
import { Problem } from './problem';
import type { Renderer } from './render';
import type { Search } from './search';
import type { Store } from './store';
import type { WriteReader } from './writes';

/** What the endpoints work with. */
export interface Crm {
	readonly account: Account;
	readonly store: Store;
	readonly modes: ModeSwitch;
	readonly search: Search;
	readonly writes: WriteReader;
	readonly renderer: Renderer;
}

/** One page of rows in a HAL envelope; an empty page is 204 (providers/amocrm.md §2, §0.5). */
export function listAnswer<Row>(
	{ renderer }: Crm,
	{ query, path }: Call,
	collection: string,
	rows: readonly Row[],
	render: (row: Row, index: number) => object,
	most = MOST_ROWS,
): Answer {
	const { page } = query;
	const limit = query.limit(most);
	const start = (page - 1) * limit;
	const shown = rows.slice(start, start + limit);
	if (shown.length === 0) return NO_CONTENT;
	const nextPage = `${path.split('?')[0]}?${query.forPage(page + 1).toString()}`;
	const next = rows.length > start + limit ? { next: { href: `${renderer.url}${nextPage}` } } : {};
	return ok({
		_page: page,
		_links: { self: { href: `${renderer.url}${path}` }, ...next },
		_embedded: { [collection]: shown.map((row, index) => render(row, start + index)) },
	});
}

const READERS = {
	created_at: (entity: Entity) => entity.createdAt,
	updated_at: (entity: Entity) => entity.updatedAt,
	id: (entity: Entity) => entity.id,
} as const;

/** Rows in the wished order, otherwise oldest first; a wish that is not `known` is ignored. */
export function sorted<Row extends Entity>(
	rows: readonly Row[],
	{ query }: Call,
	known: ReadonlyArray<keyof typeof READERS>,
): readonly Row[] {
	const { field, factor } = query.order(known) ?? { field: 'id', factor: 1 };
	return [...rows].sort((left, right) => factor * (READERS[field](left) - READERS[field](right) || left.id - right.id));
}

/** @throws Problem 404 when there is none or it is in the bin */
export function requireLead({ store }: Crm, id: number | undefined): Lead {
	const lead = store.leads.get(id ?? 0);
	if (!lead || lead.isDeleted) throw new Problem(404, 'Entity not found');
	return lead;
}

/** @throws Problem 404 when there is none or it is in the bin */
export function requireContact({ store }: Crm, id: number | undefined): Contact {
	const contact = store.contacts.get(id ?? 0);
	if (!contact || contact.isDeleted) throw new Problem(404, 'Entity not found');
	return contact;
}
