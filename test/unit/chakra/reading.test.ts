import { interpret, type InterpretOptions } from '../../../nodes/ChakraInterpreter/interpret';
import { digitSum, fold } from '../../../nodes/ChakraInterpreter/calculation/arcana';
import { CHAKRA_IDS } from '../../../nodes/ChakraInterpreter/calculation/chakras';
import type { CalculationResult, MatrixResult } from '../../../nodes/ChakraInterpreter/calculate';
import { LABELS, LOCALES, TEXTS, type Locale } from '../../../nodes/ChakraInterpreter/knowledge/builtIn';
import type { Section } from '../../../nodes/ChakraInterpreter/reading/document';
import { allDates, matrix, pairs, points } from './support';

function read(result: CalculationResult, options: Partial<InterpretOptions> = {}) {
	return interpret(result, { locale: 'ru', tier: 'paid', ...options });
}

function ids(sections: readonly Section[]): string[] {
	return sections.map(({ id }) => id);
}

function textOf(section: Section | undefined): string {
	return (section?.blocks ?? [])
		.map((block) => {
			if (block.kind === 'paragraph') return block.label ? `${block.label}: ${block.text}` : block.text;
			return block.kind === 'list' ? block.items.join('\n') : block.rows.map((row) => row.join(' ')).join('\n');
		})
		.join('\n');
}

/** Sections of a plain text as a reader sees them. */
function plainSections(text: string): string[] {
	return text.split('\n\n◆ ').slice(1);
}

/** One date for every different chart there is: the chart depends on the day, the month and the digits of the year. */
const CHARTS = [
	...new Map(allDates().map((date) => [chartKey(date), date] as const)).values(),
].map((date) => matrix(date));

function chartKey(date: string): string {
	const [year = '', month, day] = date.split('-');
	return `${fold(Number(day))} ${month} ${fold(digitSum(Number(year)))}`;
}

function everyNth<T>(items: readonly T[], step: number, offset = 0): T[] {
	return items.filter((_, index) => index % step === offset);
}

function distinctKeys({ chart }: MatrixResult): number {
	return new Set(CHAKRA_IDS.map((id) => chart[id].emotions)).size;
}

function countNumbers({ chart }: MatrixResult): Map<number, number> {
	const counts = new Map<number, number>();
	for (const row of Object.values(chart)) {
		for (const n of Object.values(row)) counts.set(n, (counts.get(n) ?? 0) + 1);
	}
	return counts;
}

const FORMATS = ['plain', 'markdown', 'html'] as const;

function isWithin(n: number, min: number, max: number): boolean {
	return n >= min && n <= max;
}

const W1 = matrix('15.05.1990');

