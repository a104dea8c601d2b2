import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

import { scanRules } from './scripts/scanRules.mjs';

// n8n's own rules for what is shipped, typescript-eslint's for everything.
export default defineConfig(
	globalIgnores(['dist', '.data', 'coverage', '**/node_modules']),
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommended],
		rules: { '@typescript-eslint/no-explicit-any': 'error' },
	},
	{
		files: ['package.json', 'nodes/**/*.{ts,json}', 'credentials/**/*.{ts,json}'],
		extends: [scanRules],
		linterOptions: { noInlineConfig: true },
	},
);
