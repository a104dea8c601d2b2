import type { Account, EntityKind } from './account';
import type { Contact, Entity, Lead } from './entities';
import type { ListQuery } from './listQuery';

/** Whether a row belongs to the list. */
type Test<Row> = (row: Row) => boolean;

/**
 * The filters of a contact list. Unknown ones are ignored without a word, so that the list holds arbitrary rows
 * (providers/amocrm.md §0.1).
 */
export function contactFilter(query: ListQuery, account: Account): Test<Contact> {
	return all(entityTests(query, account, 'contacts'));
}

/** The filters of a lead list; a status counts only together with its pipeline. */
export function leadFilter(query: ListQuery, account: Account): Test<Lead> {
	return all<Lead>([
		...entityTests(query, account, 'leads'),
		oneOf(query, 'pipeline_id', (lead) => String(lead.pipelineId)),
		within(query, 'price', (lead) => lead.price),
		within(query, 'closed_at', (lead) => lead.closedAt),
		statusTest(query),
	]);
}

function entityTests(query: ListQuery, account: Account, kind: EntityKind): Array<Test<Entity>> {
	return [
		oneOf(query, 'id', (entity) => String(entity.id)),
		oneOf(query, 'name', (entity) => entity.name),
		oneOf(query, 'responsible_user_id', (entity) => String(entity.responsibleUserId)),
		within(query, 'created_at', (entity) => entity.createdAt),
		within(query, 'updated_at', (entity) => entity.updatedAt),
		...fieldTests(query, account, kind),
	];
}

function all<Row>(tests: ReadonlyArray<Test<Row>>): Test<Row> {
	return (row) => tests.every((test) => test(row));
}

function oneOf<Row>(query: ListQuery, name: string, read: (row: Row) => string): Test<Row> {
	const wanted = query.list(`filter[${name}]`);
	return wanted ? (row) => wanted.includes(read(row)) : () => true;
}

function within<Row>(query: ListQuery, name: string, read: (row: Row) => number | null): Test<Row> {
	const range = query.range(`filter[${name}]`);
	if (!range) return () => true;
	return (row) => {
		const value = read(row);
		return value !== null && value >= range.from && value <= range.to;
	};
}

function statusTest(query: ListQuery): Test<Lead> {
	const pairs = query.keysBelow('filter[statuses]').flatMap((index) => {
		const pipelineId = query.text(`filter[statuses][${index}][pipeline_id]`);
		const statusId = query.text(`filter[statuses][${index}][status_id]`);
		return pipelineId !== '' && statusId !== '' ? [`${pipelineId}/${statusId}`] : [];
	});
	return pairs.length > 0 ? (lead) => pairs.includes(`${lead.pipelineId}/${lead.statusId}`) : () => true;
}

/** Phones and e-mail addresses can be searched, but not filtered by (providers/amocrm.md §3). */
function fieldTests(query: ListQuery, account: Account, kind: EntityKind): Array<Test<Entity>> {
	const prefix = 'filter[custom_fields_values]';
	return query.keysBelow(prefix).flatMap((id): Array<Test<Entity>> => {
		const field = account.fieldBy(kind, Number(id));
		const wanted = query.list(`${prefix}[${id}]`);
		if (!field || !wanted || field.type === 'multitext') return [];
		return [
			({ fields }) =>
				(fields.get(field.id) ?? []).some(
					({ value, enumId }) => wanted.includes(String(value)) || wanted.includes(String(enumId)),
				),
		];
	});
}
