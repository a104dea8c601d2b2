import { shorten, splitSentences } from './cleanText';
import { type Block, type ReadingDocument, type Section, paragraph } from './document';
import { type ArcanaEntry, type Entry, entriesOf, isArcana, isLevel } from './entries';
import { entryName, pointId } from './entrySections';
import { type ReadingInput, frame } from './frame';
import type { ReadingTexts } from './texts';
import { extremes } from './totals';

/** Keeps the whole free reading within 1,200 characters, also with texts of an own knowledge base. */
const LONGEST_SENTENCE = 130;
const LONGEST_LABEL = 60;
const MOST_POINTS = 3;

/**
 * The short reading of domain/chakras.md §5: for a chart its totals, the comfort zone and a sentence each for Manipura
 * and Sahasrara; for levels the strongest and the weakest; for loose points the first three. Then what the paid part
 * adds.
 */
export function freeReading(input: ReadingInput): ReadingDocument {
	const { result, texts } = input;
	const entries = entriesOf(result);
	const shown = shownForFree(entries);
	const blocks = [...chartSummary(input), ...sentences(shown, texts)];
	return frame(input, 'free', [{ id: 'summary', heading: texts.labels.totals.heading, blocks }, offer(entries, texts)]);
}

/** The entries a free reading may tell about; the others stay behind the payment, in the chart as well. */
export function shownForFree(entries: readonly Entry[]): Entry[] {
	const found = extremes(entries.filter(isLevel));
	if (found) return [...new Set([found.strongest, found.weakest])];
	const keys = entries.filter((entry) => isPlainChakra(entry) && isShownChakra(entry));
	return keys.length > 0 ? keys : entries.slice(0, MOST_POINTS);
}

function isPlainChakra(entry: Entry): boolean {
	return entry.kind === 'level' || pointId(entry) === null;
}

function isShownChakra({ chakra }: Entry): boolean {
	return chakra === 'manipura' || chakra === 'sahasrara';
}

function chartSummary({ result, texts }: ReadingInput): Block[] {
	if (!('totals' in result) || !result.totals) return [];
	const { table, totals: labels } = texts.labels;
	const { physics, energy, emotions } = result.totals;
	const row = `${table.physics} ${physics}, ${table.energy} ${energy}, ${table.emotions} ${emotions}`;
	const comfort = result.system === 'destiny_matrix' ? [paragraph(texts.arcanaKey(result.base.E), labels.comfort)] : [];
	return [paragraph(row, table.total), ...comfort];
}

function sentences(entries: readonly Entry[], texts: ReadingTexts): Block[] {
	const used = new Set<number>();
	return entries.map((entry) => {
		if (entry.kind === 'level') {
			const state = texts.labels.states[entry.state].toLocaleLowerCase(texts.locale);
			const label = `${texts.chakraShortName(entry.chakra)}, ${texts.percent(entry.score)}, ${state}`;
			return sentence(texts.chakra(entry.chakra, entry.state), label);
		}
		const text = arcanaText(entry, used.has(entry.number), texts);
		used.add(entry.number);
		return sentence(text, `${entryName(entry, texts)} (${texts.arcanaKey(entry.number)})`);
	});
}

function arcanaText(entry: ArcanaEntry, isRepeated: boolean, texts: ReadingTexts): string | null {
	const id = pointId(entry);
	const own = id === null ? undefined : texts.point(id).values?.[String(entry.number)];
	if (own) return own;
	if (isRepeated) return entry.chakra ? texts.chakra(entry.chakra, 'balanced') : null;
	return texts.arcana(entry.number, 'plus');
}

function sentence(text: string | null, label: string): Block {
	const first = splitSentences(text ?? '')[0] ?? '';
	return paragraph(shorten(first, LONGEST_SENTENCE), shorten(label, LONGEST_LABEL));
}

function offer(entries: readonly Entry[], texts: ReadingTexts): Section {
	const labels = texts.labels.offer;
	const items = entries.some(isArcana) ? labels.arcana : labels.levels;
	return { id: 'offer', heading: labels.heading, blocks: [{ kind: 'list', items }] };
}
