import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import {
	acknowledgementFor,
	isLedgerOutcome,
	type Acknowledgement,
	type LedgerOutcome,
	type Protocol,
} from './acknowledgement';

export class AcknowledgePayment implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Acknowledge Payment',
		name: 'acknowledgePayment',
		icon: { light: 'file:../../icons/acknowledge.svg', dark: 'file:../../icons/acknowledge.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["protocol"] }}',
		description: 'Answer the waiting payment provider once the ledger has stored its event',
		defaults: { name: 'Acknowledge Payment' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Fulfil', 'Nothing to Do'],
		usableAsTool: true,
		properties: [
			{
				displayName:
					'Place this node right after the Postgres node that calls receive_event. The event leaves by "Fulfil" when this run has to deliver, and by "Nothing to Do" when it is a copy, waits its turn, or must not be fulfilled.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Protocol',
				name: 'protocol',
				type: 'options',
				options: [
					{
						name: 'CloudPayments',
						value: 'cloudPayments',
						description: 'Status 200 with code 0',
					},
					{
						name: 'Course Platform',
						value: 'platform',
						description: '409 for what was processed before, 202 for what is skipped; what has to be done is answered at its end',
					},
					{
						name: 'Custom',
						value: 'custom',
						description: 'Status and body of your own',
					},
					{
						name: 'Prodamus',
						value: 'prodamus',
						description: 'Status 200 with the text "success"',
					},
					{
						name: 'Stripe',
						value: 'stripe',
						description: 'Status 200',
					},
				],
				default: 'prodamus',
				description: 'Whose words to use for "delivered, do not send again"',
			},
			{
				displayName: 'Status Code',
				name: 'statusCode',
				type: 'number',
				typeOptions: { minValue: 200, maxValue: 599 },
				default: 200,
				displayOptions: { show: { protocol: ['custom'] } },
				description: 'HTTP status of the answer',
			},
			{
				displayName: 'Body',
				name: 'body',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				displayOptions: { show: { protocol: ['custom'] } },
				description: 'Text of the answer. A text that is JSON is sent as JSON.',
			},
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		const fulfil: INodeExecutionData[] = [];
		const nothingToDo: INodeExecutionData[] = [];

		for (const [index, item] of items.entries()) {
			const { outcome } = item.json;
			if (!isLedgerOutcome(outcome)) {
				// Not answering is the safe side: the provider repeats what is not known to be stored.
				throw new NodeOperationError(this.getNode(), 'The ledger did not say what became of the event', {
					itemIndex: index,
					description:
						'The item needs a field "outcome" with claimed, duplicate, busy, ignored or mismatch. Connect this node right after the Postgres node that calls fulfillment.receive_event.',
				});
			}
			const output = outcome === 'claimed' ? fulfil : nothingToDo;
			output.push({ ...item, pairedItem: { item: index } });
		}

		const acknowledgement = items[0] ? chooseAcknowledgement(this, items[0].json) : null;
		if (acknowledgement) {
			const { statusCode, contentType, body } = acknowledgement;
			this.sendResponse({ statusCode, headers: { 'content-type': contentType }, body: Buffer.from(body, 'utf8') });
		}
		return [fulfil, nothingToDo];
	}
}

function chooseAcknowledgement(context: IExecuteFunctions, { outcome, reason }: IDataObject): Acknowledgement | null {
	const protocol = context.getNodeParameter('protocol', 0) as Protocol | 'custom';
	if (protocol !== 'custom') {
		return acknowledgementFor(protocol, { outcome: outcome as LedgerOutcome, reason: typeof reason === 'string' ? reason : null });
	}
	const body = context.getNodeParameter('body', 0) as string;
	return {
		statusCode: context.getNodeParameter('statusCode', 0) as number,
		contentType: isJson(body) ? 'application/json' : 'text/plain; charset=utf-8',
		body,
	};
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
