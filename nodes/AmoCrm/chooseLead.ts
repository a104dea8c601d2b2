import type { Lead, Pipeline } from './entities';

/** Won and lost: the same two ids in all pipelines (providers/amocrm.md §6). */
const CLOSED: ReadonlySet<string> = new Set(['142', '143']);

/** A status means something only together with its pipeline: `7/777`. */
export type StatusPair = string;

export function statusPair({ pipelineId, statusId }: { pipelineId: string; statusId: string }): StatusPair {
	return `${pipelineId}/${statusId}`;
}

/**
 * Reads pairs as the editor's list gives them or as somebody types them: `7/777, 8/888`, in one text or a list.
 *
 * @throws Error that names what is no pair
 */
export function readStatusPairs(input: unknown): StatusPair[] {
	const parts = (Array.isArray(input) ? input : [input]).flatMap((part) => String(part ?? '').split(/[,;\s]+/));
	return parts
		.filter((part) => part !== '')
		.map((part) => {
			if (/^\d+\/\d+$/.test(part)) return part;
			throw new Error(`An excluded status is a pipeline and a status, such as 7/777, not "${part}"`);
		});
}

/** The incoming statuses, where leads wait that nobody has accepted yet. */
export function unsortedStatuses(pipelines: readonly Pipeline[]): StatusPair[] {
	return pipelines.flatMap(({ id, statuses }) =>
		statuses.filter(({ isUnsorted }) => isUnsorted).map((status) => statusPair({ pipelineId: id, statusId: status.id })),
	);
}

/**
 * The active lead over all pipelines, last updated first (PA5): not deleted, neither won nor lost, and in none of the
 * excluded statuses.
 *
 * @param leadIds the contact's own leads; rows of anybody else are ignored, because amoCRM may have ignored the
 * filter
 */
export function chooseActiveLead(
	leads: readonly Lead[],
	leadIds: readonly string[],
	excluded: readonly StatusPair[],
): Lead | null {
	const own = new Set(leadIds);
	const shut = new Set(excluded);
	const [lead = null] = leads
		.filter(({ id, isDeleted }) => own.has(id) && !isDeleted)
		.filter((candidate) => !CLOSED.has(candidate.statusId) && !shut.has(statusPair(candidate)))
		.sort((one, other) => other.updatedAt - one.updatedAt || Number(other.id) - Number(one.id));
	return lead;
}
