import type { Html } from '../shared/html';
import { chip } from '../shared/chip';

const GOOD = new Set(['paid', 'complete', 'succeeded', 'active', 'trialing', 'won', 'no_payment_required']);
const BAD = new Set(['canceled', 'failed', 'past_due', 'lost', 'expired', 'refunded', 'needs_response']);

/** A state in the colour that fits it. */
export function stateChip(state: string): Html {
	if (GOOD.has(state)) return chip(state, 'good');
	return chip(state, BAD.has(state) ? 'bad' : 'neutral');
}
