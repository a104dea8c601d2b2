import type { Query } from '../shared/client';

/**
 * `filter[id][]` for each id; keep them to about a hundred, because addresses may not get too long
 * (providers/amocrm.md §2).
 */
export function idFilter(ids: readonly string[]): Query {
	return ids.map((id) => ['filter[id][]', id] as const);
}
