import { NodeOperationError, type INodeParameters, type INodeExecutionData } from 'n8n-workflow';

import { ChakraInterpreter } from '../../../nodes/ChakraInterpreter/ChakraInterpreter.node';
import { LABELS } from '../../../nodes/ChakraInterpreter/knowledge/builtIn';
import { runNode } from '../../support/nodeContext';

interface Reading {
	text: string;
	chunks: string[];
	html: string;
	svg?: string;
	data: { locale: string };
	warnings: unknown[];
}

interface Output {
	valid: boolean;
	system: string;
	birthDate: string | null;
	language: string;
	calculation: { items?: unknown[]; chart?: unknown };
	free?: Reading;
	paid?: Reading;
	issues?: Array<{ code: string; path: string; message: string }>;
	error?: string;
}

async function run(
	parameters: INodeParameters | INodeParameters[],
	{ items, continueOnFail }: { items?: INodeExecutionData[]; continueOnFail?: boolean } = {},
): Promise<Output[]> {
	const [output = []] = await runNode({ node: new ChakraInterpreter(), parameters, items, continueOnFail });
	output.forEach(({ pairedItem }, index) => expect(pairedItem).toEqual({ item: index }));
	return output.map(({ json }) => json as unknown as Output);
}

async function runOne(parameters: INodeParameters): Promise<Output> {
	const [item] = await run(parameters);
	if (!item) throw new Error('There is no item');
	return item;
}

async function errorOf(promise: Promise<unknown>): Promise<NodeOperationError> {
	const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
	expect(error).toBeInstanceOf(NodeOperationError);
	return error as NodeOperationError;
}

describe('Chakra Interpreter', () => {
	it('writes both readings of a birth date in Russian by default (PC8)', async () => {
		const item = await runOne({ birthDate: '15.05.1990' });
		expect(item).toMatchObject({ valid: true, system: 'destiny_matrix', birthDate: '1990-05-15', language: 'ru' });
		expect(item.free?.text.length).toBeLessThanOrEqual(1200);
		expect(item.paid?.text.length).toBeGreaterThanOrEqual(5000);
		for (const reading of [item.free, item.paid]) {
			expect(reading?.text).toContain(LABELS.ru.disclaimer.text);
			expect(reading?.svg).toMatch(/^<svg /);
			expect(reading?.html).toMatch(/^<article lang="ru">/);
			expect(reading?.warnings).toEqual([]);
		}
		expect(JSON.parse(JSON.stringify(item))).toEqual(item);
	});

	it.each([['free', ['free']], ['paid', ['paid']], ['both', ['free', 'paid']], ['anything', ['free']]])(
		'gives only the reading asked for: %s (PC6)',
		async (reading, expected) => {
			const item = await runOne({ birthDate: '15.05.1990', reading });
			expect(['free', 'paid'].filter((tier) => tier in item)).toEqual(expected);
		},
	);

	it('prefers points to the date, as text or as data (PC1)', async () => {
		for (const points of ['[{"chakra": "root", "value": 8}]', [{ chakra: 'root', value: 8 }], { root: 8 }]) {
			const item = await runOne({ birthDate: '15.05.1990', points } as INodeParameters);
			expect(item).toMatchObject({ system: 'points', birthDate: '1990-05-15' });
			expect(item.paid?.text).toContain('15 мая 1990');
		}
		for (const points of ['', '[]', '{}', []]) {
			expect(await runOne({ birthDate: '15.05.1990', points })).toMatchObject({ system: 'destiny_matrix' });
		}
	});

	it.each(['destiny_matrix', 'digit_pairs', 'points'])('calculates %s when told to', async (calculation) => {
		const item = await runOne({ calculation, birthDate: '15.05.1990', points: { root: 8 } });
		expect(item.system).toBe(calculation);
	});

	it('passes every option on', async () => {
		const item = await runOne({
			calculation: 'points', points: '[9, 0, 5, 5, 5, 5, -5]', language: 'en',
			options: { scale: 'custom', scaleMinimum: -4, scaleMaximum: 9, order: 'top_down', clamp: true, clientName: 'Ann',
				format: 'html', includeChart: false, scaleMeaning: 'more_is_better', requireAll: true,
				knowledgeBase: '{"en": {"chakras": {"sahasrara": {"practice": "Own practice."}}}}' },
		});
		expect(item.calculation).toMatchObject({
			items: [
				{ chakra: 'muladhara', value: -4, score: 0 }, {}, {}, {}, {}, { state: 'deficient' },
				{ score: 100, state: 'balanced' },
			],
			warnings: [{ code: 'VALUE_CLAMPED' }],
		});
		expect(item.paid?.text).toContain('<b>Energy Map: Ann</b>');
		expect(item.paid?.text).toContain('Own practice.');
		expect(item.paid).not.toHaveProperty('svg');
		const olderLayout = await runOne({ birthDate: '15.05.1990', options: { layout: 'centre_anahata' } });
		expect(olderLayout.calculation).toMatchObject({ chart: { muladhara: { physics: 19, energy: 3, emotions: 22 } } });
		const gap = await runOne({ points: { root: 5 }, options: { requireAll: true }, onInvalidInput: 'output' });
		expect(gap.issues).toHaveLength(6);
	});

	it('falls back to English with a warning', async () => {
		const item = await runOne({ birthDate: '15.05.1990', language: 'es' });
		expect(item.paid?.data.locale).toBe('en');
		expect(item.paid?.warnings).toMatchObject([{ code: 'LOCALE_FALLBACK' }]);
	});

	it('stops at invalid input and names every problem and the item', async () => {
		const promise = run([{ birthDate: '15.05.1990' }, { birthDate: '31.02.1990', points: { root: 99 } }], {
			items: [{ json: {} }, { json: {} }],
		});
		const error = await errorOf(promise);
		expect(error.message).toBe('The birth date or the points cannot be used');
		expect(error.description).toContain('31.2.1990');
		expect(error.description).toContain('points.root');
		expect(error.context.itemIndex).toBe(1);
	});

	it('outputs the problems with the field names of the public API when asked to (PC1)', async () => {
		const parameters = { birthDate: '31.02.1990', points: [{ chakra: 'root', value: 99 }], onInvalidInput: 'output' };
		expect(await runOne(parameters as INodeParameters)).toEqual({
			valid: false,
			issues: [
				{ code: 'NO_SUCH_DATE', path: 'birth_date', message: expect.any(String) },
				{ code: 'VALUE_OUT_OF_RANGE', path: 'points[0].value', message: expect.any(String) },
			],
		});
		expect(await runOne({ onInvalidInput: 'output' })).toMatchObject({
			valid: false, issues: [{ code: 'EMPTY_INPUT', path: 'birth_date' }],
		});
	});

	it('stops at a wrong knowledge base even then: the client cannot mend it', async () => {
		const options = { knowledgeBase: '{"en": {"chakras": {"liver": {}}}}' };
		const error = await errorOf(run({ birthDate: '15.05.1990', onInvalidInput: 'output', options }));
		expect(error.message).toContain('Knowledge Base');
		expect(error.description).toContain('en.chakras');
	});

	it('goes on with the other items on Continue', async () => {
		const parameters = [{ birthDate: 'soon' }, { birthDate: '15.05.1990' }];
		const [first, second] = await run(parameters, { items: [{ json: {} }, { json: {} }], continueOnFail: true });
		expect(first?.error).toContain('birthDate');
		expect(second?.valid).toBe(true);
	});
});
