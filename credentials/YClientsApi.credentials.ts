import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class YClientsApi implements ICredentialType {
	name = 'yClientsApi';

	displayName = 'YClients API';

	icon = { light: 'file:../icons/yclients.svg', dark: 'file:../icons/yclients.dark.svg' } as const;

	documentationUrl = 'https://developer.yclients.com/';

	properties: INodeProperties[] = [
		{
			displayName: 'Partner Token',
			name: 'partnerToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Of your application, from the developer account. Without "Bearer".',
		},
		{
			displayName: 'User Token',
			name: 'userToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Of a user of the branch. What this user may not see, such as phones, is left out of all data. Ends when the user changes the password.',
		},
		{
			displayName: 'Company ID',
			name: 'companyId',
			type: 'string',
			default: '',
			required: true,
			placeholder: '123456',
			description: 'Number of the branch; in Altegio, the location ID. One credential is for one branch.',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only for triggers with Registration Manual: at least 16 random letters and digits, which you write behind ?secret= of the address. Other triggers make one of their own.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.yclients.com',
			required: true,
			description: 'For Altegio https://api.alteg.io',
		},
	];
}
