/**
 * `npm test`: lint, type check, then all layers; `npm test -- unit node` runs only those layers. Ends with one line of
 * counts over all layers.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureN8n } from '../runtime/install';

const ROOT = join(__dirname, '..');
const LAYERS = ['unit', 'node', 'ledger', 'e2e'] as const;
type Layer = (typeof LAYERS)[number];

interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}

async function main(): Promise<number> {
	const chosen = process.argv.slice(2);
	const unknown = chosen.filter((name) => !(LAYERS as readonly string[]).includes(name));
	if (unknown.length > 0) throw new Error(`No such layer: ${unknown.join(', ')}. There are ${LAYERS.join(', ')}.`);
	const layers = LAYERS.filter((layer) => chosen.length === 0 || chosen.includes(layer));

	if (chosen.length === 0) {
		run('Build', 'gulp', ['build']);
		run('Lint', 'eslint', ['.', '--max-warnings=0']);
		run('Type check', 'tsc', ['-p', 'tsconfig.dev.json']);
	}
	if (layers.includes('e2e')) await ensureN8n(console.log);

	const total: Counts = { passed: 0, failed: 0, skipped: 0 };
	for (const layer of layers) {
		const counts = runLayer(layer);
		total.passed += counts.passed;
		total.failed += counts.failed;
		total.skipped += counts.skipped;
	}
	if (total.skipped > 0) console.error('\nSkipped tests count as failed: every service must be there.');
	console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
	return total.failed > 0 || total.skipped > 0 || total.passed === 0 ? 1 : 0;
}

/** Jest in a process of its own per layer. A suite that does not even load counts as one failure. */
function runLayer(layer: Layer): Counts {
	console.log(`\n=== ${layer} ===`);
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-test-'));
	try {
		const report = join(folder, 'report.json');
		// End-to-end tests share ports and the two cores with a whole n8n: one after the other.
		const inBand = layer === 'e2e' || layer === 'ledger' ? ['--runInBand'] : [];
		const { status } = spawn('jest', ['--selectProjects', layer, '--json', `--outputFile=${report}`, ...inBand]);
		const result = JSON.parse(readFileSync(report, 'utf8')) as {
			numPassedTests: number;
			numFailedTests: number;
			numPendingTests: number;
			numTodoTests: number;
			numRuntimeErrorTestSuites: number;
		};
		const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
		return {
			passed: result.numPassedTests,
			// Jest can fail without a failed test, for example when nothing was found.
			failed: failed === 0 && status !== 0 ? 1 : failed,
			skipped: result.numPendingTests + result.numTodoTests,
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function run(title: string, tool: string, args: string[]): void {
	console.log(`\n=== ${title} ===`);
	const { status } = spawn(tool, args);
	if (status !== 0) {
		console.error(`\n${title} failed.`);
		console.log('\n0 passed, 1 failed, 0 skipped');
		process.exit(1);
	}
}

function spawn(tool: string, args: string[]) {
	return spawnSync(join(ROOT, 'node_modules/.bin', tool), args, {
		cwd: ROOT,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
