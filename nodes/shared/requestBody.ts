import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * The bytes of a request as they came, or undefined when n8n has not kept them: it reads bodies of types it does not know
 * only when asked to, and never keeps the bytes of a multipart one.
 */
export async function readBytes(context: IWebhookFunctions): Promise<Buffer | undefined> {
	const request = context.getRequestObject();
	try {
		if (!request.rawBody) await request.readRawBody();
	} catch {
		return undefined;
	}
	return request.rawBody;
}

/** The size of a request's body; that which the sender claims when n8n has not kept the bytes. */
export function bodySize(context: IWebhookFunctions): number {
	const { rawBody, headers } = context.getRequestObject();
	return rawBody?.length ?? Number(headers['content-length'] ?? 0);
}
