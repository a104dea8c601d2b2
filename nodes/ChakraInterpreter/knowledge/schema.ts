import { z } from 'zod';
import { CHAKRA_IDS, type ChakraId } from '../calculation/chakras';
import { cleanText } from '../reading/cleanText';

/** Several times the longest built-in paragraph. */
const LONGEST_TEXT = 4000;
const LONGEST_CAPTION = 100;

const text = z.string().max(LONGEST_TEXT).transform(cleanText);
const caption = z.string().max(LONGEST_CAPTION).transform(cleanText);
const arcanaNumber = z.string().regex(/^(?:[1-9]|1\d|2[0-2])$/, 'An arcana number from 1 to 22 is expected');

const chakraTexts = z.strictObject({
	name: caption.optional(),
	themes: text.optional(),
	balanced: text.optional(),
	deficient: text.optional(),
	excessive: text.optional(),
	mixed: text.optional(),
	practice: text.optional(),
});

const arcanaTexts = z.strictObject({ name: caption.optional(), plus: text.optional(), minus: text.optional() });

const pointTexts = z.strictObject({
	title: caption.optional(),
	description: text.optional(),
	values: z.record(arcanaNumber, text).optional(),
});

const chakras = Object.fromEntries(CHAKRA_IDS.map((id) => [id, chakraTexts.optional()])) as Record<
	ChakraId,
	z.ZodOptional<typeof chakraTexts>
>;

const localeTexts = z.strictObject({
	locale: z.string().optional(),
	chakras: z.strictObject(chakras).optional(),
	arcana: z.record(arcanaNumber, arcanaTexts).optional(),
	points: z.record(z.string().min(1).max(LONGEST_CAPTION), pointTexts).optional(),
});

/** A knowledge-base file by locale (domain/chakras.md §3.3); every part may be left out. */
export const knowledgeBaseSchema = z.record(z.string(), localeTexts);

export type ChakraTexts = z.output<typeof chakraTexts>;
export type PointTexts = z.output<typeof pointTexts>;
export type LocaleTexts = z.output<typeof localeTexts>;
export type KnowledgeBase = z.output<typeof knowledgeBaseSchema>;
