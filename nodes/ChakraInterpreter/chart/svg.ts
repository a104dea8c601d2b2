import { escapeMarkup } from '../format/escape';
import { shorten } from '../reading/cleanText';

export type Attributes = Readonly<Record<string, string | number>>;

/** Fits a phone screen without scaling. */
export const CHART_WIDTH = 360;
export const MARGIN = 20;
/** Caption colour. */
export const INK = '#2A2340';

const FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";

/** One element; attribute values are escaped, `content` is markup already. */
export function element(name: string, attributes: Attributes, content = ''): string {
	const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`);
	return `<${name}${written.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

/** A line of text; `text` is escaped. */
export function label(text: string, attributes: Attributes): string {
	return element('text', attributes, escapeMarkup(text));
}

interface Picture {
	height: number;
	title: string;
	description: string;
	/** Markup below the heading. */
	content: string;
}

/** A whole picture with heading and background, titled for screen readers; no scripts, links or own fonts. */
export function picture({ height, title, description, content }: Picture): string {
	const attributes = {
		xmlns: 'http://www.w3.org/2000/svg',
		viewBox: `0 0 ${CHART_WIDTH} ${height}`,
		width: CHART_WIDTH,
		height,
		role: 'img',
		'aria-label': title,
		'font-family': FONT,
	};
	const background = element('rect', { width: CHART_WIDTH, height, rx: 16, fill: '#FBF9FE' });
	const captions = `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>`;
	const font = { 'font-size': 17, 'font-weight': 700, fill: INK };
	const heading = label(shorten(title, 34), { x: MARGIN, y: 32, ...font });
	return element('svg', attributes, captions + background + heading + content);
}
