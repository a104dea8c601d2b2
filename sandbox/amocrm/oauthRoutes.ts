import { Router } from 'express';
import { isObject } from './json';
import type { ModeSwitch } from './modes';
import { Problem } from './problem';
import type { Tokens } from './tokens';

/** The token endpoint of the account host; takes JSON and form bodies. Needs `express.raw` before it. */
export function oauthRoutes(tokens: Tokens, modes: ModeSwitch, log: (line: string) => void): Router {
	const router = Router();
	router.post('/access_token', (request, response) => {
		if (modes.current.down) return void response.status(503).end();
		try {
			const grant = tokens.exchange(readParameters(request.body, request.headers['content-type'] ?? ''));
			log('amoCRM: tokens given out');
			response.json(grant);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			log(`amoCRM: tokens refused, ${error.message}`);
			response.status(error.status).type('application/problem+json').send(JSON.stringify(error.body()));
		}
	});
	return router;
}

/** @throws Problem 400 when the body is neither a JSON object nor a form */
function readParameters(body: unknown, contentType: string): Readonly<Record<string, unknown>> {
	const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
	if (!contentType.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(text));
	const parameters = parsedJson(text);
	if (!isObject(parameters)) throw new Problem(400, 'The request body is not a JSON object');
	return parameters;
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
