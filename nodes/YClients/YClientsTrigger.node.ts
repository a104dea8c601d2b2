import {
	fromParameter,
	NodeConnectionTypes,
	webhookDescriptionFields,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { pathParameter } from '../shared/triggerParameters';
import { codePatternOption, completionOption } from './shared/fields';
import { testCredential } from './shared/credentialTest';
import { checkExists, create, remove } from './shared/hooks';
import { answerWebhook } from './shared/webhook';

export class YClientsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'YClients Trigger',
		name: 'yClientsTrigger',
		icon: { light: 'file:../../icons/yclients.svg', dark: 'file:../../icons/yclients.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts the workflow when a booking in YCLIENTS or Altegio is made, changed or deleted',
		defaults: { name: 'YClients Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'yClientsApi', required: true, testedBy: 'yClientsApiTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				isFullPath: true,
				responseMode: 'onReceived',
				responseData: '',
				// Read from the parameters directly: as an expression it would cost a tenth of the whole request.
				...webhookDescriptionFields({ path: fromParameter('path') }),
			},
		],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Press "Listen", then change a booking. YCLIENTS must be able to reach the test URL. For live bookings, publish the workflow: the node then adds the production URL to the webhooks of the branch by itself, unless Registration is Manual.',
				active:
					'The workflow runs on every chosen event. YCLIENTS may lose some: have a schedule read the changes as well.',
			},
			activationHint: 'Publish the workflow: the node then adds its production URL to the webhooks of the branch.',
		},
		properties: [
			{
				displayName:
					'YCLIENTS signs nothing. The node therefore reads each booking anew before it starts the workflow. Notifications may get lost, so let a schedule run Record: Get Changes as well.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			pathParameter('yclients'),
			{
				displayName: 'Registration',
				name: 'registration',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description: "Publishing the workflow adds its address to the branch's webhooks, unpublishing removes it",
					},
					{
						name: 'Manual',
						value: 'manual',
						description: 'You add the address in YCLIENTS',
					},
				],
				default: 'automatic',
			},
			{
				displayName:
					'Put a long random Webhook Secret into the credential. In the settings of YCLIENTS for developers, add the production URL of this node with ?secret= and that secret behind it, and switch records on.',
				name: 'manualNotice',
				type: 'notice',
				default: '',
				displayOptions: { show: { registration: ['manual'] } },
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Booking Changed', value: 'update', description: 'Also when the client came, or paid' },
					{ name: 'Booking Deleted', value: 'delete' },
					{ name: 'Booking Made', value: 'create' },
				],
				default: ['create', 'delete', 'update'],
				required: true,
				description: 'What starts the workflow. All else is answered with 200 and left.',
			},
			{
				displayName: 'Time Zone of the Branch',
				name: 'timeZone',
				type: 'string',
				default: '',
				placeholder: 'e.g. Europe/Moscow',
				description:
					'YCLIENTS tells times by the clock on the wall of the branch. Without it, the offset in the record is believed, which can be wrong around a change of clocks.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					codePatternOption,
					completionOption,
					{
						displayName: 'Include Raw Record',
						name: 'includeRaw',
						type: 'boolean',
						default: true,
						description: 'Whether to put the record as it was read into "record"',
					},
					{
						displayName: 'Wait for Further Changes (Seconds)',
						name: 'waitSeconds',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 30 },
						default: 2,
						description: 'Changes of one booking within this time start the workflow once. 0 for every change.',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: { yClientsApiTest: testCredential },
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkExists.call(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await create.call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await remove.call(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await answerWebhook.call(this);
	}
}
