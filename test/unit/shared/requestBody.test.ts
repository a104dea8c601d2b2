import type { IWebhookFunctions } from 'n8n-workflow';

import { bodySize } from '../../../nodes/shared/requestBody';

const sizeOf = (request: object) =>
	bodySize({ getRequestObject: () => request } as unknown as IWebhookFunctions);

it.each([
	['that of the bytes n8n has kept', { rawBody: Buffer.from('жук'), headers: { 'content-length': '1' } }, 6],
	['zero when n8n has kept an empty body', { rawBody: Buffer.alloc(0), headers: { 'content-length': '9' } }, 0],
	['what the sender claims when n8n has kept none', { headers: { 'content-length': '2000000' } }, 2_000_000],
	['zero when nobody says', { headers: {} }, 0],
])('the size of a body is %s', (_name, request, size) => {
	expect(sizeOf(request)).toBe(size);
});
