import { z } from 'zod';
import { readBody } from './apiError';

/** The webhook settings of the branch; everybody shares them (providers/yclients.md §4). */
export interface HookSettings {
	readonly urls: readonly string[];
	readonly active: 0 | 1;
	/** By resource; there are flags the page does not list, which a careful writer keeps. */
	readonly flags: Readonly<Record<string, 0 | 1>>;
}

const FLAGS = [
	'salon', 'service_category', 'service', 'master', 'client', 'record', 'good', 'goods_operations_sale',
	'goods_operations_receipt', 'goods_operations_consumable', 'goods_operations_stolen', 'goods_operations_move',
	'finances_operation', 'schedule', 'loyalty_card',
] as const;

const flag = z
	.union([z.boolean(), z.literal(0), z.literal(1), z.literal('0'), z.literal('1')], {
		errorMap: () => ({ message: 'Значение должно быть 0 или 1' }),
	})
	.transform((value): 0 | 1 => (Number(value) === 1 ? 1 : 0));

const newSettings = z.object({
	urls: z.array(z.string().url('Неверный адрес')).default([]),
	active: flag.default(0),
	...Object.fromEntries(FLAGS.map((name) => [name, flag.default(0)])),
});

export class Hooks {
	private settings: HookSettings;

	/** @param firstUrl gets records from the start; null when nobody listens yet */
	constructor(private readonly firstUrl: string | null) {
		this.settings = initial(firstUrl);
	}

	get current(): HookSettings {
		return this.settings;
	}

	/** Where an event of this resource goes. */
	urlsFor(resource: 'record' | 'client'): readonly string[] {
		return this.settings.active === 1 && this.settings.flags[resource] === 1 ? this.settings.urls : [];
	}

	/**
	 * Puts these settings in the place of the former: what is left out is off or gone, other people's addresses too.
	 *
	 * @throws ApiError 422
	 */
	replace(body: unknown): void {
		const { urls, active, ...rest } = readBody(newSettings, body);
		const flags = z.record(z.union([z.literal(0), z.literal(1)])).parse(rest);
		this.settings = { urls: [...new Set(urls)], active, flags };
	}

	reset(): void {
		this.settings = initial(this.firstUrl);
	}

	/** As the API shows it. */
	toJson(): object {
		const { urls, active, flags } = this.settings;
		return { urls, active, ...flags };
	}
}

function initial(firstUrl: string | null): HookSettings {
	const isOn = firstUrl === null ? 0 : 1;
	const none = Object.fromEntries(FLAGS.map((name): [string, 0 | 1] => [name, 0]));
	return { urls: firstUrl === null ? [] : [firstUrl], active: isOn, flags: { ...none, record: isOn } };
}
