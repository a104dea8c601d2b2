import { randomUUID } from 'node:crypto';
import type { Endpoint } from '../endpoint';

/** Tells whether the keys are right. */
export const testEndpoint: Endpoint = {
	path: 'test',
	serve: () => ({ Success: true, Message: randomUUID() }),
};
