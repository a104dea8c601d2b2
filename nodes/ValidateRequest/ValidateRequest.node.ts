import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { readEarlierIssues, readNames, readRules } from './parameters';
import { validate, type FieldIssue } from './validate';

export class ValidateRequest implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Validate Request',
		name: 'validateRequest',
		icon: { light: 'file:../../icons/validate.svg', dark: 'file:../../icons/validate.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["fields"]["field"].map((rule) => rule.name).join(", ") }}',
		description: 'Check the fields of a request to a public endpoint and name every wrong one',
		defaults: { name: 'Validate Request' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Valid', 'Invalid'],
		usableAsTool: true,
		properties: [
			{
				displayName: 'Fields',
				name: 'fields',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true, sortable: true },
				placeholder: 'Add Field',
				default: { field: [] },
				description: 'The fields to check. Fields that are not listed are dropped.',
				options: [
					{
						displayName: 'Field',
						name: 'field',
						values: [
							{
								displayName: 'Choices',
								name: 'choices',
								type: 'string',
								default: '',
								placeholder: 'e.g. ru, uk, en',
								displayOptions: { show: { type: ['oneOf'] } },
								description: 'Allowed values, separated by commas',
							},
							{
								displayName: 'Currency',
								name: 'currency',
								type: 'string',
								default: 'RUB',
								displayOptions: { show: { type: ['amount'] } },
								description: 'Three letters, for example RUB. The amount leaves this node in minor units, for example kopecks.',
							},
							{
								displayName: 'Maximum Length',
								name: 'maxLength',
								type: 'number',
								typeOptions: { minValue: 1, maxValue: 10000 },
								default: 200,
								displayOptions: { show: { type: ['email', 'oneOf', 'phone', 'text'] } },
								description: 'Longest text in characters',
							},
							{
								displayName: 'Minimum',
								name: 'minimum',
								type: 'number',
								default: 0,
								displayOptions: { show: { type: ['integer'] } },
								description: 'Smallest number that is accepted',
							},
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: '',
								required: true,
								placeholder: 'e.g. email',
								description: 'Name of the field as the caller knows it. Problems are reported under it.',
							},
							{
								displayName: 'Required',
								name: 'required',
								type: 'boolean',
								default: false,
								description: 'Whether a request without this field is refused',
							},
							{
								displayName: 'Type',
								name: 'type',
								type: 'options',
								options: [
									{ name: 'Amount', value: 'amount', description: 'An amount of money above zero; made minor units' },
									{ name: 'E-Mail', value: 'email', description: 'An e-mail address; made lower case' },
									{ name: 'One Of', value: 'oneOf', description: 'One of the given choices' },
									{ name: 'Phone', value: 'phone', description: 'A phone number; brought to the form +79990000001' },
									{ name: 'Text', value: 'text', description: 'A text on one line' },
									{ name: 'Whole Number', value: 'integer', description: 'A whole number' },
								],
								default: 'text',
								description: 'What the value must look like',
							},
							{
								displayName: 'Value',
								name: 'value',
								type: 'string',
								default: '',
								placeholder: 'e.g. {{ $json.body.email }}',
								description: 'The value to check, as an expression',
							},
						],
					},
				],
			},
			{
				displayName: 'At Least One Of',
				name: 'anyOf',
				type: 'string',
				default: '',
				placeholder: 'e.g. email, phone',
				description: 'Names of fields, separated by commas, of which at least one must be filled',
			},
			{
				displayName: 'Problems Found Earlier',
				name: 'earlierIssues',
				type: 'json',
				default: '[]',
				description:
					'List of problems that an earlier node found, for example of Chakra Interpreter. They are answered together with those found here.',
			},
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const valid: INodeExecutionData[] = [];
		const invalid: INodeExecutionData[] = [];

		for (let index = 0; index < this.getInputData().length; index++) {
			try {
				const earlier = readEarlierIssues(this.getNodeParameter('earlierIssues', index, []));
				const { values, issues } = validate(
					readRules(this.getNodeParameter('fields.field', index, [])),
					readNames(this.getNodeParameter('anyOf', index, '') as string),
				);
				const all = [...earlier, ...issues];
				if (all.length === 0) valid.push({ json: values, pairedItem: { item: index } });
				else invalid.push({ json: refusal(all), pairedItem: { item: index } });
			} catch (error) {
				if (!this.continueOnFail()) {
					throw new NodeOperationError(this.getNode(), error as Error, { itemIndex: index });
				}
				invalid.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
			}
		}
		return [valid, invalid];
	}
}

function refusal(issues: FieldIssue[]) {
	return {
		error: 'validation',
		message: `Please check: ${[...new Set(issues.map(({ field }) => field))].join(', ')}`,
		issues: issues.map(({ field, code, message }) => ({ field, code, message })),
	};
}
