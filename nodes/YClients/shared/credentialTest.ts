import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';
import { z } from 'zod';

import { readReply } from '../envelope';
import { flag, objectOrNull, text } from '../lenient';
import { apiHeaders, readCredentials, withoutTokens, type YClientsCredentials } from './credentials';
import { YClientsError } from './yclientsError';

const TIMEOUT_MS = 15_000;

/** Rights without which data silently lacks (providers/yclients.md §1), and what lacks then. */
const RIGHTS: Readonly<Record<string, string>> = {
	timetable_phones_access: 'phones in records (clients cannot be found by phone)',
	record_form_client_access: 'the clients of records',
};

/** Asks YCLIENTS about the branch and what the user may see there. No message holds a token. */
export async function testCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const credentials = readCredentials(credential.data ?? {});
		const { companyId } = credentials;
		const rights = await ask(this, credentials, `user/permissions/${companyId}`);
		const company = objectOrNull(await ask(this, credentials, `company/${companyId}/`));
		const missing = Object.entries(RIGHTS).filter(([right]) => isDenied(rights, right));
		if (missing.length > 0) {
			const words = missing.map(([right, what]) => `${right}: ${what}`).join('; ');
			return { status: 'Error', message: `The tokens are right, but the user may not see ${words}` };
		}
		return { status: 'OK', message: describe(company) };
	} catch (error) {
		const isKnown = error instanceof RangeError || error instanceof YClientsError;
		const advice = error instanceof YClientsError ? `. ${error.advice}` : '';
		return { status: 'Error', message: isKnown ? `${error.message}${advice}` : 'The credential cannot be read' };
	}
}

const answerSchema = z.object({ statusCode: z.number(), body: z.string().catch('') });

async function ask(
	context: ICredentialTestFunctions,
	credentials: YClientsCredentials,
	path: string,
): Promise<unknown> {
	const { helpers } = context;
	const response: unknown = await helpers
		.request({
			method: 'GET',
			uri: `${credentials.baseUrl}/api/v1/${path}`,
			headers: apiHeaders(credentials, 'user'),
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
			timeout: TIMEOUT_MS,
		})
		// The error may hold the headers, and with them the tokens.
		.catch(() => null);
	const answer = answerSchema.safeParse(response).data;
	if (!answer) {
		throw new YClientsError('unavailable', 'No answer from YCLIENTS', 'Check the base URL and the network.');
	}
	const { statusCode: status } = answer;
	const body = withoutTokens(answer.body, credentials);
	return readReply({ status, headers: {}, text: body, json: parseJson(body) }).data;
}

function parseJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

/** Rights lie in groups; one that is not told counts as granted, because names change. */
function isDenied(rights: unknown, name: string): boolean {
	const groups = [rights, ...Object.values(objectOrNull(rights) ?? {})].map(objectOrNull);
	return groups.some((group) => group !== null && name in group && !flag.parse(group[name]));
}

function describe(company: Record<string, unknown> | null): string {
	const title = text.parse(company?.title) ?? 'The branch';
	const zone = text.parse(company?.timezone_name);
	return zone === null ? `${title} can be reached` : `${title} can be reached. Its time zone is ${zone}`;
}
