import type { Request } from 'express';
import type { PhpTree } from './phpForm';
import { toTree } from './phpForm';

/**
 * The parameters of a request as PHP's `$_REQUEST` has them: query, then form body, urlencoded or multipart. Needs
 * `express.raw` for every content type before it.
 */
export async function readParameters(request: Request): Promise<PhpTree> {
	const query = new URL(request.originalUrl, 'http://localhost').searchParams;
	return toTree([...query, ...(await bodyPairs(request))]);
}

async function bodyPairs(request: Request): Promise<Array<[string, string]>> {
	const body: unknown = request.body;
	const contentType = request.headers['content-type'] ?? '';
	if (!Buffer.isBuffer(body) || body.length === 0) return [];
	if (!contentType.startsWith('multipart/form-data')) return [...new URLSearchParams(body.toString('utf8'))];
	const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
	return [...form].filter((pair): pair is [string, string] => typeof pair[1] === 'string');
}
