import { PagingError, readPages, type Page } from '../../../nodes/YClients/paging';

interface Server {
	count: number;
	/** What the server makes of a page size. */
	clamp?: number;
	total?: (collected: number) => number | null;
	ignoresPage?: boolean;
}

function serve({ count, clamp = 200, total = () => count, ignoresPage = false }: Server) {
	const asked: number[] = [];
	const fetchPage = async (page: number): Promise<Page<number>> => {
		asked.push(page);
		const size = Math.min(200, clamp);
		const from = ignoresPage ? 0 : (page - 1) * size;
		const rows = Array.from({ length: Math.max(0, Math.min(size, count - from)) }, (_, at) => from + at);
		return { rows, total: total(rows.length) };
	};
	const read = async (limit?: number) => await readPages(fetchPage, { size: 200, keyOf: String, limit });
	return { asked, read };
}

const all = (count: number) => Array.from({ length: count }, (_, at) => at);

it.each<[number, number]>([
	[0, 1],
	[1, 1],
	[61, 1],
	[199, 1],
	[200, 2],
	[201, 2],
	[1_000, 6],
	[6_000, 31],
])('YL9 reads %i rows in %i calls', async (count, calls) => {
	const { asked, read } = serve({ count });
	expect(await read()).toEqual(all(count));
	expect(asked).toHaveLength(calls);
});

it.each<[string, Server]>([
	['clamps the page', { count: 170, clamp: 50 }],
	['clamps the page and ends with a full one', { count: 150, clamp: 50 }],
	['clamps the page and tells no total', { count: 170, clamp: 50, total: () => null }],
	['clamps the page, tells no total and ends with a full one', { count: 150, clamp: 50, total: () => null }],
	[
		'clamps the page to 25 and tells the rows of the page as total',
		{ count: 90, clamp: 25, total: (rows) => rows },
	],
	['tells no total', { count: 450, total: () => null }],
	['tells too small a total', { count: 450, total: () => 3 }],
	['tells too large a total', { count: 450, total: () => 9_999 }],
])('YL9 reads all from a server that %s', async (_name, server) => {
	expect(await serve(server).read()).toEqual(all(server.count));
});

it('needs two calls at most for 60 changes', async () => {
	const { asked, read } = serve({ count: 60 });
	expect(await read()).toHaveLength(60);
	expect(asked.length).toBeLessThanOrEqual(2);
});

it('does not go on for ever when the server ignores the page', async () => {
	const { asked, read } = serve({ count: 200, ignoresPage: true, total: () => null });
	expect(await read()).toEqual(all(200));
	expect(asked).toEqual([1, 2]);
});

it('says so when the server ignores the page and has more', async () => {
	await expect(serve({ count: 200, ignoresPage: true, total: () => 450 }).read()).rejects.toThrow(
		new PagingError('Page 2 of the list is page 1 again, with 200 of 450 rows read'),
	);
});

it('gives up a list without end', async () => {
	let next = 0;
	const fetchPage = async () => ({ rows: [next++], total: 1_000_000 });
	await expect(readPages(fetchPage, { size: 200, keyOf: String })).rejects.toThrow('more than 500 pages');
	expect(next).toBe(500);
});

it('counts a row once that comes again because the list has moved', async () => {
	const pages = [
		[
			{ id: 1, at: 'old' },
			{ id: 2, at: 'old' },
		],
		[
			{ id: 3, at: 'old' },
			{ id: 1, at: 'new' },
		],
		[],
	];
	const rows = await readPages(async (page) => ({ rows: pages[page - 1] ?? [], total: null }), {
		size: 2,
		keyOf: ({ id }) => String(id),
	});
	expect(rows).toEqual([
		{ id: 1, at: 'new' },
		{ id: 2, at: 'old' },
		{ id: 3, at: 'old' },
	]);
});

it.each([
	[30, 1, 30],
	[250, 2, 250],
])('reads no further than %i rows', async (limit, calls, length) => {
	const { asked, read } = serve({ count: 6_000 });
	expect(await read(limit)).toEqual(all(length));
	expect(asked).toHaveLength(calls);
});
