/**
 * Four layers, one runner. `unit` needs nothing but Node; `node` adds HTTP on loopback; `ledger` needs PGlite and a
 * PostgreSQL server; `e2e` boots the pinned n8n.
 */
const layer = (name, extra = {}) => ({
	displayName: name,
	rootDir: __dirname,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/runtime/node_modules'],
	...extra,
});

const patient = { setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'] };

module.exports = {
	projects: [
		layer('unit'),
		layer('node', patient),
		layer('ledger', patient),
		layer('e2e', {
			...patient,
			globalSetup: '<rootDir>/test/e2e/support/globalSetup.ts',
			globalTeardown: '<rootDir>/test/e2e/support/globalTeardown.ts',
		}),
	],
};
