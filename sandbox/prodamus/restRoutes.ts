import { Router } from 'express';
import type { Faults } from './faults';
import type { PhpTree } from './phpForm';
import { readParameters } from './readParameters';
import type { RequestLog } from './requestLog';
import { REST_METHODS } from './restApi';
import type { Subscriptions } from './subscriptions';
import { SubscriptionError } from './subscriptions';

/** `/<method>/` below `/rest`: signed calls, answered in plain text (providers/prodamus.md §5). */
export function restRoutes(subscriptions: Subscriptions, requests: RequestLog, faults: Faults): Router {
	const verdictOn = (method: string, parameters: PhpTree): string => {
		const signature = requests.signatureOf(parameters);
		if (signature === 'absent') return 'signature not found in request';
		if (signature === 'wrong') return 'signature is not valid';
		try {
			REST_METHODS.get(method)?.(parameters, subscriptions);
			return 'success';
		} catch (error) {
			if (error instanceof SubscriptionError) return error.message;
			throw error;
		}
	};
	const router = Router();
	router.all('/:method/', faults.middleware, async (request, response, next) => {
		const method = String(request.params.method);
		if (!REST_METHODS.has(method)) return next();
		const parameters = await readParameters(request);
		const verdict = verdictOn(method, parameters);
		requests.record(request, 'rest', parameters, verdict);
		faults.answer(response, () => response.status(verdict === 'success' ? 200 : 400).type('text').send(verdict));
	});
	return router;
}
