import type { EntityKind } from '../account';
import { checkAll, readElements } from '../batch';
import type { Crm } from '../crm';
import { listAnswer } from '../crm';
import type { Endpoint } from '../endpoint';
import { ok } from '../endpoint';
import { stringOf } from '../json';

/** Tags of one entity type (providers/amocrm.md §5). */
export function tagEndpoints(crm: Crm, kind: EntityKind): Endpoint[] {
	const { store, renderer } = crm;
	return [
		{
			method: 'GET',
			pattern: `/${kind}/tags`,
			serve: (call) => {
				const text = call.query.text('query').toLowerCase();
				const names = call.filters.list('filter[name]');
				const tags = store
					.tagsOf(kind)
					.filter(({ name }) => name.toLowerCase().includes(text) && (names?.includes(name) ?? true));
				return listAnswer(crm, call, 'tags', tags, (tag) => ({ ...tag, color: null }));
			},
		},
		{
			method: 'POST',
			pattern: `/${kind}/tags`,
			serve: ({ body }) => {
				const elements = readElements(body);
				const names = checkAll(elements, (source, violations) => {
					const name = stringOf(source, 'name', violations) ?? '';
					if (name === '') violations.missing('name');
					return name;
				});
				const tags = names.map((name, index) => ({
					...store.tagNamed(kind, name), color: null, request_id: elements[index]?.requestId,
				}));
				return ok({ _links: renderer.link(`${kind}/tags`), _embedded: { tags } });
			},
		},
	];
}
