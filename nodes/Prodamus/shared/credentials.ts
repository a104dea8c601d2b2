import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

import { normalizePageUrl } from '../pageUrl';

/** The credential `prodamusApi`. A field that was left out is empty. */
export interface ProdamusCredentials {
	pageUrl: string;
	secretKey: string;
	webhookSecret: string;
	sys: string;
}

/** Reads stored credential data; keys lose the spaces and line breaks that come along when they are pasted. */
export function readCredentials(stored: object): ProdamusCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	return {
		pageUrl: text('pageUrl'),
		secretKey: text('secretKey'),
		webhookSecret: text('webhookSecret'),
		sys: text('sys'),
	};
}

/** Checks the form of a credential: Prodamus has nothing to ask whether a key is right (providers/prodamus.md §1). */
export async function testCredentialFormat(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { pageUrl, secretKey } = readCredentials(credential.data ?? {});
	try {
		normalizePageUrl(pageUrl);
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : 'The payment page URL is not valid' };
	}
	if (secretKey === '') return { status: 'Error', message: 'The secret key is empty' };
	return {
		status: 'OK',
		message: 'The fields are filled in correctly. Prodamus has no way to check a key: make a demo payment to be sure.',
	};
}
