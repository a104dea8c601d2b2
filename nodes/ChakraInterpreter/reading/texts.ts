import { normaliseKey } from '../calculation/aliases';
import type { ChakraId } from '../calculation/chakras';
import type { Labels, Locale } from '../knowledge/builtIn';
import type { ChakraTexts, LocaleTexts, PointTexts } from '../knowledge/schema';

/** What a reading had to do without; for ops, never for the client. */
export interface ReadingWarning {
	code: 'TEXT_MISSING' | 'LOCALE_FALLBACK';
	path: string;
	message: string;
}

const DATE_STYLE = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
const NUMBER_STYLE = { maximumFractionDigits: 2, useGrouping: false } as const;

const DATES: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
	ru: new Intl.DateTimeFormat('ru', DATE_STYLE),
	uk: new Intl.DateTimeFormat('uk', DATE_STYLE),
	en: new Intl.DateTimeFormat('en-GB', DATE_STYLE),
};

const NUMBERS: Readonly<Record<Locale, Intl.NumberFormat>> = {
	ru: new Intl.NumberFormat('ru', NUMBER_STYLE),
	uk: new Intl.NumberFormat('uk', NUMBER_STYLE),
	en: new Intl.NumberFormat('en', NUMBER_STYLE),
};

/** Puts values into the `{placeholders}` of a label, in one pass, so a value's own braces stay as they are. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
	return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
		Object.hasOwn(values, name) ? String(values[name]) : whole,
	);
}

/** The texts and labels of one locale. A text that is not there comes back as null and is reported once. */
export class ReadingTexts {
	private readonly missing = new Map<string, ReadingWarning>();

	constructor(
		readonly locale: Locale,
		readonly labels: Labels,
		private readonly texts: LocaleTexts,
	) {}

	get warnings(): ReadingWarning[] {
		return [...this.missing.values()];
	}

	chakra(id: ChakraId, field: keyof ChakraTexts): string | null {
		return this.found(this.texts.chakras?.[id]?.[field], `chakras.${id}.${field}`);
	}

	/** Full caption of a chakra; its id stands in for a missing one. */
	chakraName(id: ChakraId): string {
		return this.chakra(id, 'name') ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
	}

	/** Caption without the part in brackets. */
	chakraShortName(id: ChakraId): string {
		return this.chakraName(id).replace(/\s*\(.*\)$/, '');
	}

	arcana(n: number, field: 'plus' | 'minus'): string | null {
		return this.found(this.texts.arcana?.[String(n)]?.[field], `arcana.${n}.${field}`);
	}

	/** Number and name of an arcana; the bare number when the name is missing. */
	arcanaKey(n: number): string {
		const name = this.found(this.texts.arcana?.[String(n)]?.name, `arcana.${n}.name`);
		return name === null ? String(n) : `${n}, ${name}`;
	}

	/** Texts of a named point, found by its name without regard to case, accents and spaces. */
	point(name: string): PointTexts {
		const key = normaliseKey(name);
		const entry = Object.entries(this.texts.points ?? {}).find(([id]) => normaliseKey(id) === key);
		if (!entry) this.found(undefined, `points.${name}`);
		return entry?.[1] ?? {};
	}

	/** A value with the decimal mark of the language. */
	number(value: number): string {
		return NUMBERS[this.locale].format(value);
	}

	percent(score: number): string {
		return fill(this.labels.percent, { score });
	}

	/** `YYYY-MM-DD` in words. */
	date(iso: string): string {
		return DATES[this.locale].format(new Date(iso));
	}

	private found(text: string | undefined, path: string): string | null {
		if (text) return text;
		const fullPath = `${this.locale}.${path}`;
		this.missing.set(fullPath, { code: 'TEXT_MISSING', path: fullPath, message: `There is no text ${fullPath}` });
		return null;
	}
}
