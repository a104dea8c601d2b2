import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseEvents } from './events';
import { duration, instant } from './fields';
import { parseInput } from './inputError';
import { readJson, rulesFromFields, type RuleFields } from './parameters';
import { parseRules, type Rules } from './rules';
import { statementOf } from './statement';

/**
 * Calculates the customer of one item.
 *
 * @returns the item of `LoyaltyCalculator.execute` for valid input
 * @throws LoyaltyInputError when the rules, the history, the moment or the days ahead are wrong
 */
export function calculateItem(context: IExecuteFunctions, index: number): IDataObject {
	const rules = readRules(context, index);
	const asOf = parseInput(instant, context.getNodeParameter('asOf', index), 'asOf');
	// Rows of a database come in any order.
	const events = parseEvents(readJson(context.getNodeParameter('events', index), 'events')).sort((a, b) => a.at - b.at);
	const expiringWithinDays = context.getNodeParameter('expiringWithinDays', index);
	const days = parseInput(duration, expiringWithinDays, 'expiringWithinDays');
	return statementOf(rules, [...events, { type: 'tick', at: asOf }], days) as unknown as IDataObject;
}

function readRules(context: IExecuteFunctions, index: number): Rules {
	const read = (name: string, fallback?: unknown) => context.getNodeParameter(name, index, fallback);
	if (read('rulesFrom') === 'json') return parseRules(readJson(read('rulesJson'), 'rules'));
	const fields = {
		enabled: read('enabled'),
		levels: read('levels.level', []),
		tierBasis: read('tierBasis'),
		window: read('window'),
		windowDays: read('windowDays', 0),
		timezone: read('timezone'),
		moreRules: read('moreRules'),
	};
	return parseRules(rulesFromFields(fields as RuleFields));
}
