import type { Account } from './account';
import type { Catalogue } from './catalogue';
import type { Checkout } from './checkout';
import type { Endpoints } from './endpoints';
import type { Events } from './events';
import type { Refunds } from './refunds';
import type { Sessions } from './sessions';
import type { Subscriptions } from './subscriptions';

/** The parts of the stand-in that act on the account. */
export interface Services {
	readonly account: Account;
	readonly catalogue: Catalogue;
	readonly checkout: Checkout;
	readonly endpoints: Endpoints;
	readonly events: Events;
	readonly refunds: Refunds;
	readonly sessions: Sessions;
	readonly subscriptions: Subscriptions;
}
