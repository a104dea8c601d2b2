import { flag, objectOrNull, text } from './lenient';

/** What a branch's notifications can be about (providers/yclients.md §4). */
const FLAGS = [
	'salon',
	'service_category',
	'service',
	'master',
	'client',
	'record',
	'good',
	'goods_operations_sale',
	'goods_operations_receipt',
	'goods_operations_consumable',
	'goods_operations_stolen',
	'goods_operations_move',
	'finances_operation',
] as const;

/** The one settings object of a branch, which everybody who listens to it shares. */
export interface HookSettings {
	urls: string[];
	active: boolean;
	/** What notifications are sent about, by YCLIENTS' names. */
	flags: Readonly<Record<string, boolean>>;
}

/** Reads the settings; a branch that never had any answers with an empty list. */
export function readSettings(data: unknown): HookSettings {
	const stored = objectOrNull(data) ?? {};
	// Clients of 2018 had a single address.
	const urls = [stored.urls ?? stored.url ?? []].flat().map((url) => text.parse(url));
	return {
		urls: [...new Set(urls.filter((url) => url !== null))],
		active: flag.parse(stored.active),
		flags: {
			...Object.fromEntries(FLAGS.map((name) => [name, false])),
			...Object.fromEntries(Object.entries(stored).filter(isFlag).map(([name, value]) => [name, flag.parse(value)])),
		},
	};
}

/** Flags we do not know are kept as well. */
function isFlag([name, value]: [string, unknown]): boolean {
	return name !== 'active' && !/(?:^|_)ids?$/.test(name) && /^(?:0|1|true|false)$/i.test(String(value));
}

/** What is written back. */
export function toBody({ urls, active, flags }: HookSettings): Record<string, unknown> {
	const bits = Object.entries(flags).map(([name, isOn]) => [name, isOn ? 1 : 0]);
	return { urls, active: active ? 1 : 0, ...Object.fromEntries(bits) };
}

/** Whether the address gets notifications about records, and no other of our door does. */
export function isRegistered({ urls, active, flags }: HookSettings, url: string): boolean {
	return active && flags.record === true && urls.filter((known) => isSameDoor(known, url)).join() === url;
}

/**
 * The settings with our address in them, also in place of one with an older secret. Other addresses and flags stay.
 */
export function withAddress({ urls, flags }: HookSettings, url: string): HookSettings {
	return {
		urls: [...urls.filter((known) => !isSameDoor(known, url)), url],
		active: true,
		flags: { ...flags, record: true },
	};
}

/** The settings without our address, whatever its secret. Other addresses and all flags stay. */
export function withoutAddress(settings: HookSettings, url: string): HookSettings {
	return { ...settings, urls: settings.urls.filter((known) => !isSameDoor(known, url)) };
}

/** An address without what stands behind its path: secrets of ours, or of other integrations. */
export function withoutSecret(url: string): string {
	const bare = withoutQuery(url);
	return bare === url ? url : `${bare}?…`;
}

/** Addresses that differ in their secret only lead to the same trigger. */
function isSameDoor(one: string, other: string): boolean {
	return withoutQuery(one) === withoutQuery(other);
}

function withoutQuery(url: string): string {
	return url.replace(/[?#].*$/s, '');
}
