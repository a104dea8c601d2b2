import type { Hooks } from './hookSettings';
import type { Loyalty } from './loyalty';
import type { ModeSwitch } from './modes';
import type { Salon } from './salon';
import type { Views } from './views';

/** What the endpoints of the API work on. */
export interface Service {
	readonly salon: Salon;
	readonly views: Views;
	readonly modes: ModeSwitch;
	readonly hooks: Hooks;
	readonly loyalty: Loyalty;
	/** Names of the query parameter for a master: Altegio has a second one. */
	readonly staffNames: readonly string[];
}
