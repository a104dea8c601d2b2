import type { IAuthenticateGeneric, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

export class CloudPaymentsApi implements ICredentialType {
	name = 'cloudPaymentsApi';

	displayName = 'CloudPayments API';

	icon = { light: 'file:../icons/cloudpayments.svg', dark: 'file:../icons/cloudpayments.dark.svg' } as const;

	documentationUrl = 'https://developers.cloudpayments.ru/#api';

	properties: INodeProperties[] = [
		{
			displayName: 'Public ID',
			name: 'publicId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'pk_…',
			description:
				'From the settings of the site in the cabinet. A test site has its own: whether payments are tests depends on the site.',
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'The password for the API from the same page. It also proves that a notification is genuine.',
		},
		{
			displayName: 'Service',
			name: 'apiUrl',
			type: 'options',
			options: [
				{ name: 'CloudPayments', value: 'https://api.cloudpayments.ru' },
				{ name: 'TipTop Pay (Kazakhstan)', value: 'https://api.tiptoppay.kz' },
			],
			default: 'https://api.cloudpayments.ru',
		},
		{
			displayName: 'Calls at Once',
			name: 'callsAtOnce',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 30, numberPrecision: 0 },
			default: 5,
			description:
				'5 for a test site, up to 30 for a live one. With several n8n workers divide the number by their count.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { auth: { username: '={{$credentials.publicId}}', password: '={{$credentials.apiSecret}}' } },
	};

	test: ICredentialTestRequest = {
		request: { method: 'POST', baseURL: '={{$credentials.apiUrl}}', url: '/test' },
		rules: [
			{
				type: 'responseSuccessBody',
				properties: { key: 'Success', value: false, message: 'CloudPayments did not accept the keys' },
			},
		],
	};
}
