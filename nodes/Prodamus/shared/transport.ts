import { NodeApiError, NodeOperationError, type IExecuteFunctions, type JsonObject } from 'n8n-workflow';

import { encodeForm, flattenForm, type FormTree } from '../../shared/formTree';
import { normalizePageUrl } from '../pageUrl';
import { phpText } from '../phpText';
import { sign } from '../signature';
import { readCredentials, type ProdamusCredentials } from './credentials';
import { readAnswer, refusalAdvice, type Answer } from './answers';

const TIMEOUT_MS = 15_000;

/** The methods of providers/prodamus.md §5 "REST". */
export type SubscriptionMethod = 'setActivity' | 'setSubscriptionPaymentDate' | 'setSubscriptionDiscount';

/** The credential of the node; an error that says what to fill in when the secret key is missing. */
export async function getProdamusCredentials(this: IExecuteFunctions, itemIndex: number): Promise<ProdamusCredentials> {
	const credentials = readCredentials(await this.getCredentials('prodamusApi', itemIndex));
	if (credentials.secretKey === '') {
		throw new NodeOperationError(this.getNode(), 'The Prodamus credential has no secret key', {
			itemIndex,
			description: 'Copy the secret key from the settings of the payment page.',
		});
	}
	return credentials;
}

/**
 * Calls a subscription method with a signed form. Never repeated on its own.
 *
 * @throws NodeApiError with Prodamus's reason and what to do about it
 */
export async function callSubscriptionMethod(
	this: IExecuteFunctions,
	itemIndex: number,
	method: SubscriptionMethod,
	fields: FormTree,
): Promise<void> {
	const { pageUrl, secretKey } = await getProdamusCredentials.call(this, itemIndex);
	const signature = sign(fields, secretKey);
	const answer = await send.call(this, itemIndex, {
		method: 'POST',
		url: `${normalizePageUrl(pageUrl)}rest/${method}/`,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: encodeForm(flattenForm({ ...fields, signature }, phpText)),
	});
	if (answer.statusCode !== 200 || answer.text.toLowerCase() !== 'success') throw refused.call(this, itemIndex, answer);
}

/**
 * Has Prodamus make a short link.
 *
 * @param url an address of `do=link`
 * @throws NodeApiError with the text Prodamus gave instead of a link
 */
export async function fetchShortLink(this: IExecuteFunctions, itemIndex: number, url: string): Promise<string> {
	const answer = await send.call(this, itemIndex, { method: 'GET', url });
	if (answer.statusCode !== 200 || answer.link === null) throw refused.call(this, itemIndex, answer);
	return answer.link;
}

interface Request {
	method: 'GET' | 'POST';
	url: string;
	headers?: Record<string, string>;
	body?: string;
}

async function send(this: IExecuteFunctions, itemIndex: number, request: Request): Promise<Answer> {
	try {
		const response = await this.helpers.httpRequest({
			...request,
			timeout: TIMEOUT_MS,
			encoding: 'text',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirected POST would arrive as a GET without its fields.
			disableFollowRedirect: true,
		});
		return readAnswer(response.statusCode, response.body);
	} catch (error) {
		throw new NodeApiError(this.getNode(), error as JsonObject, {
			itemIndex,
			description:
				'No answer, so it is not known whether Prodamus got the request. Check the payment page URL in the credential.',
		});
	}
}

function refused(this: IExecuteFunctions, itemIndex: number, { statusCode, text }: Answer): NodeApiError {
	return new NodeApiError(
		this.getNode(),
		{ message: text },
		{
			itemIndex,
			httpCode: String(statusCode),
			message: `Prodamus refused: ${text}`,
			description: refusalAdvice(statusCode, text),
		},
	);
}
