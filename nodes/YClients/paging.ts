/** One page of a list, and how many rows the list has, if the server says so. */
export interface Page<Row> {
	rows: Row[];
	total: number | null;
}

/** The list is longer than anybody should read at once, or the server gives the same page again and again. */
export class PagingError extends Error {
	override readonly name = 'PagingError';
}

const MAX_PAGES = 500;
/** Servers clamp a page to a round number of rows. */
const CLAMP_STEP = 5;

/**
 * Reads a list to its end (providers/yclients.md §2 "Paging trap"). A server that gives fewer rows to a page than
 * it was asked for does not end the reading, nor does one whose total is only that of the page.
 *
 * @param fetchPage pages count from 1
 * @param size rows that are asked for with each page
 * @param keyOf what makes a row the same when it comes twice because the list has moved meanwhile; the later one
 * counts
 * @param limit rows after which no more is read
 * @throws PagingError when the list cannot be read to its end
 */
export async function readPages<Row>(
	fetchPage: (page: number) => Promise<Page<Row>>,
	{ size, keyOf, limit = Number.POSITIVE_INFINITY }: { size: number; keyOf: (row: Row) => string; limit?: number },
): Promise<Row[]> {
	const rows = new Map<string, Row>();
	let collected = 0;
	let longest = 0;
	let firstKey: string | null = null;
	for (let page = 1; page <= MAX_PAGES; page++) {
		const { rows: next, total } = await fetchPage(page);
		const [first] = next;
		if (first === undefined) return [...rows.values()];
		if (keyOf(first) === firstKey) {
			if (total === null || rows.size >= total) return [...rows.values()];
			throw new PagingError(`Page ${page} of the list is page ${page - 1} again, with ${rows.size} of ${total} rows read`);
		}
		firstKey = keyOf(first);
		next.forEach((row) => rows.set(keyOf(row), row));
		collected += next.length;
		const isEnd = isTotal(total, collected, page) ? next.length < size && collected === total : next.length < longest;
		if (rows.size >= limit || isEnd) return [...rows.values()].slice(0, limit);
		longest = Math.max(longest, next.length);
	}
	throw new PagingError(`The list has more than ${MAX_PAGES} pages: choose a shorter time`);
}

/** Whether the total is that of the list: some servers tell that of the page, or leave deleted rows out. */
function isTotal(total: number | null, collected: number, page: number): total is number {
	const isMaybeOfPage = page === 1 && total === collected && collected % CLAMP_STEP === 0;
	return total !== null && total >= collected && !isMaybeOfPage;
}
