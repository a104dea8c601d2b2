import type { Request, Response } from 'express';
import express, { Router } from 'express';
import { ApiError } from './apiError';
import type { Bot } from './bot';
import type { ApiAnswer, BotApi } from './botApi';
import { refusal } from './botApi';
import { CallParameters, readParameters } from './callParameters';
import type { Faults } from './faults';

/** `/bot<token>/<method>`. */
const CALL = /^\/bot([^/]*)\/([^/]*)\/?$/;
const NO_PARAMETERS = new CallParameters(new Map());

/** The Bot API over HTTP (providers/telegram.md §1). */
export function apiRoutes(api: BotApi, bot: Bot, faults: Faults): Router {
	const serve = async (request: Request, response: Response, token: string, method: string): Promise<void> => {
		const verdict = bot.check(token);
		if (verdict === 'malformed') return send(response, refusal(new ApiError(404, 'Not Found')));
		if (verdict === 'wrong') return send(response, refusal(new ApiError(401, 'Unauthorized')));
		const call = await readParameters(request).catch((error: unknown) => {
			if (!(error instanceof ApiError)) throw error;
			send(response, refusal(error));
			api.record(method, NO_PARAMETERS, refusal(error), { from: 'http', isApplied: false });
		});
		if (!call) return;
		const record = (answer: ApiAnswer | null, isApplied: boolean) =>
			api.record(method, call, answer, { from: 'http', isApplied });
		const fault = faults.take(method.toLowerCase());
		if (fault?.kind === 'fail') {
			record(refusal(fault.error), false);
			return send(response, refusal(fault.error));
		}
		if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
		const isServed = fault?.kind !== 'drop' || fault.apply;
		const answer = isServed ? await api.serve(method, call) : null;
		const isApplied = answer?.status === 200;
		if (!answer || fault?.kind === 'drop') {
			record(null, isApplied);
			request.socket.destroy();
			return;
		}
		record(answer, isApplied);
		send(response, answer);
	};

	const router = Router();
	router.use((request, _response, next) => {
		if (faults.isDown) request.socket.destroy();
		else next();
	});
	router.use(express.raw({ type: () => true, limit: '1mb' }));
	router.use(async (request, response) => {
		const [path, token = '', method = ''] = CALL.exec(request.path.replace(/%3a/i, ':')) ?? [];
		if (path === undefined) return send(response, refusal(new ApiError(404, 'Not Found')));
		if (request.method === 'GET' || request.method === 'POST') return await serve(request, response, token, method);
		send(response, refusal(new ApiError(405, 'Method Not Allowed')));
	});
	return router;
}

function send(response: Response, { status, body, retryAfter }: ApiAnswer): void {
	if (retryAfter !== null) response.set('Retry-After', String(retryAfter));
	// Above 501 it is not the Bot API that answers, but the web server before it.
	if (status > 501) response.status(status).type('html').send(`<html><head><title>${status}</title></head></html>`);
	else response.status(status).json(body);
}
