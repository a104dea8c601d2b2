import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { PACKAGE_NAME, ROOT } from './paths';

/**
 * Builds the package and packs it exactly as it would be published.
 *
 * @returns path of the tarball inside `targetDir`
 */
export function packPackage(targetDir: string): string {
	mkdirSync(targetDir, { recursive: true });
	run('npm run --silent build');
	const packed = run(`npm pack --json --ignore-scripts --pack-destination "${targetDir}"`);
	const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }];
	return join(targetDir, filename);
}

/**
 * Puts the packed package where n8n's own installer would put it, so that its nodes load under their real type names
 * (n8n/platform.md §6).
 */
export function installPackage(tarball: string, n8nUserFolder: string): void {
	const target = join(n8nUserFolder, '.n8n/nodes/node_modules', PACKAGE_NAME);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
}

function run(command: string): string {
	return execFileSync(command, { cwd: ROOT, shell: true as unknown as string, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
