import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureN8n } from '../../runtime/install';
import { N8n } from '../../runtime/n8n';
import { installPackage } from '../../runtime/packaging';
import { freePortForN8n } from '../../runtime/processes';
import { readWorkflows } from '../../runtime/workflows';

const ROOT = join(__dirname, '../..');

let folder: string;
let tarball: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-package-'));
	tarball = process.env.PAYMENT_FULFILLMENT_TARBALL ?? '';
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what an n8n needs and nothing else', () => {
	const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((path) => path.replace(/^package\//, ''));
	const places = new Set(files.map((path) => (path.includes('/') ? `${path.split('/')[0]}/` : path)));
	expect([...places].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'README.ru.md', 'dist/', 'ledger/', 'package.json', 'workflows/']);
	expect(files.filter((path) => /(^|\/)(test|fixtures|sandbox|runtime)\/|\.test\.|\.map$/.test(path))).toEqual([]);

	const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })) as {
		dependencies?: unknown;
		peerDependencies: unknown;
		n8n: { nodes: string[]; credentials: string[] };
	};
	expect(manifest.dependencies).toBeUndefined();
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	for (const path of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) expect(files).toContain(path);
	const built = files.filter((path) => /\.(node|credentials)\.js$/.test(path)).sort();
	expect(built).toEqual([...manifest.n8n.nodes, ...manifest.n8n.credentials].sort());
});

describe("the code rules of n8n's verification scan, inline disables ignored", () => {
	const scan = (target: string, ...globs: string[]) =>
		spawnSync(process.execPath, [join(ROOT, 'scripts/scanPackage.mjs'), target, ...globs], {
			cwd: ROOT,
			encoding: 'utf8',
			// Jest sets it to "test", which makes n8n's lint plugin take every file for a fixture of its own.
			env: { ...process.env, NODE_ENV: 'production' },
		});

	test('hold for the source', () => {
		const { status, stdout } = scan(ROOT, 'package.json', '{nodes,credentials}/**/*.{js,ts,json}');
		expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/\n\d{2,} files scanned, 0 errors/) });
	}, 120_000);

	test('hold for the unpacked tarball', () => {
		const unpacked = join(folder, 'unpacked');
		execFileSync('mkdir', ['-p', unpacked]);
		execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
		const { status, stdout } = scan(unpacked, '**/*.js', 'package.json');
		expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/\n\d{2,} files scanned, 0 errors/) });
	}, 120_000);

	test('notice what they forbid', () => {
		const bad = mkdtempSync(join(folder, 'bad-'));
		execFileSync('sh', ['-c', `printf 'require("node:fs"); console.log(1); // eslint-disable-line' > "${bad}/index.js"`]);
		const { status, stdout } = scan(bad, '**/*.js');
		expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('no-restricted-imports') });
	}, 60_000);
});

test('the pinned n8n knows every node type and version that the workflows use', async () => {
	const n8n = new N8n(await ensureN8n(() => {}), join(folder, 'n8n'), await freePortForN8n());
	installPackage(tarball, n8n.folder);
	const output = join(folder, 'nodes.json');
	await n8n.command('export:nodes', `--output=${output}`);
	const known = JSON.parse(readFileSync(output, 'utf8')) as { name: string; version: number | number[] }[];

	const unknown = readWorkflows().flatMap((workflow) =>
		workflow.nodes
			.filter(({ type, typeVersion }) => !known.some(({ name, version }) => name === type && [version].flat().includes(typeVersion)))
			.map(({ type, typeVersion }) => `${workflow.name}: ${type} ${typeVersion}`),
	);
	expect(unknown).toEqual([]);
}, 120_000);
