import type { ChartRow } from '../calculation/matrix';
import { CHAKRA_IDS } from '../calculation/chakras';
import { type Block, type ReadingDocument, type Section, type Table, paragraph } from './document';
import { type ArcanaEntry, type Entry, type LevelEntry, entriesOf, isArcana, isLevel } from './entries';
import { entryName, entrySections } from './entrySections';
import { type ReadingInput, frame } from './frame';
import { type ReadingTexts, fill } from './texts';
import { totalsSection } from './totals';

/** An arcana is worth naming when it stands in this many cells. */
const REPEATED = 3;

/**
 * The long reading in the order of domain/chakras.md §5: how to read, numbers, one section per chakra or point,
 * repeated numbers, a practice a day, totals, disclaimer.
 */
export function paidReading(input: ReadingInput): ReadingDocument {
	const { result, texts } = input;
	const entries = entriesOf(result);
	return frame(input, 'paid', [
		howToRead(input, entries),
		numbers(entries, 'totals' in result ? result.totals : undefined, texts),
		...entrySections(entries, texts),
		...repeats(entries.filter(isArcana), texts),
		...plan(entries, texts),
		...totalsSection(result, entries, texts),
	]);
}

function howToRead({ result, texts }: ReadingInput, entries: readonly Entry[]): Section {
	const { howToRead: labels } = texts.labels;
	const hasLevels = entries.some(isLevel);
	const items = [
		...(entries.some(isArcana) ? labels.arcana : []),
		...(hasLevels && result.system !== 'destiny_matrix' ? [...labels.levels, labels[result.scaleMeaning]] : []),
		labels.closing,
	];
	return { id: 'how_to_read', heading: labels.heading, blocks: [{ kind: 'list', items }] };
}

function numbers(entries: readonly Entry[], totals: ChartRow | undefined, texts: ReadingTexts): Section {
	const topDown = [...entries].reverse();
	const arcana = topDown.filter(isArcana);
	const rows = arcana.flatMap((entry) => (entry.row ? [{ entry, row: entry.row }] : []));
	const tables = [
		levelTable(topDown.filter(isLevel), texts),
		rowTable(rows, totals, texts),
		pointTable(arcana.filter(({ row }) => !row).reverse(), texts),
	].filter(({ rows: body }) => body.length > 0);
	return { id: 'numbers', heading: texts.labels.table.heading, blocks: tables };
}

function levelTable(entries: readonly LevelEntry[], texts: ReadingTexts): Table {
	const { table, states } = texts.labels;
	return {
		kind: 'table',
		head: [table.chakra, table.value, table.score, table.state],
		rows: entries.map((entry) => [
			texts.chakraName(entry.chakra),
			texts.number(entry.value),
			texts.percent(entry.score),
			states[entry.state].toLocaleLowerCase(texts.locale),
		]),
	};
}

function rowTable(
	rows: ReadonlyArray<{ entry: ArcanaEntry; row: ChartRow }>,
	totals: ChartRow | undefined,
	texts: ReadingTexts,
): Table {
	const { table } = texts.labels;
	const cells = ({ physics, energy, emotions }: ChartRow) => [physics, energy, emotions].map(String);
	return {
		kind: 'table',
		head: [table.chakra, table.physics, table.energy, table.emotions],
		rows: [
			...rows.map(({ entry, row }) => [entryName(entry, texts), ...cells(row)]),
			...(totals ? [[table.total, ...cells(totals)]] : []),
		],
	};
}

function pointTable(entries: readonly ArcanaEntry[], texts: ReadingTexts): Table {
	const { table } = texts.labels;
	return {
		kind: 'table',
		head: [table.point, table.number],
		rows: entries.map((entry) => [entryName(entry, texts), texts.arcanaKey(entry.number)]),
	};
}

function repeats(entries: readonly ArcanaEntry[], texts: ReadingTexts): Section[] {
	if (entries.length === 0) return [];
	const labels = texts.labels.repeats;
	const placesOf = new Map<number, string[]>();
	for (const entry of entries) {
		const cells = entry.row ? [entry.row.physics, entry.row.energy, entry.row.emotions] : [entry.number];
		for (const n of cells) placesOf.set(n, [...(placesOf.get(n) ?? []), entryName(entry, texts)]);
	}
	const items = [...placesOf]
		.filter(([, places]) => places.length >= REPEATED)
		.sort(([a, placesA], [b, placesB]) => placesB.length - placesA.length || a - b)
		.map(([n, places]) =>
			fill(labels.line, {
				key: texts.arcanaKey(n),
				count: places.length,
				places: [...new Set(places)].join(', '),
			}),
		);
	const found: Block[] = [paragraph(labels.intro), { kind: 'list', items }];
	return [
		{ id: 'repeats', heading: labels.heading, blocks: items.length > 0 ? found : [paragraph(labels.none)] },
	];
}

function plan(entries: readonly Entry[], texts: ReadingTexts): Section[] {
	const labels = texts.labels.plan;
	const items = CHAKRA_IDS.filter((id) => entries.some(({ chakra }) => chakra === id)).map((id, index) =>
		fill(labels.day, { day: index + 1, chakra: texts.chakraShortName(id), step: labels.steps[id] }),
	);
	if (items.length === 0) return [];
	return [{ id: 'plan', heading: labels.heading, blocks: [paragraph(labels.intro), { kind: 'list', items }] }];
}
