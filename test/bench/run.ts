/** `npm run bench`: ratios measured side by side in one run, as a table and as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { measureCourse } from './course';
import { measureCrm } from './crm';
import { measureIntake } from './intake';
import { measureLedgerGrowth } from './ledgerGrowth';
import { type Comparison, median } from './rounds';
import { measureSignature } from './signature';

const ROUNDS = 7;

async function main(): Promise<void> {
	console.log(`\nSignature: ${ROUNDS} alternating rounds`);
	const signature = await measureSignature(ROUNDS);
	console.log('\nLedger growth: 1,000 against 1,000,000 old events');
	const growth = await measureLedgerGrowth({ log: console.log });
	console.log(`\nWebhook: ${ROUNDS} alternating rounds on the real n8n`);
	const intake = await measureIntake(ROUNDS, console.log);
	console.log(`\nCourse: ${ROUNDS} alternating rounds on the real n8n`);
	const course = await measureCourse(ROUNDS, console.log);
	console.log('\namoCRM: calls per payment and payments per second (about 3.5 minutes)');
	const crm = await measureCrm(console.log);

	console.log(`\n${'what'.padEnd(78)} ${'subject'.padStart(12)} ${'baseline'.padStart(12)} ${'ratio'.padStart(8)}`);
	for (const comparison of [intake.acknowledged, intake.fulfilled, intake.overTrigger, intake.latency, course.delivery, signature]) row(comparison);
	console.log(
		`${'claim + finish, 1,000,000 old events / 1,000 (ms)'.padEnd(78)} ${growth.large.toFixed(3).padStart(12)} ` +
			`${growth.small.toFixed(3).padStart(12)} ${growth.ratio.toFixed(2).padStart(8)}`,
	);
	const { callsPerSale } = course;
	line('API calls per sale, event to message, ours / built by hand', callsPerSale, callsPerSale.subject / callsPerSale.baseline);
	for (const { name, calls, perSecond, ratio } of crm.rows) {
		line(`${name} (calls)`, calls, calls.subject / calls.baseline);
		line(`${name} (per second)`, perSecond, ratio);
	}
	const { subject, baseline } = intake.p95Ms;
	console.log(`\n95th percentile under load: ${subject.toFixed(0)} ms, bare ${baseline.toFixed(0)} ms`);

	const folder = join(__dirname, 'results');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, 'bench.json');
	writeFileSync(file, JSON.stringify({ node: process.version, rounds: ROUNDS, intake, course, crm, signature, growth }, null, '\t'));
	console.log(`Written to ${file}`);
}

function row({ name, unit, subject, baseline, ratio }: Comparison): void {
	const cell = (values: number[]) => median(values).toFixed(1).padStart(12);
	console.log(`${`${name} (${unit})`.padEnd(78)} ${cell(subject)} ${cell(baseline)} ${ratio.toFixed(2).padStart(8)}`);
}

function line(what: string, { subject, baseline }: { subject: number; baseline: number }, ratio: number): void {
	const cells = [subject, baseline].map((value) => value.toFixed(2).padStart(12)).join(' ');
	console.log(`${what.padEnd(78)} ${cells} ${ratio.toFixed(2).padStart(8)}`);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
