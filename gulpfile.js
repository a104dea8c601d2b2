const { execFileSync } = require('node:child_process');
const { readFileSync, rmSync, writeFileSync } = require('node:fs');

const { dest, parallel, series, src } = require('gulp');

const { bundleLedger } = require('./scripts/bundleLedger');

const SETUP_WORKFLOW = 'workflows/operations/ledger-setup.json';
const SETUP_NODE = 'Set Up Ledger';

function clean(done) {
	rmSync('dist', { recursive: true, force: true });
	done();
}

function compile(done) {
	execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'], { stdio: 'inherit' });
	done();
}

function icons() {
	return src('icons/*.svg').pipe(dest('dist/icons'));
}

function codex() {
	return src('nodes/**/*.node.json').pipe(dest('dist/nodes'));
}

/** Puts the SQL of `ledger/` into the set-up workflow; the file is committed, and a test keeps the two in step. */
function ledger(done) {
	const workflow = JSON.parse(readFileSync(SETUP_WORKFLOW, 'utf8'));
	const node = workflow.nodes.find(({ name }) => name === SETUP_NODE);
	node.parameters.query = bundleLedger('ledger');
	const text = `${JSON.stringify(workflow, null, 2)}\n`;
	if (text !== readFileSync(SETUP_WORKFLOW, 'utf8')) writeFileSync(SETUP_WORKFLOW, text);
	done();
}

exports.clean = clean;
exports.ledger = ledger;
exports.build = series(clean, parallel(compile, ledger), parallel(icons, codex));
