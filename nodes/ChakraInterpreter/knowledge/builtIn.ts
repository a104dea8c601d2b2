import enLabels from './en/labels.json';
import enTexts from './en/texts.json';
import ruLabels from './ru/labels.json';
import ruTexts from './ru/texts.json';
import ukLabels from './uk/labels.json';
import ukTexts from './uk/texts.json';
import type { LocaleTexts } from './schema';

export const LOCALES = ['ru', 'uk', 'en'] as const;

export type Locale = (typeof LOCALES)[number];

/** Wording around the texts: headings, templates with `{placeholders}`, disclaimer. */
export type Labels = typeof enLabels;

export const LABELS: Readonly<Record<Locale, Labels>> = { ru: ruLabels, uk: ukLabels, en: enLabels };

export const TEXTS: Readonly<Record<Locale, LocaleTexts>> = { ru: ruTexts, uk: ukTexts, en: enTexts };
