import { CHAKRA_COLOURS, CHAKRA_IDS, type ChakraId } from '../calculation/chakras';
import { shorten } from '../reading/cleanText';
import type { ArcanaEntry } from '../reading/entries';
import type { ReadingTexts } from '../reading/texts';
import { INK, element, label, picture } from './svg';

const HEIGHT = 404;
const CENTRE = 100;
const DOT = 15;
const TEXT_X = 200;

/** Height of each dot on the figure. */
const PLACES: Readonly<Record<ChakraId, number>> = {
	sahasrara: 76,
	ajna: 116,
	vishuddha: 162,
	anahata: 208,
	manipura: 252,
	svadhisthana: 296,
	muladhara: 340,
};

/** Yellow and light colours need dark digits. */
const DARK_DIGITS: ReadonlySet<ChakraId> = new Set(['manipura', 'vishuddha', 'svadhisthana']);

/** A seated figure facing the reader: head, trunk with arms resting on the knees, crossed legs. */
const FIGURE = [
	'M100 78c-20 0-32 15-32 35 0 17 8 31 19 38v12c-5 9-19 12-31 16-13 5-19 14-22 27l-12 78c-2 12 2 20 9 22 8 2 14-4 17-14',
	'l16-60 4 52c1 14-1 22-4 30h72c-3-8-5-16-4-30l4-52 16 60c3 10 9 16 17 14 7-2 11-10 9-22l-12-78c-3-13-9-22-22-27',
	'-12-4-26-7-31-16v-12c11-7 19-21 19-38 0-20-12-35-32-35z',
	'M58 308c-22 4-42 14-48 28-6 15 6 26 28 28 24 2 46-3 62-10 16 7 38 12 62 10 22-2 34-13 28-28-6-14-26-24-48-28z',
].join('');

/** A figure with seven dots; a dot carries its arcana number when the chakra has exactly one to show. */
export function bodyChart(title: string, entries: readonly ArcanaEntry[], texts: ReadingTexts): string {
	const dots = CHAKRA_IDS.map((id) => dot(id, entries.filter(({ chakra }) => chakra === id), texts));
	const figure = element('path', { d: FIGURE, fill: '#E4DCF0', transform: 'translate(0 6)' });
	const description = texts.labels.chart.body;
	return picture({ height: HEIGHT, title, description, content: figure + dots.join('') });
}

function dot(id: ChakraId, entries: readonly ArcanaEntry[], texts: ReadingTexts): string {
	const y = PLACES[id];
	const [only] = entries.length === 1 ? entries : [];
	const digits = { x: CENTRE, y: y + 5, 'text-anchor': 'middle', 'font-size': 14, 'font-weight': 700 };
	const caption = only ? texts.arcanaKey(only.number) : entries.map(({ number }) => number).join(' · ');
	const nameY = caption === '' ? y + 4 : y - 3;
	return (
		element('line', { x1: CENTRE + DOT, y1: y, x2: TEXT_X - 8, y2: y, stroke: CHAKRA_COLOURS[id], 'stroke-width': 1 }) +
		element('circle', { cx: CENTRE, cy: y, r: DOT, fill: CHAKRA_COLOURS[id], stroke: '#FFFFFF', 'stroke-width': 2 }) +
		(only ? label(String(only.number), { ...digits, fill: DARK_DIGITS.has(id) ? INK : '#FFFFFF' }) : '') +
		label(shorten(texts.chakraShortName(id), 18), {
			x: TEXT_X,
			y: nameY,
			'font-size': 13,
			'font-weight': 700,
			fill: INK,
		}) +
		(caption === '' ? '' : label(shorten(caption, 24), { x: TEXT_X, y: y + 13, 'font-size': 12, fill: '#6B627D' }))
	);
}
