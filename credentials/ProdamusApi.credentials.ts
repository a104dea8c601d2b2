import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ProdamusApi implements ICredentialType {
	name = 'prodamusApi';

	displayName = 'Prodamus API';

	icon = { light: 'file:../icons/prodamus.svg', dark: 'file:../icons/prodamus.dark.svg' } as const;

	documentationUrl = 'https://help.prodamus.ru/payform/integracii/rest-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Payment Page URL',
			name: 'pageUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://your-shop.payform.ru/',
			description: 'Address of your payment page. One address serves links, payments and subscriptions.',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'From the settings of the payment page. Signs links and requests, and proves that a notification is genuine.',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only if support issued an integration code with a key of its own: that key. Notifications signed with either key are accepted.',
		},
		{
			displayName: 'Integration Code (Sys)',
			name: 'sys',
			type: 'string',
			default: '',
			description: 'Only if support agreed on one with you. Without it, Prodamus ignores notification URLs inside links.',
		},
	];
}
