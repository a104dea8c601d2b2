import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { readCredentials } from '../nodes/StripeCheckout/shared/credentials';

export class StripeCheckoutApi implements ICredentialType {
	name = 'stripeCheckoutApi';

	displayName = 'Stripe Checkout API';

	icon = { light: 'file:../icons/stripe-checkout.svg', dark: 'file:../icons/stripe-checkout.dark.svg' } as const;

	documentationUrl = 'https://docs.stripe.com/keys';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'sk_live_… or rk_live_…',
			description:
				'From Developers, API keys. A test key makes test payments. A restricted key needs the rights to write Checkout Sessions and Webhook Endpoints, to read Payment Intents and Invoices, and those of the operations you use.',
		},
		{
			displayName: 'Webhook Signing Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'whsec_…',
			description:
				'Only for a webhook endpoint you have added in Stripe by hand. The trigger keeps the secret of an endpoint it has registered itself.',
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			default: 'https://api.stripe.com',
			required: true,
			description: 'Change it only to test against a stand-in of Stripe',
		},
	];

	/** A function, because an expression could neither trim the key nor refuse to send it over plain HTTP. */
	async authenticate(
		stored: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { apiUrl, secretKey } = readCredentials(stored);
		return { ...request, baseURL: apiUrl, headers: { ...request.headers, Authorization: `Bearer ${secretKey}` } };
	}

	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.apiUrl }}', url: '/v1/checkout/sessions?limit=1' },
	};
}
