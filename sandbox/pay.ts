/** `npm run pay -- <pipeline>`: plays one buyer against what `npm start` runs. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BUYERS } from './buyers';
import { BuyerError } from './buyers/buyer';

const USAGE = `
npm run pay -- <pipeline> [options]

  pipelines          ${[...BUYERS.keys()].join(', ')}
  --n8n <url>        n8n
  --prodamus <url>   the stand-in for Prodamus
  --shop <url>       the shop
  --state <file>     addresses written by npm start (default .data/addresses.json, or ADDRESSES_FILE)
`;

const addresses = z.object({ n8nUrl: z.string().url(), prodamusUrl: z.string().url(), shopUrl: z.string().url() });
type Addresses = z.infer<typeof addresses>;

/** A call of the command that cannot be served; the message is for the person at the terminal. */
class UsageError extends Error {}

async function main(): Promise<void> {
	const { values, positionals } = parseArguments();
	const [pipeline = ''] = positionals;
	const play = BUYERS.get(pipeline);
	if (!play) throw new UsageError(pipeline === '' ? 'Which pipeline?' : `There is no buyer of ${pipeline}`);
	const file = values.state ?? process.env.ADDRESSES_FILE ?? '.data/addresses.json';
	const given = { n8nUrl: values.n8n, prodamusUrl: values.prodamus, shopUrl: values.shop };
	const { n8nUrl, prodamusUrl, shopUrl } = await findAddresses(file, given);
	await play({ n8nUrl, sandbox: { prodamusUrl, shopUrl }, print: (line) => process.stdout.write(`${line}\n`) });
}

function parseArguments() {
	const text = { type: 'string' } as const;
	try {
		return parseArgs({ allowPositionals: true, options: { n8n: text, prodamus: text, shop: text, state: text } });
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

/** Addresses from the command line, the missing ones from the file. */
async function findAddresses(file: string, given: Partial<Addresses>): Promise<Addresses> {
	const named = Object.fromEntries(Object.entries(given).flatMap(([key, url]) => (url ? [[key, trimSlash(url)]] : [])));
	const complete = addresses.safeParse({ ...(await readAddresses(file)), ...named });
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

function trimSlash(url: string): string {
	return url.replace(/\/+$/, '');
}

main().catch((error: unknown) => {
	if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}`);
	else if (error instanceof BuyerError) process.stderr.write(`${error.message}\n`);
	else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	process.exitCode = 1;
});
