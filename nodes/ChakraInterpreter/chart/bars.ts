import { CHAKRA_COLOURS, CHAKRA_IDS } from '../calculation/chakras';
import { shorten } from '../reading/cleanText';
import type { LevelEntry } from '../reading/entries';
import type { ReadingTexts } from '../reading/texts';
import { CHART_WIDTH, INK, MARGIN, element, label, picture } from './svg';

const TRACK = CHART_WIDTH - 2 * MARGIN;
const TOP = 64;
const ROW = 46;
const BAR = 14;
const HEIGHT = TOP + CHAKRA_IDS.length * ROW + 8;
/** Bounds of the middle band, in percent of the scale. */
const BAND = [33, 67] as const;

/** Bars of the levels, the crown on top; a chakra that is not shown keeps an empty track. */
export function barsChart(title: string, entries: readonly LevelEntry[], texts: ReadingTexts): string {
	const rows = [...CHAKRA_IDS].reverse().map((id, index) => {
		const y = TOP + index * ROW;
		const entry = entries.find(({ chakra }) => chakra === id);
		const name = shorten(texts.chakraName(id), 36);
		return (
			label(name, { x: MARGIN, y, 'font-size': 13, fill: INK }) +
			track(y + 8) +
			(entry ? level(entry, y, texts) : '')
		);
	});
	const description = texts.labels.chart.bars;
	return picture({ height: HEIGHT, title, description, content: rows.join('') });
}

function track(y: number): string {
	const [from, to] = BAND.map((percent) => MARGIN + (TRACK * percent) / 100) as [number, number];
	return (
		element('rect', { x: MARGIN, y, width: TRACK, height: BAR, rx: BAR / 2, fill: '#ECE7F4' }) +
		element('rect', { x: from, y, width: to - from, height: BAR, fill: '#DED6EB' })
	);
}

function level({ chakra, score }: LevelEntry, y: number, texts: ReadingTexts): string {
	const width = Math.max(BAR, (TRACK * score) / 100);
	return (
		element('rect', { x: MARGIN, y: y + 8, width, height: BAR, rx: BAR / 2, fill: CHAKRA_COLOURS[chakra] }) +
		label(texts.percent(score), {
			x: CHART_WIDTH - MARGIN,
			y,
			'text-anchor': 'end',
			'font-size': 13,
			'font-weight': 700,
			fill: INK,
		})
	);
}
