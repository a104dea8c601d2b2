/**
 * n8n's verification scan as far as it concerns code, with inline disables ignored:
 * `node scripts/scanPackage.mjs <folder> <glob> [<glob> …]`. Exits 1 on any error.
 */
import { resolve } from 'node:path';

import { ESLint } from 'eslint';

import { scanRules } from './scanRules.mjs';

const [folder, ...patterns] = process.argv.slice(2);
if (!folder || patterns.length === 0) {
	console.error('usage: node scripts/scanPackage.mjs <folder> <glob> [<glob> …]');
	process.exit(2);
}

const eslint = new ESLint({
	cwd: resolve(folder),
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: scanRules,
});
const results = await eslint.lintFiles(patterns);
const formatter = await eslint.loadFormatter('stylish');
console.log((await formatter.format(results)) || 'no findings');
const errors = results.reduce((sum, { errorCount }) => sum + errorCount, 0);
console.log(`${results.length} files scanned, ${errors} errors`);
process.exit(errors > 0 ? 1 : 0);
