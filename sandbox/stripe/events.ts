import type { Account } from './account';
import type { Deliveries } from './deliveries';
import { DEFAULT_API_VERSION, type StripeEvent, type StripeObject } from './objects';

const BY_NOBODY: StripeEvent['request'] = { id: null, idempotency_key: null };

/** Writes down what happens, as Stripe's events, and has them delivered. */
export class Events {
	private cause = BY_NOBODY;

	constructor(
		private readonly account: Account,
		private readonly deliveries: Deliveries,
	) {}

	/** Runs one API call; the events it causes name it. */
	during<Result>(cause: StripeEvent['request'], run: () => Result): Result {
		this.cause = cause;
		try {
			return run();
		} finally {
			this.cause = BY_NOBODY;
		}
	}

	/** @param before the object before a change: gives `previous_attributes` */
	emit(type: string, object: StripeObject, before?: StripeObject): StripeEvent {
		const event = this.account.events.add({
			...this.account.newObject('evt', 'event'),
			api_version: DEFAULT_API_VERSION,
			data: {
				object: structuredClone(object),
				...(before && { previous_attributes: changedFields(before, object) }),
			},
			pending_webhooks: 0,
			request: this.cause,
			type,
		});
		this.deliveries.accept(event);
		return event;
	}

	/** Changes an object and tells it. */
	update<Changed extends StripeObject>(type: string, object: Changed, change: (object: Changed) => void): StripeEvent {
		const before = structuredClone(object);
		change(object);
		return this.emit(type, object, before);
	}
}

/** The old values of the top-level fields that differ. */
function changedFields(before: StripeObject, after: StripeObject): Record<string, unknown> {
	const now = new Map<string, unknown>(Object.entries(after));
	const isSame = ([key, value]: [string, unknown]) => JSON.stringify(value) === JSON.stringify(now.get(key));
	return Object.fromEntries(Object.entries(before).filter((field) => !isSame(field)));
}
