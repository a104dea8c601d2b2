/** Most rows of a page, and rows when the caller does not say (providers/amocrm.md §2). */
export const MOST_ROWS = 250;
const DEFAULT_ROWS = 50;

/** A range `name[from]`, `name[to]`; a missing end is open. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

/** The query string of a list, with PHP's brackets. */
export class ListQuery {
	constructor(private readonly parameters: URLSearchParams) {}

	/** One value; empty when absent. */
	text(name: string): string {
		return this.parameters.get(name) ?? '';
	}

	/** All values of `name`, `name[]` and `name[0]`, `name[1]`, …; null when there are none. */
	list(name: string): readonly string[] | null {
		const isOfList = (key: string) => key.startsWith(name) && /^(\[\d*\])?$/.test(key.slice(name.length));
		const values = [...this.parameters].filter(([key]) => isOfList(key)).map(([, value]) => value);
		return values.length > 0 ? values : null;
	}

	/** null when neither end is a number. */
	range(name: string): Range | null {
		const from = wholeNumber(this.text(`${name}[from]`));
		const to = wholeNumber(this.text(`${name}[to]`));
		if (from === null && to === null) return null;
		return { from: from ?? -Infinity, to: to ?? Infinity };
	}

	/** Names below `prefix`: `filter[x][8101][]` has `8101` below `filter[x]`. */
	keysBelow(prefix: string): readonly string[] {
		const below = [...this.parameters.keys()].flatMap((key) =>
			key.startsWith(`${prefix}[`) ? (/^\[([^\]]*)\]/.exec(key.slice(prefix.length))?.[1] ?? []) : [],
		);
		return [...new Set(below)];
	}

	/** The comma-separated names of `with`. */
	get with(): ReadonlySet<string> {
		return new Set(this.text('with').split(',').map((name) => name.trim()));
	}

	get page(): number {
		return Math.max(1, wholeNumber(this.text('page')) ?? 1);
	}

	/** Never more than {@link MOST_ROWS}; a larger wish is cut in silence. */
	limit(most = MOST_ROWS): number {
		return Math.min(most, Math.max(1, wholeNumber(this.text('limit')) ?? DEFAULT_ROWS));
	}

	/** `order[field]` of the first known field, as a factor: 1 ascending, -1 descending; null when none is given. */
	order<Field extends string>(known: readonly Field[]): { readonly field: Field; readonly factor: 1 | -1 } | null {
		const field = known.find((name) => this.parameters.has(`order[${name}]`));
		return field ? { field, factor: this.text(`order[${field}]`) === 'desc' ? -1 : 1 } : null;
	}

	/** The same query for another page. */
	forPage(page: number): URLSearchParams {
		const parameters = new URLSearchParams(this.parameters);
		parameters.set('page', String(page));
		return parameters;
	}
}

function wholeNumber(text: string): number | null {
	return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
