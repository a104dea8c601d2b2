import type { CalculationResult } from '../calculate';
import { type ReadingDocument, type Section, type Tier, paragraph } from './document';
import { type ReadingTexts, fill } from './texts';

/** What every reading has, free or paid. */
export interface ReadingInput {
	result: CalculationResult;
	texts: ReadingTexts;
	/** Client's name, cleaned; empty when unknown. */
	name: string;
	/** Shown under the title, `YYYY-MM-DD`. */
	birthDate: string | null;
}

/** Puts the title before and the disclaimer after the sections, so that no reading can go out without it. */
export function frame(input: ReadingInput, tier: Tier, sections: Section[]): ReadingDocument {
	const { result, texts, name, birthDate } = input;
	const { labels, locale } = texts;
	return {
		locale,
		tier,
		system: result.system,
		birthDate,
		title: name === '' ? labels.title : fill(labels.titleFor, { name }),
		subtitle: birthDate && fill(labels.bornOn, { date: texts.date(birthDate) }),
		sections: [
			...sections,
			{
				id: 'disclaimer',
				heading: labels.disclaimer.heading,
				blocks: [paragraph(labels.disclaimer.text)],
			},
		],
	};
}
