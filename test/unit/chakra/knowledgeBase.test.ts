import { interpret, KnowledgeBaseError } from '../../../nodes/ChakraInterpreter/interpret';
import { LABELS, TEXTS } from '../../../nodes/ChakraInterpreter/knowledge/builtIn';
import { matrix, points } from './support';

const W1 = matrix('15.05.1990');

function read(knowledgeBase: unknown, result: Parameters<typeof interpret>[0] = W1) {
	return interpret(result, { locale: 'en', tier: 'paid', knowledgeBase });
}

function faults(knowledgeBase: unknown): string[] {
	try {
		read(knowledgeBase);
	} catch (error) {
		if (error instanceof KnowledgeBaseError) return error.issues.map(({ code, path }) => `${code} ${path}`);
		throw error;
	}
	throw new Error('The knowledge base was accepted');
}

describe('own knowledge base (PC8)', () => {
	it('replaces single texts and leaves the others', () => {
		const own = { en: { chakras: { ajna: { practice: 'Own practice.' } }, arcana: { '20': { name: 'Calling' } } } };
		const { text, warnings } = read(own);
		expect(text).toContain('Practice: Own practice.');
		expect(text).toContain('Key: 20, Calling.');
		expect(text).toContain(TEXTS.en.chakras?.ajna?.themes);
		expect(text).toContain(TEXTS.en.arcana?.['20']?.plus);
		expect(warnings).toEqual([]);
	});

	it('may come as JSON text, and may be left out', () => {
		const own = { en: { chakras: { ajna: { practice: 'Own practice.' } } } };
		expect(read(JSON.stringify(own))).toEqual(read(own));
		for (const none of [undefined, null, '', '  ', {}, '{}']) expect(read(none)).toEqual(read(undefined));
	});

	it('is not used for another language', () => {
		expect(read({ ru: { chakras: { ajna: { practice: 'Own practice.' } } } }).text).not.toContain('Own practice.');
	});

	it('gives texts to named points, whatever the spelling, and an own text is no repetition', () => {
		const own = {
			en: {
				points: {
					'Cola karmica': { title: 'Karmic tail', description: 'What it is.', values: { '5': 'Its five.' } },
					'muladhara fisica': { values: { '5': 'Body five.' } },
				},
			},
		};
		const { text, warnings } = read(own, points([
			{ name: 'Talent', value: 5 }, { name: 'COLA KÁRMICA', value: 5 }, { chakra: 'root', aspect: 'Física', value: 5 },
		]));
		expect(text).toContain('◆ Karmic tail\n\nNumber: 5, Hierophant.\n\nWhat it is.\n\nIts five.');
		expect(text).toContain('Body five.');
		expect(warnings.map(({ path }) => path)).toEqual(['en.points.Talent']);
	});

	it('reports a missing text and prints nothing in its place', () => {
		const own = { en: { chakras: { ajna: { themes: '', name: ' ' } }, arcana: { '4': { plus: '', name: '' } } } };
		const { text, data, warnings } = read(own);
		expect(warnings.every(({ code }) => code === 'TEXT_MISSING')).toBe(true);
		expect(warnings.map(({ path }) => path).sort()).toEqual([
			'en.arcana.4.name', 'en.arcana.4.plus', 'en.chakras.ajna.name', 'en.chakras.ajna.themes',
		]);
		expect(text).not.toMatch(/TEXT_MISSING|undefined|null|no text/i);
		expect(text).not.toContain(`${LABELS.en.section.plus}: \n`);
		expect(text).toContain('Key: 4.');
		expect(data.sections.map(({ heading }) => heading)).toContain('Ajna');
	});

	it.each([
		['a list', [], 'knowledgeBase'],
		['broken JSON', '{', 'knowledgeBase'],
		['a text', '"x"', 'knowledgeBase'],
		['an unknown chakra', { en: { chakras: { liver: {} } } }, 'en.chakras'],
		['an unknown field', { en: { chakras: { ajna: { theme: 'x' } } } }, 'en.chakras.ajna'],
		['an arcana beyond 22', { en: { arcana: { '23': { plus: 'x' } } } }, 'en.arcana.23'],
		['a number for a text', { en: { chakras: { ajna: { themes: 5 } } } }, 'en.chakras.ajna.themes'],
		['an endless text', { en: { chakras: { ajna: { themes: 'x'.repeat(4001) } } } }, 'en.chakras.ajna.themes'],
		['an arcana 0 of another language', { uk: { points: { a: { values: { '0': 'x' } } } } }, 'uk.points.a.values.0'],
	])('refuses %s and names the place', (_, own, path) => {
		expect(faults(own)).toEqual([`BAD_KNOWLEDGE_BASE ${path}`]);
	});

	it('names every fault at once', () => {
		expect(faults({ en: { chakras: { ajna: { themes: 5 } }, arcana: { '1': { plus: null } } } })).toEqual([
			'BAD_KNOWLEDGE_BASE en.chakras.ajna.themes', 'BAD_KNOWLEDGE_BASE en.arcana.1.plus',
		]);
	});

	it('ignores prototype keys', () => {
		const own = JSON.parse('{"__proto__": {"chakras": {"ajna": {"practice": "Evil."}}}}') as unknown;
		expect(read(own).text).not.toContain('Evil.');
		expect(({} as Record<string, unknown>).chakras).toBeUndefined();
	});

	it('does not change the built-in texts', () => {
		const before = JSON.stringify(TEXTS);
		read({ en: { chakras: { ajna: { practice: 'Own practice.' } }, points: { a: { title: 'A' } } } });
		expect(JSON.stringify(TEXTS)).toBe(before);
	});
});
