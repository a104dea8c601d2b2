import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

/** The credential `platformPaymentApi`. A field that was left out is empty. */
export interface PlatformCredentials {
	secret: string;
	legacySecret: string;
}

/** Reads stored credential data; secrets lose the spaces and line breaks that come along when they are pasted. */
export function readCredentials(stored: object): PlatformCredentials {
	const fields = new Map<string, unknown>(Object.entries(stored));
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	return { secret: text('secret'), legacySecret: text('legacySecret') };
}

/** Checks the form of a credential: the platform cannot be asked whether a secret is right. */
export async function testCredentialFormat(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { secret, legacySecret } = readCredentials(credential.data ?? {});
	if (secret === '') return { status: 'Error', message: 'The secret is empty' };
	if (secret === legacySecret) {
		return { status: 'Error', message: 'The legacy secret travels openly: it must differ from the secret' };
	}
	return { status: 'OK', message: 'The fields are filled in. Send a test payment from the platform to be sure.' };
}
