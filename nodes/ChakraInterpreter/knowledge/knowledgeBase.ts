import { CHAKRA_IDS } from '../calculation/chakras';
import { LAST_ARCANA } from '../calculation/arcana';
import { type Locale, TEXTS } from './builtIn';
import { type KnowledgeBase, type LocaleTexts, knowledgeBaseSchema } from './schema';

/** One fault of a knowledge base: `path` as in `en.chakras.ajna.themes`. */
export interface KnowledgeBaseIssue {
	code: 'BAD_KNOWLEDGE_BASE';
	path: string;
	message: string;
}

const NOT_JSON = Symbol('not JSON');

/** Thrown when an own knowledge base cannot be used; `issues` lists every fault. */
export class KnowledgeBaseError extends Error {
	constructor(readonly issues: KnowledgeBaseIssue[]) {
		super(issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
		this.name = 'KnowledgeBaseError';
	}
}

/**
 * Checks an own knowledge base (domain/chakras.md §3.3).
 *
 * @param raw the object, its JSON text, or nothing
 * @throws KnowledgeBaseError naming every place that does not fit
 */
export function parseKnowledgeBase(raw: unknown): KnowledgeBase {
	const value = typeof raw === 'string' ? parseJson(raw) : raw;
	if (value === NOT_JSON) throw new KnowledgeBaseError([fault('', 'The text is not valid JSON')]);
	const parsed = knowledgeBaseSchema.safeParse(value ?? {});
	if (parsed.success) return parsed.data;
	throw new KnowledgeBaseError(parsed.error.issues.map(({ path, message }) => fault(path.join('.'), message)));
}

/** The built-in texts of a locale with the own ones laid over them, text by text. */
export function textsFor(locale: Locale, own: KnowledgeBase): LocaleTexts {
	const builtIn = TEXTS[locale];
	const added = Object.hasOwn(own, locale) ? own[locale] : undefined;
	const numbers = Array.from({ length: LAST_ARCANA }, (_, index) => String(index + 1));
	return {
		chakras: Object.fromEntries(
			CHAKRA_IDS.map((id) => [id, { ...builtIn.chakras?.[id], ...added?.chakras?.[id] }]),
		),
		arcana: Object.fromEntries(numbers.map((n) => [n, { ...builtIn.arcana?.[n], ...added?.arcana?.[n] }])),
		points: { ...builtIn.points, ...added?.points },
	};
}

function parseJson(json: string): unknown {
	if (json.trim() === '') return {};
	try {
		return JSON.parse(json);
	} catch {
		return NOT_JSON;
	}
}

function fault(path: string, message: string): KnowledgeBaseIssue {
	return { code: 'BAD_KNOWLEDGE_BASE', path: path || 'knowledgeBase', message };
}
