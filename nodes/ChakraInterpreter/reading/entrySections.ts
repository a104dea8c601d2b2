import { CHAKRA_COLOURS, type ChakraId } from '../calculation/chakras';
import { type Block, type Section, paragraph } from './document';
import type { ArcanaEntry, Entry, LevelEntry } from './entries';
import { type ReadingTexts, fill } from './texts';

/**
 * One section per entry. An arcana is told once: where its number comes back, the section refers to the first place and
 * a chakra speaks through its own `balanced` paragraph instead. A chakra's themes and practice are told once, too.
 */
export function entrySections(entries: readonly Entry[], texts: ReadingTexts): Section[] {
	const writer = new EntryWriter(texts);
	return entries.map((entry) => writer.write(entry));
}

/** Short caption of an entry for lists and references. */
export function entryName(entry: Entry, texts: ReadingTexts): string {
	return caption(entry, texts, (id) => texts.chakraShortName(id));
}

/** Id of a named point, or of a chakra seen from one side, in the knowledge base; null for a plain chakra. */
export function pointId({ chakra, name, aspect }: ArcanaEntry): string | null {
	return name ?? (aspect === undefined ? null : `${chakra} ${aspect}`);
}

class EntryWriter {
	private readonly placeOfArcana = new Map<number, string>();

	private readonly describedChakras = new Set<ChakraId>();

	constructor(private readonly texts: ReadingTexts) {}

	write(entry: Entry): Section {
		const own = entry.kind === 'level' ? this.levelBlocks(entry) : this.arcanaBlocks(entry);
		const { chakra } = entry;
		const isFirst = chakra !== null && !this.describedChakras.has(chakra);
		if (isFirst) this.describedChakras.add(chakra);
		const [numbers, ...state] = own;
		return {
			id: chakra ?? 'point',
			heading: caption(entry, this.texts, (id) => this.texts.chakraName(id)),
			...(chakra && { colour: CHAKRA_COLOURS[chakra] }),
			blocks: [
				...(numbers ? [numbers] : []),
				...(isFirst ? written(this.texts.chakra(chakra, 'themes')) : []),
				...state,
				...(isFirst ? written(this.texts.chakra(chakra, 'practice'), this.texts.labels.section.practice) : []),
			],
		};
	}

	private levelBlocks({ chakra, value, scale, score, state }: LevelEntry): Block[] {
		const { labels } = this.texts;
		const numbers = fill(labels.section.level, {
			value: this.texts.number(value),
			min: this.texts.number(scale.min),
			max: this.texts.number(scale.max),
			score,
		});
		return [paragraph(numbers), ...written(this.texts.chakra(chakra, state), labels.states[state])];
	}

	private arcanaBlocks(entry: ArcanaEntry): Block[] {
		const { section } = this.texts.labels;
		const { number, row, chakra } = entry;
		const id = pointId(entry);
		const point = id === null ? {} : this.texts.point(id);
		const ownText = point.values?.[String(number)];
		const place = ownText ? undefined : this.placeOfArcana.get(number);
		if (!ownText && place === undefined) this.placeOfArcana.set(number, entryName(entry, this.texts));
		const template =
			place === undefined ? (row ? section.row : section.number) : row ? section.rowSeen : section.numberSeen;
		const line = fill(template, { ...row, key: this.texts.arcanaKey(number), place: place ?? '' });
		return [paragraph(line), ...written(point.description || null), ...this.meaning(number, chakra, ownText, place)];
	}

	private meaning(n: number, chakra: ChakraId | null, own: string | undefined, place: string | undefined): Block[] {
		const { section, states } = this.texts.labels;
		if (own) return [paragraph(own)];
		if (place === undefined) {
			return [
				...written(this.texts.arcana(n, 'plus'), section.plus),
				...written(this.texts.arcana(n, 'minus'), section.minus),
			];
		}
		const isNew = chakra !== null && !this.describedChakras.has(chakra);
		return isNew ? written(this.texts.chakra(chakra, 'balanced'), states.balanced) : [];
	}
}

function caption(entry: Entry, texts: ReadingTexts, chakraName: (id: ChakraId) => string): string {
	if (entry.kind === 'level') return chakraName(entry.chakra);
	const chakra = entry.chakra === null ? null : chakraName(entry.chakra);
	if (entry.name === undefined) return [chakra, entry.aspect].filter(Boolean).join(', ');
	return texts.point(entry.name).title || entry.name;
}

function written(text: string | null, label?: string): Block[] {
	return text === null ? [] : [paragraph(text, label)];
}
