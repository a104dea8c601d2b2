import type { CalculationResult } from './calculate';
import { readBirthDate } from './calculation/date';
import { ChakraInputError, Findings } from './calculation/issues';
import { drawChart } from './chart/chart';
import { renderChunks } from './format/chunks';
import { type Dialect, renderText } from './format/dialect';
import { markdown } from './format/markdown';
import { renderPage } from './format/page';
import { plain } from './format/plain';
import { telegram } from './format/telegram';
import { LABELS, LOCALES, type Locale } from './knowledge/builtIn';
import { parseKnowledgeBase, textsFor } from './knowledge/knowledgeBase';
import { cleanText, shorten } from './reading/cleanText';
import type { ReadingDocument, Tier } from './reading/document';
import { entriesOf } from './reading/entries';
import { freeReading, shownForFree } from './reading/free';
import { paidReading } from './reading/paid';
import { ReadingTexts, type ReadingWarning } from './reading/texts';

export { KnowledgeBaseError } from './knowledge/knowledgeBase';

export type Format = 'plain' | 'markdown' | 'html';

export interface InterpretOptions {
	/** `ru`, `uk` or `en`, also as `ru-RU`; any other falls back to `en` with a warning. */
	locale: string;
	tier: Tier;
	/** Own texts laid over the built-in ones: an object or its JSON text (domain/chakras.md §3.3). */
	knowledgeBase?: unknown;
	/** Client's name for the title; cut at 60 characters. */
	name?: string;
	/** Date for the title in place of the result's own, in any form `calculate` accepts. */
	birthDate?: string;
	/** Format of `text` and `chunks`; `plain` unless said. */
	format?: Format;
}

export interface Interpretation {
	/** The reading: plain text, CommonMark, or the HTML subset of Telegram. */
	text: string;
	/**
	 * The same for a messenger, each part at most 4,096 UTF-16 units and marked `2/3` when there are several. HTML for
	 * the format `html`, else plain: messengers' own Markdown refuses ordinary punctuation.
	 */
	chunks: string[];
	/** An `article` for a page or a mail, whatever the format. */
	html: string;
	/** The reading as data for templates; texts are raw, escape them. */
	data: ReadingDocument;
	/** Bars for levels, a figure with coloured dots for arcana; a free chart shows only the numbers of its text. */
	svg: string;
	warnings: ReadingWarning[];
}

const LONGEST_NAME = 60;
/** The last day the calendar of a four-digit year knows: `calculate` has checked against the present already. */
const NO_LAST_DAY = '9999-12-31';

const TEXT_DIALECTS: Readonly<Record<Format, Dialect>> = { plain, markdown, html: telegram };

/**
 * Writes the reading of calculated numbers, free or paid (domain/chakras.md §5). Pure: the same input gives the same
 * reading.
 *
 * @throws KnowledgeBaseError when the own knowledge base does not fit its schema
 * @throws ChakraInputError when the option `birthDate` is no date
 */
export function interpret(result: CalculationResult, options: InterpretOptions): Interpretation {
	const { locale, fallback } = chooseLocale(options.locale);
	const own = parseKnowledgeBase(options.knowledgeBase);
	const texts = new ReadingTexts(locale, LABELS[locale], textsFor(locale, own));
	const name = shorten(cleanText(options.name ?? ''), LONGEST_NAME);
	const birthDate = options.birthDate === undefined ? result.birthDate : toIso(options.birthDate);
	const input = { result: withCleanNames(result), texts, name, birthDate };
	const isPaid = options.tier === 'paid';
	const document = isPaid ? paidReading(input) : freeReading(input);
	const entries = entriesOf(input.result);
	const dialect = TEXT_DIALECTS[options.format ?? 'plain'];
	return {
		text: renderText(document, dialect),
		chunks: renderChunks(document, dialect === telegram ? telegram : plain),
		html: renderPage(document),
		data: document,
		svg: drawChart(document.title, entries, isPaid ? entries : shownForFree(entries), texts),
		warnings: [...fallback, ...texts.warnings],
	};
}

function chooseLocale(wanted: string): { locale: Locale; fallback: ReadingWarning[] } {
	const language = wanted.trim().toLowerCase().split(/[-_]/)[0];
	const locale = LOCALES.find((known) => known === language);
	if (locale) return { locale, fallback: [] };
	const message = `There are no texts in "${shorten(cleanText(wanted), 20)}"; the reading is in English`;
	return { locale: 'en', fallback: [{ code: 'LOCALE_FALLBACK', path: 'locale', message }] };
}

/** Names of points come from strangers and go into headings. */
function withCleanNames(result: CalculationResult): CalculationResult {
	if (result.system !== 'points') return result;
	const items = result.items.map((item) => ({
		...item,
		...(item.name !== undefined && { name: cleanText(item.name) }),
		...(item.aspect !== undefined && { aspect: cleanText(item.aspect) }),
	}));
	return { ...result, items };
}

function toIso(text: string): string {
	const findings = new Findings();
	const date = readBirthDate(text, NO_LAST_DAY, 'birthDate', findings);
	if (!date) throw new ChakraInputError(findings.issues);
	return date.iso;
}
