import { spawn } from 'node:child_process';
import { copyFileSync, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { RuntimeProblem } from './errors';
import { ROOT, runtimeCacheDir } from './paths';
import { type Log, withProgress } from './progress';

/** n8n 2.41 refuses to start below this. */
const N8N_NODE_MAJOR = 24;

export interface N8nInstall {
	/** The Node.js binary that runs n8n. */
	node: string;
	/** n8n's own start script. */
	n8n: string;
	/** Folder whose node_modules hold n8n. */
	dir: string;
}

/**
 * Makes sure that the pinned n8n is installed and returns where it is. The first call takes some minutes; later ones,
 * from any clone with the same lock file, take none.
 *
 * @throws RuntimeProblem when npm fails, with its last lines and what to do
 */
export async function ensureN8n(log: Log): Promise<N8nInstall> {
	const dir = runtimeCacheDir();
	const n8n = join(dir, 'node_modules/n8n/bin/n8n');
	const done = join(dir, '.complete');
	if (!existsSync(done) || !existsSync(n8n)) {
		// What a cut-off attempt or a clean-up left behind can't be told from a good install: start over.
		rmSync(dir, { recursive: true, force: true });
		mkdirSync(dir, { recursive: true });
		for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
			copyFileSync(join(ROOT, 'runtime', file), join(dir, file));
		}
		await withProgress(log, 'Installing the pinned n8n (2 GB, 3-8 minutes, once)', async () => {
			// `npm ci` refuses a lock file that lacks an optional package of another platform; `install` follows the same
			// lock. Scripts stay off for everything but the one native module n8n cannot do without.
			await npm(dir, ['install', '--no-save', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund']);
		});
		await withProgress(log, 'Building the SQLite driver for it (about 2 minutes, once)', async () => {
			await npm(dir, ['rebuild', 'sqlite3']);
		});
		writeFileSync(done, '');
	}
	return { dir, node: findNode(dir), n8n };
}

function findNode(dir: string): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const binary = process.platform === 'win32' ? 'node.exe' : 'node';
	const bundled = join(dir, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary);
	if (existsSync(bundled)) return bundled;
	if (Number(process.versions.node.split('.')[0]) >= N8N_NODE_MAJOR) return process.execPath;
	throw new RuntimeProblem(
		`There is no bundled Node.js ${N8N_NODE_MAJOR} for ${process.platform} ${process.arch}, and this is Node.js ` +
			`${process.versions.node}. Install Node.js ${N8N_NODE_MAJOR} and run the command again with it.`,
	);
}

async function npm(cwd: string, args: string[]): Promise<void> {
	const logFile = join(cwd, 'install.log');
	mkdirSync(dirname(logFile), { recursive: true });
	const output = createWriteStream(logFile, { flags: 'a' });
	const child = spawn(`npm ${args.join(' ')}`, {
		cwd,
		shell: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
	});
	child.stdout.pipe(output, { end: false });
	child.stderr.pipe(output, { end: false });
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	await new Promise((resolve) => output.end(resolve));
	if (code === 0) return;
	const complaints = readFileSync(logFile, 'utf8').split('\n').filter((line) => !line.startsWith('npm warn'));
	const tail = complaints.slice(-25).join('\n').trim();
	const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(tail);
	throw new RuntimeProblem(
		`npm ${args[0]} failed while installing the pinned n8n.\n\n${tail}\n\n` +
			(offline
				? 'The package registry could not be reached: check the network and run the same command again.'
				: `The whole log is in ${logFile}. Free at least 4 GB of disk, make sure python3, make and a C++ compiler are ` +
					'there (the SQLite driver is compiled), and run the same command again.'),
	);
}
