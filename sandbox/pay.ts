/** `npm run pay -- <pipeline>`: plays one buyer against what `npm start` runs. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BUYERS } from './buyers';
import { BuyerError } from './buyers/buyer';

const USAGE = `
npm run pay -- <pipeline> [options]

  pipelines          ${[...BUYERS.keys()].join(', ')}
  --state <file>     addresses written by npm start (default .data/addresses.json)
`;

const url = z.string().url();
const addresses = z.object({
	n8nUrl: url,
	ledgerUrl: url,
	sandbox: z.object({ prodamus: url, shop: url, stripe: url, telegram: url, amocrm: url, platform: url, yclients: url, cloudpayments: url }),
});
type Addresses = z.infer<typeof addresses>;

/** A call of the command that cannot be served; the message is for the person at the terminal. */
class UsageError extends Error {}

async function main(): Promise<void> {
	const { values, positionals } = parseArguments();
	const [pipeline = ''] = positionals;
	const play = BUYERS.get(pipeline);
	if (!play) throw new UsageError(pipeline === '' ? 'Which pipeline?' : `There is no buyer of ${pipeline}`);
	const found = await findAddresses(values.state ?? '.data/addresses.json');
	await play({ ...found, print: (line) => process.stdout.write(`${line}\n`) });
}

function parseArguments() {
	try {
		return parseArgs({ allowPositionals: true, options: { state: { type: 'string' } } });
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

async function findAddresses(file: string): Promise<Addresses> {
	const complete = addresses.safeParse(await readAddresses(file));
	if (complete.success) return complete.data;
	const missing = complete.error.issues.map(({ path }) => path.join('.')).join(', ');
	throw new BuyerError(`No usable address for ${missing}. Start everything first: npm start (it writes ${file})`);
}

async function readAddresses(file: string): Promise<object> {
	try {
		const content: unknown = JSON.parse(await readFile(file, 'utf8'));
		return typeof content === 'object' && content !== null ? content : {};
	} catch {
		return {};
	}
}

main().catch((error: unknown) => {
	if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}`);
	else if (error instanceof BuyerError) process.stderr.write(`${error.message}\n`);
	else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	process.exitCode = 1;
});
