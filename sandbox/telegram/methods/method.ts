import type { CallParameters } from '../callParameters';
import type { World } from '../world';

/** A method of the Bot API: its answer is `result`. Throws ApiError when it refuses. */
export type Method = (call: CallParameters, world: World) => unknown;

/** A result that comes with words, as those of `setWebhook` do. */
export class Described {
	constructor(
		readonly result: unknown,
		readonly description: string,
	) {}
}
