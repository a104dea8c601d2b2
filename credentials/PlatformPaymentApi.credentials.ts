import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class PlatformPaymentApi implements ICredentialType {
	name = 'platformPaymentApi';

	displayName = 'Platform Payment API';

	icon = { light: 'file:../icons/platform-payment.svg', dark: 'file:../icons/platform-payment.dark.svg' } as const;

	documentationUrl =
		'https://github.com/payment-fulfillment/n8n-nodes-payment-fulfillment/blob/main/docs/nodes/platform-payment-trigger.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The key the platform signs its notifications with (header X-Signature). At least 32 random characters.',
		},
		{
			displayName: 'Legacy Secret',
			name: 'legacySecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only if the platform still sends the password header X-Webhook-Secret: that password. Takes effect when the trigger is told to accept it.',
		},
	];
}
