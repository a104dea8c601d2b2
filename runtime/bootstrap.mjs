/**
 * The first thing `npm start`, `npm test`, `npm run pay` and `npm run bench` run. It imports nothing but Node's own
 * modules, so it works on a fresh clone: it installs the development packages when they are missing or older than the
 * lock file, and then hands over to the TypeScript script it was given.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	fail(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`);
}

installDevelopmentPackages();
const child = spawn(process.execPath, ['--import', 'tsx', join(root, script), ...args], {
	cwd: root,
	stdio: 'inherit',
});
// Ctrl-C reaches the child through the terminal; a signal sent to this process alone must be passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

function installDevelopmentPackages() {
	const marker = join(root, 'node_modules/.payment-fulfillment-lock');
	const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
	if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
	console.log('Installing the development packages (about a minute, once) …');
	// `npm ci` refuses a lock file that lacks an optional package of another platform; `install` follows the same lock.
	// Through the shell, because npm is a .cmd file on Windows. The words are fixed: nothing to quote.
	const npm = spawnSync('npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error', {
		cwd: root,
		stdio: 'inherit',
		shell: true,
	});
	if (npm.status !== 0) {
		fail(
			'npm could not install the packages. If the lines above speak of a network error, connect and run the same ' +
				'command again; otherwise delete the folder node_modules first.',
		);
	}
	writeFileSync(marker, lock);
}

function fail(message) {
	console.error(`\n${message}\n`);
	process.exit(1);
}