describe('paid reading (PC6, PC8)', () => {
	it('has the sections of a matrix in order', () => {
		expect(ids(read(W1).data.sections)).toEqual([
			'how_to_read', 'numbers', ...CHAKRA_IDS, 'repeats', 'plan', 'totals', 'disclaimer',
		]);
	});

	it('begins with the name and the date', () => {
		const { text } = read(W1, { name: ' Анна  Тест ' });
		expect(text.startsWith('Карта энергии: Анна Тест\n\nДата рождения: 15 мая 1990')).toBe(true);
		expect(read(W1, { locale: 'en' }).text.startsWith('Energy Map\n\nDate of birth: 15 May 1990')).toBe(true);
		expect(read(W1, { locale: 'uk' }).text).toContain('15 травня 1990');
		expect(read(points({ root: 5 }), { birthDate: '1.2.2003' }).text).toContain('1 февраля 2003');
		expect(read(points({ root: 5 })).data.subtitle).toBeNull();
	});

	it('refuses a date for the title that is none', () => {
		expect(() => read(W1, { birthDate: '31.02.2003' })).toThrow('birthDate');
	});

	it('explains itself in three lines', () => {
		for (const result of [W1, pairs('15.05.1990')]) {
			expect(textOf(read(result).data.sections[0]).split('\n')).toHaveLength(3);
		}
	});

	it('shows the numbers from the crown down with the totals below', () => {
		const { sections } = read(W1).data;
		expect(textOf(sections[1])).toBe(
			[
				'Сахасрара 15 5 20', 'Аджна 9 16 7', 'Вишудха 21 11 5', 'Анахата 9 17 8', 'Манипура 6 6 12',
				'Свадхистана 7 18 7', 'Муладхара 19 12 4', 'Итого 14 13 9',
			].join('\n'),
		);
	});

	it('tells the themes, plus and minus of the key and a practice', () => {
		const texts = TEXTS.ru;
		const section = textOf(read(W1).data.sections.find(({ id }) => id === 'muladhara'));
		expect(section).toBe(
			[
				'Числа 19–12–4. Ключ: 4, Император.',
				texts.chakras?.muladhara?.themes,
				`В плюсе: ${texts.arcana?.['4']?.plus}`,
				`В минусе: ${texts.arcana?.['4']?.minus}`,
				`Практика: ${texts.chakras?.muladhara?.practice}`,
			].join('\n'),
		);
	});

	it('refers back to a key told before and lets the chakra speak for itself', () => {
		const section = textOf(read(W1).data.sections.find(({ id }) => id === 'ajna'));
		expect(section).toContain('Ключ 7, Колесница, описан выше: Свадхистана.');
		expect(section).toContain(`В балансе: ${TEXTS.ru.chakras?.ajna?.balanced}`);
		expect(section).not.toContain(TEXTS.ru.arcana?.['7']?.plus);
	});

	it('lists arcana of three and more cells, most frequent first, and says so when there are none', () => {
		const repeats = (result: MatrixResult) => textOf(read(result).data.sections.find(({ id }) => id === 'repeats'));
		expect(repeats(W1)).toBe(`${LABELS.ru.repeats.intro}\n7, Колесница: ячеек 3 (Свадхистана, Аджна)`);
		expect(repeats(matrix('29.02.2000')).split('\n').slice(1)).toEqual([
			'5, Иерофант: ячеек 3 (Свадхистана, Вишудха)', '7, Колесница: ячеек 3 (Анахата, Аджна)',
		]);
		const varied = CHARTS.find((result) => Math.max(...countNumbers(result).values()) < 3);
		expect(repeats(varied as MatrixResult)).toBe(LABELS.ru.repeats.none);
	});

	it('counts the repeats of every chart as often as they stand in it', () => {
		for (const result of everyNth(CHARTS, 50)) {
			const repeated = [...countNumbers(result)].filter(([, count]) => count >= 3);
			const section = textOf(read(result).data.sections.find(({ id }) => id === 'repeats'));
			expect(section.split('\n')).toHaveLength(repeated.length + 1);
			for (const [n, count] of repeated) expect(section).toMatch(new RegExp(`^${n}, .+: ячеек ${count} `, 'm'));
		}
	});

	it('plans one practice a day without copying the sections', () => {
		for (const locale of LOCALES) {
			const { sections } = read(W1, { locale }).data;
			const items = sections.find(({ id }) => id === 'plan')?.blocks.flatMap((b) => (b.kind === 'list' ? b.items : []));
			expect(items).toHaveLength(7);
			for (const id of CHAKRA_IDS) {
				expect(TEXTS[locale].chakras?.[id]?.practice).not.toContain(LABELS[locale].plan.steps[id]);
			}
		}
	});

	it('closes a matrix with the totals and the comfort zone, levels with the strongest and weakest', () => {
		const totals = (result: CalculationResult) => textOf(read(result).data.sections.find(({ id }) => id === 'totals'));
		expect(totals(W1).split('\n').slice(1)).toEqual([
			'Физика: 14, Умеренность', 'Энергия: 13, Трансформация', 'Эмоции: 9, Отшельник', 'Зона комфорта: 6, Влюблённые',
		]);
		expect(totals(pairs('15.05.1990'))).toBe(
			'Громче всех звучит: Аджна, 100 %\nБольше внимания просит: Свадхистана, 28 %\nЧакр в балансе: 4 из 7.',
		);
		expect(totals(points([5, 5, 5, 5, 5, 5, 5])).split('\n')[0]).toBe(LABELS.ru.totals.even);
		expect(totals(points({ root: 5 }))).toBe('');
	});

	it('chooses the paragraph of the state', () => {
		const result = points([1, 5, 9, 5, 5, 5, 5]);
		const { sections } = read(result).data;
		const texts = TEXTS.ru.chakras;
		expect(textOf(sections[2])).toContain(`Не хватает: ${texts?.muladhara?.deficient}`);
		expect(textOf(sections[3])).toContain(`В балансе: ${texts?.svadhisthana?.balanced}`);
		expect(textOf(sections[4])).toContain(`С избытком: ${texts?.manipura?.excessive}`);
		const better = read(points([5, 5, 5, 5, 5, 5, 5], { scaleMeaning: 'more_is_better' }));
		expect(textOf(better.data.sections[2])).toContain(`Неровно: ${texts?.muladhara?.mixed}`);
		expect(better.text).toContain(LABELS.ru.howToRead.more_is_better);
	});

	it('writes nothing about a chakra the client did not give', () => {
		const { text, data } = read(points({ root: 5, heart: 2.5 }));
		expect(ids(data.sections)).toEqual([
			'how_to_read', 'numbers', 'muladhara', 'anahata', 'plan', 'totals', 'disclaimer',
		]);
		expect(text).not.toContain('Манипура');
		expect(text).toContain('Значение 2,5 на шкале от 0 до 10, это 25 %.');
	});

	it('reads a ready chart like a matrix', () => {
		const chart = Object.fromEntries(
			CHAKRA_IDS.map((id) => [id, [W1.chart[id].physics, W1.chart[id].energy, W1.chart[id].emotions]]),
		);
		const ready = read(points(chart), { birthDate: '15.05.1990' }).data.sections;
		const own = read(W1).data.sections;
		expect(ready.slice(0, -2)).toEqual(own.slice(0, -2));
	});

	it('reads named points by the arcana, each arcana once', () => {
		const { data, warnings } = read(points([
			{ name: 'Talento', value: 5 }, { name: 'Cola kármica', chakra: 'Muladhara', aspect: 'Fisica', value: 5 },
			{ chakra: 'Muladhara', aspect: 'Energia', value: 7 },
		]));
		expect(data.sections.map(({ heading }) => heading).slice(2, 5)).toEqual([
			'Cola kármica', 'Муладхара (корневая), Energia', 'Talento',
		]);
		expect(textOf(data.sections[2])).toContain(TEXTS.ru.arcana?.['5']?.plus);
		expect(textOf(data.sections[2])).toContain(TEXTS.ru.chakras?.muladhara?.themes);
		expect(textOf(data.sections[3])).not.toContain(TEXTS.ru.chakras?.muladhara?.themes);
		expect(textOf(data.sections[4])).toBe('Число 5, Иерофант, описано выше: Cola kármica.');
		expect(warnings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
			'TEXT_MISSING ru.points.Cola kármica', 'TEXT_MISSING ru.points.Talento', 'TEXT_MISSING ru.points.muladhara Energia',
		]);
	});
});

