import axios from 'axios';
import type { SandboxUrls } from '../main';

/** Where the systems are that a buyer meets, all without a trailing slash. */
export interface Stage {
	readonly n8nUrl: string;
	readonly sandbox: SandboxUrls;
	/** The ledger's database, for buyers who cannot wait for time to pass. */
	readonly ledgerUrl: string;
	/** Takes one line of progress. */
	readonly print: (line: string) => void;
}

/** A step that did not work out; the message says which one, what came back and what to look at. */
export class BuyerError extends Error {}

/** Plays one buyer from the order to the goods. */
export type Play = (stage: Stage) => Promise<unknown>;

/**
 * Makes an HTTP call to a system that may not run.
 *
 * @param system name and address, for the message
 * @throws BuyerError when nobody answers
 */
export async function reach<Answer>(system: string, call: () => Promise<Answer>): Promise<Answer> {
	try {
		return await call();
	} catch (error) {
		if (!axios.isAxiosError(error)) throw error;
		throw new BuyerError(`No answer from ${system} (${error.code ?? error.message}). Is it running? npm start`);
	}
}
