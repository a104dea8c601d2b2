import fc from 'fast-check';

import { interpret, type InterpretOptions } from '../../../nodes/ChakraInterpreter/interpret';
import type { CalculationResult } from '../../../nodes/ChakraInterpreter/calculate';
import { LOCALES } from '../../../nodes/ChakraInterpreter/knowledge/builtIn';
import { calculated, matrix, pairs, points } from './support';

const W1 = matrix('15.05.1990');
const XSS = `<script>alert("1")</script>'"><img src=x onerror=alert(1)>&amp; [x](javascript:y) *_\``;

function read(result: CalculationResult, options: Partial<InterpretOptions> = {}) {
	return interpret(result, { locale: 'en', tier: 'paid', ...options });
}

/** Tags of a text in order; throws at a stray angle bracket or ampersand. */
function tagsOf(html: string): string[] {
	const rest = html
		.replace(/<\/?[a-z][a-z0-9]*(?: [a-z][a-z0-9:-]*="[^"<>]*")*\/?>/gi, '')
		.replace(/&(?:amp|lt|gt|quot|#39);/g, '');
	if (/[<>&]/.test(rest)) throw new Error(`Stray markup: ${/.{0,30}[<>&].{0,30}/.exec(rest)?.[0]}`);
	return html.match(/<\/?[a-z][a-z0-9]*/gi) ?? [];
}

/** Whether every tag is closed in order. */
function isBalanced(html: string): boolean {
	const open: string[] = [];
	for (const tag of tagsOf(html.replace(/<[^<>]*\/>/g, ''))) {
		if (!tag.startsWith('</')) open.push(tag.slice(1));
		else if (open.pop() !== tag.slice(2)) return false;
	}
	return open.length === 0;
}

function withoutMarks(chunks: readonly string[]): string {
	if (chunks.length === 1) return chunks[0] ?? '';
	return chunks.map((chunk, i) => chunk.replace(new RegExp(`\n\n${i + 1}/${chunks.length}$`), '')).join('\n\n');
}

const LONG_POINTS = points(
	Array.from({ length: 200 }, (_, i) => ({ name: `Punto & ${i} ${'<x>'.repeat(20)}`, value: (i % 22) + 1 })),
);

describe('chunks for a messenger (PC8)', () => {
	it.each(LOCALES)('are the text in parts with marks in %s', (locale) => {
		const { text, chunks } = read(W1, { locale });
		expect(chunks.length).toBeGreaterThan(1);
		chunks.forEach((chunk, i) => expect(chunk.endsWith(`\n\n${i + 1}/${chunks.length}`)).toBe(true));
		expect(withoutMarks(chunks)).toBe(text);
	});

	it('end at a section where they can', () => {
		const { chunks } = read(W1);
		for (const chunk of chunks.slice(1)) expect(chunk.startsWith('◆ ')).toBe(true);
	});

	it('are plain text for Markdown, which messengers read in their own way', () => {
		expect(read(W1, { format: 'markdown' }).chunks).toEqual(read(W1, { format: 'plain' }).chunks);
	});

	it('carry only bold tags in HTML, all of them closed', () => {
		for (const chunk of read(W1, { format: 'html', name: XSS }).chunks) {
			expect(new Set(tagsOf(chunk))).toEqual(new Set(['<b', '</b']));
			expect(isBalanced(chunk)).toBe(true);
		}
	});

	it('cut long lists and tables at lines', () => {
		for (const format of ['plain', 'html'] as const) {
			const { chunks } = read(LONG_POINTS, { format });
			expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(4096);
			const and = format === 'html' ? '&amp;' : '&';
			for (let i = 0; i < 200; i++) expect(chunks.join('\n')).toContain(`Punto ${and} ${i} `);
		}
	});

	it('fit and stay whole whatever an own text looks like', () => {
		const unit = fc.constantFrom('a', 'б', '<', '&', '"', ' ', '.', '! ', '😀', '\ud83d', '\n');
		const sentence = fc.string({ unit, maxLength: 2000 });
		fc.assert(
			fc.property(sentence, sentence, fc.constantFrom('plain', 'html', 'markdown'), (themes, practice, format) => {
				const knowledgeBase = { en: { chakras: { muladhara: { themes, practice }, ajna: { balanced: themes } } } };
				const { chunks, text } = read(W1, { knowledgeBase, format });
				for (const chunk of chunks) {
					expect(chunk.length).toBeGreaterThan(0);
					expect(chunk.length).toBeLessThanOrEqual(4096);
					expect(chunk).not.toMatch(/\p{Surrogate}/u);
					if (format === 'html') expect(isBalanced(chunk)).toBe(true);
				}
				if (format !== 'markdown') {
					const letters = (whole: string) => whole.replace(/\s/g, '');
					expect(letters(withoutMarks(chunks))).toBe(letters(text));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('cut a text without spaces between code points', () => {
		const knowledgeBase = { en: { chakras: { muladhara: { themes: '😀'.repeat(2000) } } } };
		const { chunks } = read(W1, { knowledgeBase });
		expect(chunks.join('').match(/😀/gu)).toHaveLength(2000);
		for (const chunk of chunks) expect(chunk).not.toMatch(/\p{Surrogate}/u);
	});
});

describe('escaping', () => {
	const named = points([
		{ name: XSS, chakra: 'root', aspect: XSS, value: 5 },
		{ chakra: 'heart', aspect: XSS, value: 7 },
	]);
	const ownTexts = {
		en: { chakras: { muladhara: { name: XSS, themes: XSS } }, arcana: { 4: { name: XSS, plus: XSS } } },
	};

	it.each([
		['a name', () => read(W1, { name: XSS })],
		['names of points', () => read(named, { name: XSS })],
		['own texts', () => read(W1, { knowledgeBase: ownTexts })],
		['own texts, free', () => read(named, { knowledgeBase: ownTexts, tier: 'free' })],
		['own texts of levels', () => read(pairs('15.05.1990'), { knowledgeBase: ownTexts, name: XSS })],
	])('keeps %s out of the markup of page, chart and Telegram text', (_, write) => {
		const { html, svg } = write();
		for (const markup of [html, svg]) {
			expect(isBalanced(markup)).toBe(true);
			expect(tagsOf(markup).filter((tag) => /script|img/i.test(tag))).toEqual([]);
		}
		expect(html + svg).toContain('&lt;script&gt;');
	});

	it('keeps them out of Telegram HTML and of Markdown', () => {
		expect(isBalanced(read(named, { name: XSS, format: 'html' }).text)).toBe(true);
		const { text } = read(named, { name: XSS, format: 'markdown' });
		expect(text).not.toMatch(/(?<!\\)[<>]/);
		expect(text).not.toMatch(/(?<!\\)\[x/);
		expect(text).toContain('\\<script\\>');
	});

	it('removes control characters, direction marks and halves of pairs from a name', () => {
		const { data, svg } = read(W1, { name: 'Ann\u0000a\u202e\ud83d \n\t Test\u2028' });
		expect(data.title).toBe('Energy Map: Ann a Test');
		expect(svg).not.toMatch(/[\u0000-\u0008\u202e]|\p{Surrogate}/u);
	});

	it('cuts a long name', () => {
		expect(read(W1, { name: '😀'.repeat(500) }).data.title.length).toBeLessThanOrEqual(75);
	});
});

describe('markdown', () => {
	it('has headings, bold labels, lists and a table', () => {
		const { text } = read(W1, { format: 'markdown' });
		expect(text).toMatch(/^# Energy Map\n/);
		expect(text).toContain('\n\n## How to Read It\n\n- ');
		expect(text).toContain('| Chakra | physics | energy | emotions |\n| --- | --- | --- | --- |\n| ');
		expect(text).toMatch(/\n\*\*Practice\*\*: \S/);
	});
});

describe('page', () => {
	it('is one article in its language with a section per chakra and a table with row and column heads', () => {
		const { html } = read(W1, { locale: 'uk' });
		expect(html).toMatch(/^<article lang="uk">\n<h1>[\s\S]+<\/article>$/);
		expect(isBalanced(html)).toBe(true);
		expect(html.match(/<section data-section="[a-z]+" style="border-left: 4px solid #[0-9A-F]{6}/g)).toHaveLength(7);
		expect(html.match(/<th scope="row">/g)).toHaveLength(8);
		expect(html.match(/<td>/g)).toHaveLength(24);
	});
});

describe('chart (PC8)', () => {
	const numbersIn = (svg: string) => [...svg.matchAll(/text-anchor="middle"[^>]*>(\d+)</g)].map(([, n]) => Number(n));
	const scoresIn = (svg: string) => [...svg.matchAll(/>(\d+)%</g)].map(([, n]) => Number(n));
	const colours = ['#E53935', '#FB8C00', '#FDD835', '#43A047', '#29B6F6', '#3949AB', '#8E24AA'];

	it('of a matrix is a figure with seven coloured dots and the key numbers', () => {
		const { svg } = read(W1);
		expect(numbersIn(svg)).toEqual([4, 7, 12, 8, 5, 7, 20]);
		expect([...svg.matchAll(/<circle [^>]*fill="(#\w+)"/g)].map(([, fill]) => fill)).toEqual(colours);
		expect(svg).not.toContain('%<');
	});

	it('of levels has bars as long as the scores, the crown on top', () => {
		const { svg } = read(points({ root: 0, heart: 5, crown: 10 }));
		expect(scoresIn(svg)).toEqual([100, 50, 0]);
		const widths = colours.map((colour) => new RegExp(`width="([\\d.]+)"[^>]*fill="${colour}"`).exec(svg)?.[1]);
		expect(widths).toEqual(['14', undefined, undefined, '160', undefined, undefined, '320']);
	});

	it('of a free reading shows only the numbers of its text', () => {
		expect(numbersIn(read(W1, { tier: 'free' }).svg)).toEqual([12, 20]);
		expect(scoresIn(read(pairs('15.05.1990'), { tier: 'free' }).svg)).toEqual([100, 28]);
	});

	it('lists several numbers of one chakra beside its dot', () => {
		const aspects = ['Fisica', 'Energia', 'Emociones'].map((aspect, i) => ({ chakra: 'root', aspect, value: i + 1 }));
		const { svg } = read(points(aspects));
		expect(numbersIn(svg)).toEqual([]);
		expect(svg).toContain('>1 · 2 · 3<');
	});

	it.each([
		['matrix', W1],
		['levels', pairs('15.05.1990')],
		['arcana', calculated('points', { points: { root: 5 }, scale: 'arcana' })],
	])('of %s is well formed, named for screen readers, 360 wide, without scripts or outside references', (_, result) => {
		for (const locale of LOCALES) {
			const { svg, data } = read(result, { locale, name: 'Test' });
			expect(isBalanced(svg)).toBe(true);
			expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 360 \d+" width="360" /);
			expect(svg).toContain(' role="img" ');
			expect(svg).toContain(`<title>${data.title}</title><desc>`);
			expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/script|href|url\(|@import|https?:|NaN|undefined/);
		}
	});
});