describe('length of the paid reading (PC8)', () => {
	/** Fewest different keys first: there the back references pile up. */
	const byRepetition = [...CHARTS].sort((a, b) => distinctKeys(a) - distinctKeys(b));

	it.each(LOCALES.map((locale, index) => [locale, index] as const))(
		'stays within 5,000-8,000 characters in %s, 450-800 per chakra, over a third of all charts there are',
		(locale, offset) => {
			const sample = [...everyNth(CHARTS, LOCALES.length, offset), ...byRepetition.slice(0, 200)];
			const wrong = sample.flatMap((result) => {
				const { text, chunks, warnings } = read(result, { locale });
				const sections = plainSections(text).slice(2, 9).map(({ length }) => length);
				const fits =
					isWithin(text.length, 5000, 8000) &&
					sections.every((length) => isWithin(length, 450, 800)) &&
					chunks.every(({ length }) => length <= 4096) &&
					warnings.length === 0;
				return fits ? [] : [{ date: result.birthDate, length: text.length, sections, warnings }];
			});
			expect(sample.length).toBeGreaterThan(1500);
			expect(wrong).toEqual([]);
		},
		60_000,
	);

	it.each(LOCALES)('stays within them for levels of every state in %s', (locale) => {
		const results = [
			...['01.01.1900', '31.12.1999', '29.02.2000', '15.05.1990', '09.09.2009'].map(pairs),
			...[0, 5, 10, 3.25].map((value) => points(CHAKRA_IDS.map(() => value))),
			...[-100, 100, -33.33].map((value) => points(CHAKRA_IDS.map(() => value), { scale: '-100..100' })),
			points([5, 5, 5, 5, 5, 5, 5], { scaleMeaning: 'more_is_better' }),
		];
		for (const result of results) {
			const { text } = read(result, { locale });
			expect(text.length).toBeGreaterThanOrEqual(5000);
			expect(text.length).toBeLessThanOrEqual(8000);
			const sections = plainSections(text).slice(2, 9);
			expect(sections.filter(({ length }) => !isWithin(length, 450, 800))).toEqual([]);
		}
	});

	it('keeps to it where one arcana is the key of most chakras, and in every format', () => {
		expect(distinctKeys(byRepetition[0] as MatrixResult)).toBeLessThanOrEqual(3);
		const lengths = byRepetition.slice(0, 30).flatMap((result) =>
			LOCALES.flatMap((locale) =>
				FORMATS.map((format) => read(result, { locale, format, name: 'Я'.repeat(200) }).text.length),
			),
		);
		expect(lengths.filter((length) => !isWithin(length, 5000, 8000))).toEqual([]);
	});
});

