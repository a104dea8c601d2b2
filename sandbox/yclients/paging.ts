/** Which part of a list is asked for. */
export interface Page {
	/** From 1. */
	readonly page: number;
	readonly count: number;
}

/** Reads `page` and `count`; what is no number counts as absent, too much is cut to `most` without a word. */
export function pageOf(query: URLSearchParams, usual: number, most: number): Page {
	const page = positive(query.get('page')) ?? 1;
	return { page, count: Math.min(most, positive(query.get('count')) ?? usual) };
}

export function slicePage<Row>(rows: readonly Row[], { page, count }: Page): readonly Row[] {
	return rows.slice((page - 1) * count, page * count);
}

function positive(text: string | null): number | null {
	const value = Number(text);
	return Number.isInteger(value) && value > 0 ? value : null;
}
