import { z } from 'zod';

import { toMinor } from '../shared/money';
import { LoyaltyInputError, parseInput } from './inputError';
import type { RulesInput } from './rules';

/** The rules as the editor shows them: percentages and roubles in place of basis points and kopecks. */
export interface RuleFields {
	enabled: RulesInput['enabled'];
	levels: LevelField[];
	tierBasis: RulesInput['tierBasis'];
	window: 'lifetime' | 'rolling_days';
	windowDays: number;
	timezone: string;
	moreRules: MoreRules;
}

interface LevelField {
	name: string;
	percent: number | string;
	spentFrom?: number | string;
	visitsFrom?: number;
}

interface MoreRules {
	burnLimitPercent?: number | string;
	completion?: RulesInput['completion'];
	excludedServiceIds?: string;
	expiryDays?: number;
	expiryMonths?: number;
	goodsEarn?: boolean;
	maxPointsPerDay?: number;
	maxPointsPerRecord?: number;
	minimumAmount?: number | string;
	negativeBalance?: RulesInput['negativeBalance'];
	pendingDays?: number;
	pointValue?: number | string;
	rounding?: RulesInput['rounding'];
}

/** Reads the rules out of the editor's fields. @throws LoyaltyInputError when a percentage or an amount is none */
export function rulesFromFields(fields: RuleFields): RulesInput {
	const { burnLimitPercent, excludedServiceIds = '', minimumAmount = 0, pointValue = 1, ...rest } = fields.moreRules;
	return {
		...rest,
		enabled: fields.enabled,
		tierBasis: fields.tierBasis,
		tiers: fields.levels.map(({ name, percent, spentFrom, visitsFrom }, index) => ({
			name,
			rateBps: basisPoints(percent, `rules.tiers[${index}].rateBps`),
			threshold:
				fields.tierBasis === 'visits' ? (visitsFrom ?? 0) : kopecks(spentFrom ?? 0, `rules.tiers[${index}].threshold`),
		})),
		window: fields.window === 'lifetime' ? { type: 'lifetime' } : { type: 'rolling_days', days: fields.windowDays },
		tz: fields.timezone,
		minBaseKopecks: kopecks(minimumAmount, 'rules.minBaseKopecks'),
		kopecksPerPoint: kopecks(pointValue, 'rules.kopecksPerPoint'),
		burnMaxPercentBps:
			burnLimitPercent === undefined ? null : basisPoints(burnLimitPercent, 'rules.burnMaxPercentBps'),
		excludedServiceIds: excludedServiceIds
			.split(',')
			.map((id) => id.trim())
			.filter((id) => id !== ''),
	};
}

/** Reads a JSON parameter, which may be text or data. @throws LoyaltyInputError when the text is no JSON */
export function readJson(parameter: unknown, field: string): unknown {
	return typeof parameter === 'string' ? parseInput(jsonText, parameter, field) : parameter;
}

const jsonText = z.string().transform((text, context): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		context.addIssue({ code: z.ZodIssueCode.custom, message: 'is not valid JSON' });
		return z.NEVER;
	}
});

function kopecks(amount: number | string, field: string): number {
	return hundredths(amount, field, 'must be an amount in roubles with at most two decimals, such as 1500.50');
}

function basisPoints(percent: number | string, field: string): number {
	return hundredths(percent, field, 'must be a percentage with at most two decimals, such as 5 or 2.5');
}

/** Without a detour over floats: the digits are read as text. */
function hundredths(value: number | string, field: string, message: string): number {
	const exact = toMinor(value, 'RUB');
	if (exact === null) throw new LoyaltyInputError([{ field, message }]);
	return exact;
}
