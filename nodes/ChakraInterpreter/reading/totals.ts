import type { CalculationResult } from '../calculate';
import { type Block, type Section, paragraph } from './document';
import { type Entry, type LevelEntry, isLevel } from './entries';
import { type ReadingTexts, fill } from './texts';

/** Closing numbers: column totals of a complete chart, strongest and weakest of levels; none for loose points. */
export function totalsSection(result: CalculationResult, entries: readonly Entry[], texts: ReadingTexts): Section[] {
	const blocks = [...chartTotals(result, texts), ...levelTotals(entries.filter(isLevel), texts)];
	return blocks.length > 0 ? [{ id: 'totals', heading: texts.labels.totals.heading, blocks }] : [];
}

/** The highest and lowest level, the lower chakra on a tie; null when there is nothing to compare. */
export function extremes(levels: readonly LevelEntry[]): { strongest: LevelEntry; weakest: LevelEntry } | null {
	const [first] = levels;
	if (!first || levels.length < 2) return null;
	const strongest = levels.reduce((kept, next) => (next.score > kept.score ? next : kept), first);
	const weakest = levels.reduce((kept, next) => (next.score < kept.score ? next : kept), first);
	return { strongest, weakest };
}

function chartTotals(result: CalculationResult, texts: ReadingTexts): Block[] {
	if (!('totals' in result) || !result.totals) return [];
	const { table, totals: labels } = texts.labels;
	const { physics, energy, emotions } = result.totals;
	const items = [
		`${capital(table.physics)}: ${texts.arcanaKey(physics)}`,
		`${capital(table.energy)}: ${texts.arcanaKey(energy)}`,
		`${capital(table.emotions)}: ${texts.arcanaKey(emotions)}`,
		...(result.system === 'destiny_matrix' ? [`${labels.comfort}: ${texts.arcanaKey(result.base.E)}`] : []),
	];
	return [paragraph(labels.arcana), { kind: 'list', items }];
}

function levelTotals(levels: readonly LevelEntry[], texts: ReadingTexts): Block[] {
	const found = extremes(levels);
	if (!found) return [];
	const labels = texts.labels.totals;
	const line = (label: string, { chakra, score }: LevelEntry) =>
		`${label}: ${texts.chakraShortName(chakra)}, ${texts.percent(score)}`;
	const isEven = found.strongest.score === found.weakest.score;
	const items = [
		...(isEven
			? [labels.even]
			: [line(labels.strongest, found.strongest), line(labels.weakest, found.weakest)]),
		fill(labels.balancedCount, {
			count: levels.filter(({ state }) => state === 'balanced').length,
			all: levels.length,
		}),
	];
	return [{ kind: 'list', items }];
}

function capital(text: string): string {
	return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
