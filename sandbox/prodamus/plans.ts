/** A subscription product of the payment page. `id` is the plan, the same for all its buyers. */
export interface Plan {
	readonly id: string;
	readonly name: string;
	readonly costMinor: number;
	readonly periodDays: number;
}

/** What the sandbox page sells from the start. */
export const DEFAULT_PLANS: readonly Plan[] = [
	{ id: '1001', name: 'Клуб «Чакры» – месяц', costMinor: 99_000, periodDays: 30 },
	{ id: '1002', name: 'Клуб «Чакры» – неделя', costMinor: 29_000, periodDays: 7 },
];
