import { type Entry, isArcana, isLevel } from '../reading/entries';
import type { ReadingTexts } from '../reading/texts';
import { barsChart } from './bars';
import { bodyChart } from './body';

/**
 * The picture of a reading: bars where there are levels, else a figure with the arcana numbers, which are no levels and
 * get no bars (domain/chakras.md §2.2).
 *
 * @param all decides the kind of picture
 * @param shown the entries whose numbers may be seen
 */
export function drawChart(title: string, all: readonly Entry[], shown: readonly Entry[], texts: ReadingTexts): string {
	return all.some(isLevel)
		? barsChart(title, shown.filter(isLevel), texts)
		: bodyChart(title, shown.filter(isArcana), texts);
}
