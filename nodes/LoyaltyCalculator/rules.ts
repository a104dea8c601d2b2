import { z } from 'zod';

import { isTimeZone } from '../shared/wallTime';
import { basisPoints, count, duration, id, positive } from './fields';
import { parseInput } from './inputError';

export const ROUNDINGS = ['floor', 'half_up', 'half_even', 'ceil'] as const;

const tierSchema = z.strictObject({
	name: z.string().trim().min(1, 'must not be empty'),
	/** Kopecks spent or visits, by `tierBasis`. */
	threshold: count,
	rateBps: basisPoints,
});

const tiersSchema = z
	.array(tierSchema)
	.min(1, 'needs at least one tier')
	.superRefine((tiers, context) => {
		const names = new Set<string>();
		tiers.forEach(({ name, threshold }, index) => {
			const refuse = (key: string, message: string) =>
				context.addIssue({ code: z.ZodIssueCode.custom, path: [index, key], message });
			const below = tiers[index - 1]?.threshold;
			if (below === undefined && threshold !== 0) refuse('threshold', 'must be 0 for the first tier');
			if (below !== undefined && threshold <= below) {
				refuse('threshold', `must be above that of the tier before it (${below})`);
			}
			if (names.has(name)) refuse('name', `"${name}" is there twice`);
			names.add(name);
		});
	});

const windowSchema = z.discriminatedUnion('type', [
	z.strictObject({ type: z.literal('lifetime') }),
	z.strictObject({ type: z.literal('rolling_days'), days: duration }),
]);

const rulesSchema = z
	.strictObject({
		/** Off: bookings are known and count for the tier, but nothing is posted. */
		enabled: z.boolean().default(true),
		completion: z.enum(['attended', 'attended_and_paid']).default('attended'),
		/** 100: a point is a rouble. 1: points are kopecks. */
		kopecksPerPoint: positive.default(100),
		rounding: z.enum(ROUNDINGS).default('floor'),
		tiers: tiersSchema.default([{ name: 'Standard', threshold: 0, rateBps: 300 }]),
		tierBasis: z.enum(['lifetime_spend', 'visits']).default('lifetime_spend'),
		window: windowSchema.default({ type: 'lifetime' }),
		minBaseKopecks: count.default(0),
		maxPointsPerRecord: count.nullable().default(null),
		maxPointsPerDay: count.nullable().default(null),
		/** Services that neither earn nor qualify for a tier. */
		excludedServiceIds: z
			.array(id)
			.default([])
			.transform((ids): ReadonlySet<string> => new Set(ids)),
		goodsEarn: z.boolean().default(false),
		pendingDays: duration.default(0),
		expiryDays: duration.nullable().default(null),
		expiryMonths: duration.nullable().default(null),
		negativeBalance: z.enum(['allow', 'clamp']).default('allow'),
		burnMaxPercentBps: basisPoints.nullable().default(null),
		tz: z.string().refine(isTimeZone, 'must be a time zone name, such as Europe/Moscow').default('Europe/Moscow'),
	})
	.refine(({ expiryDays, expiryMonths }) => expiryDays === null || expiryMonths === null, {
		path: ['expiryMonths'],
		message: 'cannot be combined with expiryDays: give one of them',
	});

/** The settings of a programme as they are written down; every key may be left out (domain/loyalty.md §3.1). */
export type RulesInput = z.input<typeof rulesSchema>;
/** The same, checked and complete. */
export type Rules = z.output<typeof rulesSchema>;
export type Tier = Rules['tiers'][number];

/**
 * Checks the settings and fills in what was left out.
 *
 * @throws LoyaltyInputError that names the setting and the reason
 */
export function parseRules(input: unknown): Rules {
	return parseInput(rulesSchema, input, 'rules');
}
