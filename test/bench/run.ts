/**
 * `npm run bench`: ratios measured side by side in one run, as a table and as JSON; `npm run bench -- crm loyalty-sync`
 * measures only these parts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { measureBilling } from './billing';
import { measureCourse } from './course';
import { measureCrm } from './crm';
import { measureIntake } from './intake';
import { measureLedgerGrowth } from './ledgerGrowth';
import { LOYALTY_PARTS } from './loyalty';
import { comparisonLine, headLine, pairLine, type Part } from './report';
import { measureSignature } from './signature';

const ROUNDS = 7;
const BILLING_ROUNDS = 3;

const PARTS: Part[] = [
	{
		name: 'signature',
		title: `Signature: ${ROUNDS} alternating rounds`,
		async measure() {
			const result = await measureSignature(ROUNDS);
			return { result, lines: [comparisonLine(result)] };
		},
	},
	{
		name: 'growth',
		title: 'Ledger growth: 1,000 against 1,000,000 old events',
		async measure(log) {
			const result = await measureLedgerGrowth({ log });
			const pair = { subject: result.large, baseline: result.small };
			return { result, lines: [pairLine('claim + finish, 1,000,000 old events / 1,000 (ms)', pair, result.ratio, 3)] };
		},
	},
	{
		name: 'intake',
		title: `Webhook: ${ROUNDS} alternating rounds on the real n8n`,
		async measure(log) {
			const result = await measureIntake(ROUNDS, log);
			const { acknowledged, fulfilled, overTrigger, latency, p95Ms } = result;
			const lines = [acknowledged, fulfilled, overTrigger, latency].map(comparisonLine);
			const p95 = pairLine('the same, 95th percentile under load (ms)', p95Ms, p95Ms.subject / p95Ms.baseline);
			return { result, lines: [...lines, p95] };
		},
	},
	{
		name: 'course',
		title: `Course: ${ROUNDS} alternating rounds on the real n8n`,
		async measure(log) {
			const result = await measureCourse(ROUNDS, log);
			const { delivery, callsPerSale: calls } = result;
			const what = 'API calls per sale, event to message, ours / built by hand';
			return { result, lines: [comparisonLine(delivery), pairLine(what, calls, calls.subject / calls.baseline)] };
		},
	},
	{
		name: 'crm',
		title: 'amoCRM: calls per payment and payments per second (about 3.5 minutes)',
		async measure(log) {
			const result = await measureCrm(log);
			const lines = result.rows.flatMap(({ name, calls, perSecond, ratio }) => [
				pairLine(`${name} (calls)`, calls, calls.subject / calls.baseline),
				pairLine(`${name} (per second)`, perSecond, ratio),
			]);
			return { result, lines };
		},
	},
	...LOYALTY_PARTS,
	{
		name: 'billing',
		title: `Billing: renewals of 10,000 plans, and ${BILLING_ROUNDS} alternating rounds on the real n8n (about 7 minutes)`,
		async measure(log) {
			const result = await measureBilling(BILLING_ROUNDS, log);
			const [by50, by500, oneByOne, slowTogether, slowOneByOne] = result.charges.map(({ perSecond }) => perSecond) as [
				number, number, number, number, number,
			];
			const charged = (what: string, subject: number, baseline: number) =>
				pairLine(`token charges, ${what} (per second)`, { subject, baseline }, subject / baseline);
			const { acknowledged, fulfilled } = result.intake;
			const lines = [
				charged('10,000 in rounds of 50 side by side / one by one, 20 ms each', by50, oneByOne),
				charged('10,000 in rounds of 500 side by side / one by one, 20 ms each', by500, oneByOne),
				charged('1,000 side by side / one by one, 250 ms each', slowTogether, slowOneByOne),
				comparisonLine(acknowledged),
				comparisonLine(fulfilled),
			];
			return { result, lines };
		},
	},
];

async function main(): Promise<void> {
	const chosen = process.argv.slice(2);
	const names = PARTS.map(({ name }) => name);
	const unknown = chosen.filter((name) => !names.includes(name));
	if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
	const parts = PARTS.filter(({ name }) => chosen.length === 0 || chosen.includes(name));

	const results: Record<string, unknown> = {};
	const lines = [headLine()];
	for (const { name, title, measure } of parts) {
		console.log(`\n${title}`);
		const measured = await measure(console.log);
		results[name] = measured.result;
		lines.push(...measured.lines);
	}
	console.log(`\n${lines.join('\n')}`);

	const folder = join(__dirname, 'results');
	mkdirSync(folder, { recursive: true });
	// A run of single parts does not take the place of a whole one.
	const file = join(folder, chosen.length === 0 ? 'bench.json' : `bench-${parts.map(({ name }) => name).join('+')}.json`);
	writeFileSync(file, JSON.stringify({ node: process.version, rounds: ROUNDS, ...results }, null, '\t'));
	console.log(`\nWritten to ${file}`);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
