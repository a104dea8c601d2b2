import type { Request } from 'express';
import type { Clock } from './clock';
import type { Journal, Received } from './journal';
import type { PhpTree } from './phpForm';
import { textOf } from './phpForm';
import type { PageSettings } from './settings';
import { signTree } from './signature';

/** Checks the signatures of what comes in and writes it down. */
export class RequestLog {
	constructor(
		private readonly settings: PageSettings,
		private readonly clock: Clock,
		private readonly journal: Journal,
		private readonly log: (line: string) => void,
	) {}

	/** How the `signature` parameter stands to the other parameters and the page's secret. */
	signatureOf(parameters: PhpTree): Received['signature'] {
		const given = textOf(parameters, 'signature');
		if (given === '') return 'absent';
		return given.toLowerCase() === signTree(parameters, this.settings.secret) ? 'valid' : 'wrong';
	}

	record(request: Request, kind: Received['kind'], parameters: PhpTree, verdict: string): void {
		const { method, path } = request;
		const signature = this.signatureOf(parameters);
		this.journal.recordReceived({
			at: this.clock.now().toISOString(), kind, method, path, parameters, signature, verdict,
		});
		this.log(`Prodamus: ${kind} ${method} ${path}, signature ${signature}: ${verdict}`);
	}
}
