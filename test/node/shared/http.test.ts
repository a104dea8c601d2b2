import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { callApi, NoAnswerError, type ApiRequest } from '../../../nodes/shared/http';
import { Prodamus } from '../../../nodes/Prodamus/Prodamus.node';
import { freePort } from '../../../runtime/processes';
import { executeContext } from '../../support/nodeContext';

describe('callApi', () => {
	// Any node will do: only n8n's own HTTP client is used.
	const context = executeContext({ node: new Prodamus() });
	let server: Server;
	let url: string;

	beforeAll(async () => {
		server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				if (request.url === '/drop') return void request.socket.destroy();
				if (request.url === '/slow') return undefined;
				if (request.url === '/redirect') return void response.writeHead(302, { location: '/' }).end();
				if (request.url === '/empty') return void response.writeHead(204).end();
				if (request.url === '/html') return void response.writeHead(429, { 'Retry-After': '7' }).end('<h1>Slow down</h1>');
				response.setHeader('X-Request-Id', 'abc');
				return void response
					.writeHead(201, { 'content-type': 'application/json' })
					.end(JSON.stringify({ method: request.method, type: request.headers['content-type'], body: Buffer.concat(chunks).toString() }));
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});

	const call = (path: string, request: Partial<ApiRequest> = {}) => callApi(context, { method: 'GET', url: `${url}${path}`, ...request });

	test('sends the body as it is and returns status, headers, text and JSON', async () => {
		const form = 'line_items[0][price]=a%20b&c=%7B';
		const answer = await call('/', { method: 'POST', body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
		expect(answer.status).toBe(201);
		expect(answer.headers['x-request-id']).toBe('abc');
		expect(answer.json).toEqual({ method: 'POST', type: 'application/x-www-form-urlencoded', body: form });
		expect(JSON.parse(answer.text)).toEqual(answer.json);
	});

	test('sends JSON byte for byte', async () => {
		const body = '{"id": 9007199254740993, "a":"\\u0416"}';
		const answer = await call('/', { method: 'PATCH', body, headers: { 'content-type': 'application/json' } });
		expect(answer.json).toMatchObject({ method: 'PATCH', body });
	});

	test('takes every status for an answer', async () => {
		expect(await call('/empty')).toMatchObject({ status: 204, text: '', json: undefined });
		expect(await call('/html')).toMatchObject({ status: 429, headers: { 'retry-after': '7' }, json: undefined });
		expect((await call('/redirect')).status).toBe(302);
	});

	test.each([
		['a dropped connection', '/drop', {}],
		['no answer in time', '/slow', { timeoutMs: 200 }],
	])('says of %s that the request may have arrived', async (_what, path, request) => {
		const error = await call(path, request).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NoAnswerError);
		expect(error).toMatchObject({ mayHaveArrived: true });
		expect(String(error)).not.toContain(url);
	});

	test('says of a closed port that the request has not arrived, without the address', async () => {
		const error = await callApi(context, { method: 'POST', url: `http://127.0.0.1:${await freePort()}/bot1:secret/x`, body: '' }).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toMatchObject({ name: 'NoAnswerError', code: 'ECONNREFUSED', mayHaveArrived: false });
		expect(String(error)).not.toMatch(/secret|127/);
	});
});