describe('free reading (PC8)', () => {
	const free = (result: CalculationResult, options: Partial<InterpretOptions> = {}) =>
		read(result, { tier: 'free', ...options });

	it('shows the totals, the comfort zone and a sentence for Manipura and Sahasrara', () => {
		const { data } = free(W1);
		expect(ids(data.sections)).toEqual(['summary', 'offer', 'disclaimer']);
		expect(textOf(data.sections[0]).split('\n')).toEqual([
			'Итого: физика 14, энергия 13, эмоции 9',
			'Зона комфорта: 6, Влюблённые',
			expect.stringMatching(/^Манипура \(12, Повешенный\): .+[.!?]$/),
			expect.stringMatching(/^Сахасрара \(20, Суд\): .+[.!?]$/),
		]);
	});

	it('does not tell the same sentence twice when both keys are one arcana', () => {
		const same = CHARTS.find(({ chart }) => chart.manipura.emotions === chart.sahasrara.emotions);
		const lines = textOf(free(same as MatrixResult).data.sections[0]).split('\n').slice(2);
		expect(new Set(lines.map((line) => line.split('): ')[1])).size).toBe(2);
	});

	it('shows the strongest and the weakest of levels and nothing of the others', () => {
		const { text } = free(pairs('15.05.1990'));
		expect(text).toMatch(/Аджна, 100 %, с избытком: .+/);
		expect(text).toMatch(/Свадхистана, 28 %, не хватает: .+/);
		for (const name of ['Муладхара', 'Манипура', 'Анахата', 'Вишудха', 'Сахасрара']) expect(text).not.toContain(name);
	});

	it('shows three named points', () => {
		const { data } = free(points([1, 2, 3, 4].map((value) => ({ name: `Punto ${value}`, value }))));
		expect(textOf(data.sections[0]).split('\n').map((line) => line.split(': ')[0])).toEqual([
			'Punto 1 (1, Маг)', 'Punto 2 (2, Жрица)', 'Punto 3 (3, Императрица)',
		]);
	});

	it.each(LOCALES)('has at most 1,200 characters in %s for any chart, name and format', (locale) => {
		const name = 'Константин-Александр '.repeat(9);
		const lengths = everyNth(CHARTS, 10).map((result, index) => {
			const { text, chunks } = free(result, { locale, name, format: FORMATS[index % FORMATS.length] });
			expect(chunks).toHaveLength(1);
			return text.length;
		});
		expect(Math.max(...lengths)).toBeLessThanOrEqual(1200);
		for (const result of [pairs('31.12.1999'), points(CHAKRA_IDS.map((_, i) => i)),
			points([1, 2, 3].map((i) => ({ name: 'п'.repeat(99) + i, value: 8 + i })))]) {
			expect(free(result, { locale, name }).text.length).toBeLessThanOrEqual(1200);
		}
	}, 30_000);

	it('stays within them with the longest texts of an own knowledge base', () => {
		const long = 'слово '.repeat(600).trim();
		const knowledgeBase = { ru: { arcana: { 12: { name: 'м'.repeat(100), plus: long }, 20: { plus: long } } } };
		expect(free(W1, { knowledgeBase, name: 'н'.repeat(500) }).text.length).toBeLessThanOrEqual(1200);
	});
});

describe('every reading', () => {
	const results: Array<[string, CalculationResult]> = [
		['matrix', W1], ['digit pairs', pairs('15.05.1990')], ['points', points({ root: 5 })],
		['named points', points([{ name: 'Talento', value: 5 }])],
	];

	it.each(results)('of %s carries the disclaimer in every output, tier and format', (_, result) => {
		for (const locale of LOCALES) {
			const disclaimer = LABELS[locale].disclaimer.text;
			for (const tier of ['free', 'paid'] as const) {
				for (const format of FORMATS) {
					const { text, chunks, html } = read(result, { locale, tier, format });
					expect(text).toContain(disclaimer);
					expect(html).toContain(disclaimer);
					expect(chunks.join('')).toContain(disclaimer);
				}
			}
		}
	});

	it('is the same every time (PC10)', () => {
		expect(read(W1)).toEqual(read(matrix('1990-05-15')));
		const again = JSON.parse(JSON.stringify(W1)) as CalculationResult;
		expect(read(again)).toEqual(read(W1));
	});

	it.each([['RU', 'ru'], ['ru-RU', 'ru'], [' uk_UA ', 'uk'], ['en-GB', 'en']])('takes %j for %s', (locale, known) => {
		const { data, warnings } = read(W1, { locale });
		expect([data.locale, warnings]).toEqual([known, []]);
	});

	it.each(['es', '', 'constructor', '__proto__'])('falls back to English from %j with a warning', (locale) => {
		const { data, warnings } = read(W1, { locale });
		expect(data.locale).toBe('en');
		expect(warnings).toMatchObject([{ code: 'LOCALE_FALLBACK', path: 'locale' }]);
	});

	it('leaves no placeholder in any text', () => {
		for (const [, result] of results) {
			for (const locale of LOCALES) {
				for (const tier of ['free', 'paid'] as const) expect(read(result, { locale, tier }).text).not.toMatch(/[{}]/);
			}
		}
	});

	it('does not read placeholders out of a name', () => {
		expect(read(W1, { name: '{name} {date}' }).data.title).toBe('Карта энергии: {name} {date}');
	});

	it('has complete built-in texts and labels of one shape', () => {
		const shape = (value: unknown): unknown =>
			typeof value === 'object' && value !== null && !Array.isArray(value)
				? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
				: typeof value;
		for (const locale of LOCALES) {
			expect(shape(LABELS[locale])).toEqual(shape(LABELS.en));
			expect(shape({ ...TEXTS[locale], points: {} })).toEqual(shape({ ...TEXTS.en, points: {} }));
			expect(Object.keys(TEXTS[locale].arcana ?? {})).toHaveLength(22);
			expect(Object.keys(TEXTS[locale].chakras ?? {})).toEqual([...CHAKRA_IDS]);
		}
	});
});

