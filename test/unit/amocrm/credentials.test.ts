import {
	Expression,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IHttpRequestOptions,
	type INode,
	type INodeTypes,
	type IWorkflowDataProxyAdditionalKeys,
} from 'n8n-workflow';

import { AmoCrmApi } from '../../../credentials/AmoCrmApi.credentials';
import { AmoCrmOAuth2Api } from '../../../credentials/AmoCrmOAuth2Api.credentials';
import { accountUrl } from '../../../nodes/AmoCrm/account';

const GOOD = ['myshop.amocrm.ru', 'my-shop2.kommo.com', 'x.amocrm.com', '  MyShop.AmoCRM.ru '];
const BAD = [
	'',
	'amocrm.ru',
	'kommo.com',
	'www.amocrm.ru',
	'https://myshop.amocrm.ru',
	'myshop.amocrm.ru/path',
	'myshop.amocrm.ru:8443',
	'user@myshop.amocrm.ru',
	'evil.example#.amocrm.ru',
	'evil.example?.amocrm.ru',
	'myshop.amocrm.ru.evil.example',
	'myshopamocrm.ru',
	'a.b.amocrm.ru',
	'-a.amocrm.ru',
	'my_shop.amocrm.ru',
	'myshop.amocrm.org',
	'myshop.amocrm.ru\nevil.example',
];
const GOOD_URLS: Array<[string, string]> = [
	['https://proxy.example.com', 'https://proxy.example.com'],
	[' https://proxy.example.com:8443/amo/ ', 'https://proxy.example.com:8443/amo'],
	['http://127.0.0.1:5680/', 'http://127.0.0.1:5680'],
	['http://localhost:5680', 'http://localhost:5680'],
	['http://[::1]:5680', 'http://[::1]:5680'],
];
const BAD_URLS = [
	'http://proxy.example.com',
	'http://127.0.0.1.evil.example',
	'http://localhost@evil.example',
	'https://user:pass@proxy.example.com',
	'https://user@proxy.example.com',
	'https://:pass@proxy.example.com',
	'https://proxy.example.com/?x=1',
	'https://proxy.example.com/#x',
	'ftp://127.0.0.1',
	'javascript:alert(1)',
	'proxy.example.com',
];

describe('the account host', () => {
	it.each(GOOD)('%j is one', (accountHost) => {
		expect(accountUrl({ accountHost, apiUrl: '' })).toBe(`https://${accountHost.trim().toLowerCase()}`);
	});

	it.each(BAD)('%j is none', (accountHost) => {
		expect(() => accountUrl({ accountHost })).toThrow(/account host .* is not valid/);
	});

	it.each([undefined, null, 5, {}])('%j is none either', (accountHost) => {
		expect(() => accountUrl({ accountHost })).toThrow(/account host/);
	});
});

describe('the custom API URL', () => {
	it.each(GOOD_URLS)('%j takes the place of the account host', (apiUrl, expected) => {
		expect(accountUrl({ accountHost: 'myshop.amocrm.ru', apiUrl })).toBe(expected);
	});

	it.each(BAD_URLS)('%j is refused', (apiUrl) => {
		expect(() => accountUrl({ accountHost: 'myshop.amocrm.ru', apiUrl })).toThrow(/custom API URL .* is not valid/);
	});
});

describe('the long-lived token', () => {
	const credentials = { accountHost: 'myshop.amocrm.ru', accessToken: ' token-do-not-show\n', apiUrl: '' };

	async function authenticate(request: IHttpRequestOptions, change: ICredentialDataDecryptedObject = {}) {
		const { authenticate: sign } = new AmoCrmApi();
		if (typeof sign !== 'function') throw new Error('Not a function');
		return await sign({ ...credentials, ...change }, request);
	}

	it('goes to the account, and other headers stay', async () => {
		const signed = await authenticate({ url: 'https://myshop.amocrm.ru/api/v4/account', headers: { accept: 'x' } });
		expect(signed.headers).toEqual({ accept: 'x', Authorization: 'Bearer token-do-not-show' });
	});

	it('goes with the credential test, whose address is relative', async () => {
		const { test } = new AmoCrmApi();
		const baseURL = evaluate(test.request.baseURL, { $credentials: credentials });
		expect(baseURL).toBe('https://myshop.amocrm.ru');
		const signed = await authenticate({ baseURL: String(baseURL), url: String(test.request.url) });
		expect(signed.headers?.Authorization).toBe('Bearer token-do-not-show');
	});

	it.each([
		'https://evil.example/api/v4/account',
		'http://myshop.amocrm.ru/api/v4/account',
		'https://other.amocrm.ru/api/v4/account',
		'https://myshop.amocrm.ru:444/',
	])('goes nowhere else: %s', async (url) => {
		const attempt = authenticate({ url });
		await expect(attempt).rejects.toThrow('its own account only');
		await expect(attempt).rejects.not.toThrow(/token-do-not-show/);
	});

	it('goes nowhere at all from a credential with a bad host', async () => {
		const request = { baseURL: 'https://evil.example', url: '/api/v4/account' };
		await expect(authenticate(request, { accountHost: 'evil.example' })).rejects.toThrow(/account host/);
	});
});

describe('OAuth2', () => {
	const properties = new AmoCrmOAuth2Api().properties;
	const defaultOf = (name: string) => properties.find((property) => property.name === name)?.default;
	const tokenUrl = (accountHost: unknown, apiUrl: unknown = '') =>
		evaluate(defaultOf('accessTokenUrl'), {}, { accountHost, apiUrl });

	it('sends its keys in the body', () => {
		expect(new AmoCrmOAuth2Api().extends).toEqual(['oAuth2Api']);
		expect(defaultOf('authentication')).toBe('body');
		expect(defaultOf('grantType')).toBe('authorizationCode');
	});

	it.each(GOOD)('asks the account host %j for tokens', (host) => {
		expect(tokenUrl(host)).toBe(`https://${host.trim().toLowerCase()}/oauth2/access_token`);
	});

	it.each(BAD)('never sends its keys to %j', (host) => {
		expect(tokenUrl(host)).toBe('https://account-host.invalid/oauth2/access_token');
	});

	it.each(GOOD_URLS)('asks the custom URL %j', (apiUrl, expected) => {
		expect(tokenUrl('myshop.amocrm.ru', apiUrl)).toBe(`${expected}/oauth2/access_token`);
	});

	it.each(BAD_URLS)('never sends its keys to the custom URL %j', (apiUrl) => {
		expect(tokenUrl('myshop.amocrm.ru', apiUrl)).toBe('https://custom-api-url.invalid/oauth2/access_token');
	});

	it('asks the people of the right country', () => {
		const authUrl = (accountHost: string) => evaluate(defaultOf('authUrl'), {}, { accountHost });
		expect(authUrl('myshop.amocrm.ru')).toBe('https://www.amocrm.ru/oauth');
		expect(authUrl('myshop.kommo.com')).toBe('https://www.kommo.com/oauth');
		expect(authUrl('evil.example')).toBe('https://www.kommo.com/oauth');
	});
});

/** As n8n resolves the expressions of a credential. */
function evaluate(value: unknown, keys: IWorkflowDataProxyAdditionalKeys, self: Record<string, unknown> = {}): unknown {
	Expression.setExpressionEngine('legacy');
	const node: INode = { id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} };
	const nodeTypes = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
	const selfData = self as ICredentialDataDecryptedObject;
	const resolved = workflow.expression.getComplexParameterValue(
		node,
		{ value: value as string },
		'internal',
		keys,
		undefined,
		undefined,
		selfData,
	) as { value: unknown };
	return resolved.value;
}
