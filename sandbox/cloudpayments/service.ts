import type { Addresses } from './addresses';
import type { Notifications } from './notifications';
import type { Orders } from './orders';
import type { Payments } from './payments';
import type { Site } from './site';
import type { Subscriptions } from './subscriptions';
import type { Tokens } from './tokens';

/** The parts of the stand-in that act on the shop's site. */
export interface Service {
	readonly site: Site;
	readonly addresses: Addresses;
	readonly notifications: Notifications;
	readonly orders: Orders;
	readonly payments: Payments;
	readonly subscriptions: Subscriptions;
	readonly tokens: Tokens;
}