describe('wording', () => {
	/**
	 * Beginnings of words for organs, illness, cure, diagnosis and block (domain/chakras.md §5); `.` ends a word.
	 * The disclaimer is exempt.
	 */
	const FORBIDDEN_WORDS: Record<Locale, string> = {
		ru: `болезн болен. больной. больная. больно. заболе недуг лечен лечит лечащ лечеб вылеч излеч исцел диагно симптом
			терап лекарст таблет врач блок. блока блоки блоку здоров орган. органы. органов. печень. печени. почка. почки.
			почку. желуд кишеч щитовид позвоноч гормон иммун сосуды. сосудист невроз депресс псих организм`,
		uk: `хвор захвор недуг лікув лікує лікар вилік зціл діагно симптом терап ліки пігул таблет блок. блоки блоку блокує
			заблок здоров орган. органи. органів. печінк нирка. нирки. шлун кишк щитопод хребет. хребта. гормон імун судин
			невроз депрес псих організм`,
		en: `ill. illness disease sick. sickness cure. cures. cured. curing. heal. heals. healed. healing. health diagnos
			symptom therap medic pill. pills. doctor block. blocks. blocked. blocking. blockage liver. kidney stomach intestin
			thyroid spine. organ. organs. gland hormon immun neuro depress disorder pain. painful psych`,
	};

	function forbidden(locale: Locale): RegExp {
		const stems = FORBIDDEN_WORDS[locale].split(/\s+/).map((stem) => stem.replace('.', '(?!\\p{L})'));
		return new RegExp(`(?<!\\p{L})(?:${stems.join('|')})`, 'iu');
	}

	function allTexts(locale: Locale): string[] {
		const collect = (value: unknown): string[] =>
			typeof value === 'string' ? [value] : Object.values(value as object).flatMap(collect);
		return [...collect({ ...LABELS[locale], disclaimer: {} }), ...collect(TEXTS[locale])];
	}

	it.each(LOCALES)('names no organ, illness, cure, diagnosis or block in %s', (locale) => {
		expect(allTexts(locale).filter((text) => forbidden(locale).test(text))).toEqual([]);
	});

	it('would notice such words', () => {
		expect('у вас блок в этой чакре').toMatch(forbidden('ru'));
		expect('практика лечит почки').toMatch(forbidden('ru'));
		expect('карта здоровья').toMatch(forbidden('ru'));
		expect('ця чакра заблокована, болить печінка').toMatch(forbidden('uk'));
		expect('it cures the liver').toMatch(forbidden('en'));
		expect('a blocked chakra').toMatch(forbidden('en'));
	});

	it.each(LOCALES)('warns in %s that the text is symbolic and no advice', (locale) => {
		const words = {
			ru: ['символич', 'размышлен', 'развлечен', 'медицин', 'психолог', 'юридич', 'финанс', 'специалист'],
			uk: ['символіч', 'роздум', 'розваг', 'медичн', 'психолог', 'юридич', 'фінанс', 'фахівц'],
			en: ['symbolic', 'self-reflection', 'entertainment', 'medical', 'psycholog', 'legal', 'financial', 'specialist'],
		}[locale];
		for (const word of words) expect(LABELS[locale].disclaimer.text).toContain(word);
	});
});
