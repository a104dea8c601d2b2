import type { ICredentialType, INodeProperties } from 'n8n-workflow';

const HOST = '($self["accountHost"] || "").trim().toLowerCase()';
const CUSTOM_URL = '($self["apiUrl"] || "").trim()';

const ACCOUNT_HOST = '/^(?!www\\.)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.(amocrm\\.(ru|com)|kommo\\.com)$/';
const SAFE_ORIGIN = '(https:\\/\\/[^\\s\\/?#@]+|http:\\/\\/(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?)';

/**
 * The rules of `accountUrl`, as n8n evaluates them where it exchanges tokens. An address that breaks them becomes a
 * host that does not exist, so that no key leaves.
 */
const ACCOUNT_URL = `"https://" + (${HOST}.match(${ACCOUNT_HOST}) || ["account-host.invalid"])[0]`;
const SAFE_URL = `/^${SAFE_ORIGIN}(\\/[^\\s?#@]*)?$/i`;
const OTHER_URL = `(${CUSTOM_URL}.match(${SAFE_URL}) || ["https://custom-api-url.invalid"])[0].replace(/\\/+$/, "")`;
const TOKEN_URL = `={{ (${CUSTOM_URL} ? ${OTHER_URL} : ${ACCOUNT_URL}) + "/oauth2/access_token" }}`;

const AUTHORISE_URL = `={{ "https://www." + (${HOST}.endsWith(".amocrm.ru") ? "amocrm.ru" : "kommo.com") + "/oauth" }}`;

export class AmoCrmOAuth2Api implements ICredentialType {
	name = 'amoCrmOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'amoCRM OAuth2 API';

	icon = { light: 'file:../icons/amocrm.svg', dark: 'file:../icons/amocrm.dark.svg' } as const;

	documentationUrl = 'https://www.amocrm.ru/developers/content/oauth/oauth';

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
				'Only for a proxy or for trying things out: used in place of the account host. Keys and tokens are sent there.',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
		{ displayName: 'Authorization URL', name: 'authUrl', type: 'hidden', default: AUTHORISE_URL },
		{ displayName: 'Access Token URL', name: 'accessTokenUrl', type: 'hidden', default: TOKEN_URL },
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: '' },
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: 'mode=popup',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
	];
}
