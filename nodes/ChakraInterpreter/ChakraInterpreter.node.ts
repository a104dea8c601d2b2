import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { ChakraInputError } from './calculate';
import { KnowledgeBaseError } from './interpret';
import { interpretItem, problemsItem } from './interpretItem';

export class ChakraInterpreter implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Chakra Interpreter',
		name: 'chakraInterpreter',
		icon: { light: 'file:../../icons/chakra.svg', dark: 'file:../../icons/chakra.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["reading"] + " · " + $parameter["language"] }}',
		description: 'Turn a birth date or points into a free or paid chakra reading with a chart',
		defaults: { name: 'Chakra Interpreter' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		properties: [
			{
				displayName: 'Calculation',
				name: 'calculation',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description: "The client's points when there are any, else the destiny matrix of the birth date",
					},
					{
						name: "Client's Points",
						value: 'points',
						description: 'Values the client brought, for example from a quiz',
					},
					{
						name: 'Destiny Matrix',
						value: 'destiny_matrix',
						description: '22 arcana from the birth date, three numbers per chakra',
					},
					{
						name: 'Digit Pairs',
						value: 'digit_pairs',
						description: 'Sums of neighbouring digits of the birth date, one level per chakra',
					},
				],
				default: 'automatic',
				description: 'Where the numbers of the reading come from',
			},
			{
				displayName: 'Birth Date',
				name: 'birthDate',
				type: 'string',
				default: '',
				placeholder: 'e.g. 15.05.1990',
				description: 'Day, month and year like 15.05.1990 or 1990-05-15. With points it is only shown in the title.',
			},
			{
				displayName: 'Points',
				name: 'points',
				type: 'json',
				default: '',
				placeholder: 'e.g. {"root": 8, "sacral": 3, "solar": 6}',
				displayOptions: { show: { calculation: ['automatic', 'points'] } },
				description: 'A list of points, a map by chakra, seven numbers, or a ready chart of three numbers per chakra',
			},
			{
				displayName: 'Reading',
				name: 'reading',
				type: 'options',
				options: [
					{
						name: 'Both',
						value: 'both',
						description: 'The short and the long reading at once',
					},
					{
						name: 'Free',
						value: 'free',
						description: 'Up to 1,200 characters with an offer of the paid one',
					},
					{
						name: 'Paid',
						value: 'paid',
						description: '5,000 to 8,000 characters by chakra',
					},
				],
				default: 'both',
				description: 'Which reading to write. Do not hand the paid one to a client before the payment.',
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'options',
				options: [
					{
						name: 'English',
						value: 'en',
					},
					{
						name: 'Russian',
						value: 'ru',
					},
					{
						name: 'Ukrainian',
						value: 'uk',
					},
				],
				default: 'ru',
				description: 'Language of the reading. An expression with any other language gives English and a warning.',
			},
			{
				displayName: 'On Invalid Input',
				name: 'onInvalidInput',
				type: 'options',
				options: [
					{
						name: 'Output the Problems',
						value: 'output',
						description: 'The item says valid: false and lists every problem with its code, path and message',
					},
					{
						name: 'Stop With an Error',
						value: 'stop',
						description: 'The node fails and names every problem',
					},
				],
				default: 'stop',
				description: 'What to do when the birth date or the points cannot be used',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Chart Layout',
						name: 'layout',
						type: 'options',
						options: [
							{
								name: 'Centre on Anahata',
								value: 'centre_anahata',
								description: 'The layout of some older sites',
							},
							{
								name: 'Centre on Manipura',
								value: 'centre_manipura',
								description: 'The layout most calculators use',
							},
						],
						default: 'centre_manipura',
						description: 'Where the destiny matrix puts its comfort zone',
					},
					{
						displayName: 'Clamp Values',
						name: 'clamp',
						type: 'boolean',
						default: false,
						description:
							'Whether to move a value outside the scale to its nearest end, with a warning, instead of refusing it',
					},
					{
						displayName: 'Client Name',
						name: 'clientName',
						type: 'string',
						default: '',
						description: 'Shown in the title of the reading',
					},
					{
						displayName: 'Format',
						name: 'format',
						type: 'options',
						options: [
							{
								name: 'HTML',
								value: 'html',
								description: 'Text and parts for Telegram with the parse mode HTML',
							},
							{
								name: 'Markdown',
								value: 'markdown',
								description: 'Text in Markdown, parts as plain text',
							},
							{
								name: 'Plain',
								value: 'plain',
								description: 'Text and parts without any markup',
							},
						],
						default: 'plain',
						description: 'Format of the text and of its parts. A page for the browser is always in the field "html".',
					},
					{
						displayName: 'Include Chart',
						name: 'includeChart',
						type: 'boolean',
						default: true,
						description: 'Whether to add the chart as SVG',
					},
					{
						displayName: 'Include Input Fields',
						name: 'includeInput',
						type: 'boolean',
						default: false,
						description: 'Whether to keep the fields of the incoming item beside the reading',
					},
					{
						displayName: 'Knowledge Base',
						name: 'knowledgeBase',
						type: 'json',
						default: '{}',
						description:
							'Own texts in place of the built-in ones, by language: {"en": {"chakras": {"ajna": {"practice": "…"}}}}. Parts may be left out.',
					},
					{
						displayName: 'List Order',
						name: 'order',
						type: 'options',
						options: [
							{
								name: 'Bottom Up',
								value: 'bottom_up',
								description: 'From Muladhara to Sahasrara',
							},
							{
								name: 'Top Down',
								value: 'top_down',
								description: 'From Sahasrara to Muladhara',
							},
						],
						default: 'bottom_up',
						description: 'Which end a list of seven numbers begins with',
					},
					{
						displayName: 'Require All Chakras',
						name: 'requireAll',
						type: 'boolean',
						default: false,
						description: 'Whether to refuse points that leave a chakra out',
					},
					{
						displayName: 'Scale',
						name: 'scale',
						type: 'options',
						options: [
							{ name: '-100 to 100', value: '-100..100' },
							{ name: '0 to 10', value: '0-10' },
							{ name: '0 to 100', value: '0-100' },
							{ name: '0 to 18', value: '0-18' },
							{ name: '1 to 10', value: '1-10' },
							{ name: '1 to 5', value: '1-5' },
							{ name: '1 to 7', value: '1-7' },
							{ name: '4 to 16', value: '4-16' },
							{ name: 'Arcana 1 to 22', value: 'arcana' },
							{ name: 'Custom', value: 'custom' },
						],
						default: '0-10',
						description: "What the points' values are measured on. Custom takes Scale Minimum and Scale Maximum.",
					},
					{
						displayName: 'Scale Maximum',
						name: 'scaleMaximum',
						type: 'number',
						default: 10,
						description: 'Highest value of a custom scale',
					},
					{
						displayName: 'Scale Meaning',
						name: 'scaleMeaning',
						type: 'options',
						options: [
							{
								name: 'Middle Is Balance',
								value: 'balanced_is_better',
								description: 'Below 33% too little, above 67% too much',
							},
							{
								name: 'More Is Better',
								value: 'more_is_better',
								description: 'Below 33% too little, above 67% balance',
							},
						],
						default: 'balanced_is_better',
						description: 'How to judge a place on the scale',
					},
					{
						displayName: 'Scale Minimum',
						name: 'scaleMinimum',
						type: 'number',
						default: 0,
						description: 'Lowest value of a custom scale',
					},
				],
			},
		],
	};

	/**
	 * One item per input item, always of the same shape:
	 * `{valid: true, system, birthDate, language, calculation, free?, paid?}`, where `calculation` is the result of
	 * `calculate` and each reading is `{text, chunks, html, data, svg?, warnings}`; a reading not asked for is absent.
	 * Invalid input gives `{valid: false, issues: [{code, path, message}]}` or an error, by the parameter.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (const [index, item] of this.getInputData().entries()) {
			try {
				const kept = this.getNodeParameter('options.includeInput', index, false) ? item.json : {};
				output.push({ json: { ...kept, ...interpretItem(this, index) }, pairedItem: { item: index } });
			} catch (error) {
				if (error instanceof ChakraInputError && this.getNodeParameter('onInvalidInput', index) === 'output') {
					output.push({ json: problemsItem(error), pairedItem: { item: index } });
					continue;
				}
				if (!this.continueOnFail()) throw toNodeError(this, error, index);
				output.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
			}
		}
		return [output];
	}
}

function toNodeError(context: IExecuteFunctions, error: unknown, itemIndex: number): NodeOperationError {
	const description = (error as Error).message;
	if (error instanceof ChakraInputError) {
		return new NodeOperationError(context.getNode(), 'The birth date or the points cannot be used', {
			itemIndex,
			description,
		});
	}
	if (error instanceof KnowledgeBaseError) {
		return new NodeOperationError(context.getNode(), 'The option "Knowledge Base" does not fit its form', {
			itemIndex,
			description,
		});
	}
	return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
}
