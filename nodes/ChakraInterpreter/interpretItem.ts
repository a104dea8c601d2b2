import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { calculate, type CalculationInput, type ChakraInputError, type System } from './calculate';
import { interpret, type Format, type InterpretOptions } from './interpret';

interface NodeOptions {
	layout?: CalculationInput['layout'];
	clamp?: boolean;
	clientName?: string;
	format?: Format;
	includeChart?: boolean;
	knowledgeBase?: unknown;
	order?: CalculationInput['order'];
	requireAll?: boolean;
	scale?: Extract<CalculationInput['scale'], string> | 'custom';
	scaleMaximum?: number;
	scaleMeaning?: CalculationInput['scaleMeaning'];
	scaleMinimum?: number;
}

/**
 * Reads the parameters of one item and writes its readings.
 *
 * @returns the item of `ChakraInterpreter.execute` for valid input
 * @throws ChakraInputError when the birth date, the points or an option are wrong
 * @throws KnowledgeBaseError when the own texts are wrong
 */
export function interpretItem(context: IExecuteFunctions, index: number): IDataObject {
	const options = context.getNodeParameter('options', index) as NodeOptions;
	const result = calculate(calculationInput(context, index, options));
	const language = String(context.getNodeParameter('language', index));
	const reading = context.getNodeParameter('reading', index);
	const write = (tier: InterpretOptions['tier']) => {
		const { svg, ...texts } = interpret(result, {
			locale: language,
			tier,
			knowledgeBase: options.knowledgeBase,
			name: String(options.clientName ?? ''),
			format: options.format,
		});
		return options.includeChart === false ? texts : { ...texts, svg };
	};
	const wantsPaid = reading === 'paid' || reading === 'both';
	const item = {
		valid: true,
		system: result.system,
		birthDate: result.birthDate,
		language,
		calculation: result,
		...(reading !== 'paid' && { free: write('free') }),
		...(wantsPaid && { paid: write('paid') }),
	};
	return item as unknown as IDataObject;
}

/** The item for invalid input; paths are the field names of the public API: `birth_date`, `points[3].value`. */
export function problemsItem({ issues }: ChakraInputError): IDataObject {
	return {
		valid: false,
		issues: issues.map((issue) => ({ ...issue, path: issue.path === 'birthDate' ? 'birth_date' : issue.path })),
	};
}

function calculationInput(context: IExecuteFunctions, index: number, options: NodeOptions): CalculationInput {
	const calculation = context.getNodeParameter('calculation', index) as System | 'automatic';
	const { layout, clamp, order, requireAll, scaleMeaning } = options;
	const scale =
		options.scale === 'custom' ? { min: options.scaleMinimum ?? 0, max: options.scaleMaximum ?? 10 } : options.scale;
	return {
		system: calculation === 'automatic' ? undefined : calculation,
		birthDate: context.getNodeParameter('birthDate', index),
		points: context.getNodeParameter('points', index, ''),
		layout,
		clamp,
		order,
		requireAll,
		scaleMeaning,
		scale,
	};
}
