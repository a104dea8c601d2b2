import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { accountUrl } from '../nodes/AmoCrm/account';

export class AmoCrmApi implements ICredentialType {
	name = 'amoCrmApi';

	displayName = 'amoCRM API';

	icon = { light: 'file:../icons/amocrm.svg', dark: 'file:../icons/amocrm.dark.svg' } as const;

	documentationUrl = 'https://developers.kommo.com/docs/long-lived-token';

	properties: INodeProperties[] = [
		{
			displayName: 'Account Host',
			name: 'accountHost',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'myshop.amocrm.ru',
			description: 'Where you open your amoCRM or Kommo account, without https:// and without a path',
		},
		{
			displayName: 'Long-Lived Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the Keys tab of a private integration. It is shown once and is valid for at most five years.',
		},
		{
			displayName: 'Requests per Second',
			name: 'requestsPerSecond',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
			default: 6,
			description:
				'AmoCRM allows 7 unless the account has bought more. With several n8n workers divide the number by their count.',
		},
		{
			displayName: 'Custom API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			placeholder: 'https://proxy.example.com',
			description:
				'Only for a proxy or for trying things out: used in place of the account host. The token is sent there.',
		},
	];

	/** Puts the token on requests to the credential's own account and refuses to send it anywhere else. */
	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const { origin } = new URL(accountUrl(credentials));
		if (new URL(request.url, request.baseURL).origin !== origin) {
			throw new Error('This amoCRM credential is for requests to its own account only');
		}
		const token = String(credentials.accessToken).trim();
		return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ ($credentials.apiUrl || "").trim() || "https://" + $credentials.accountHost.trim() }}',
			url: '/api/v4/account',
		},
	};
}
