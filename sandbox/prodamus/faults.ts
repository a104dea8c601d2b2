import type { RequestHandler, Response } from 'express';

/** What happens to a merchant's request instead of, or besides, being served. */
export type Fault =
	/** Answers `status`; with `apply` only after the request took effect, as a gateway does that lost the answer. */
	| { readonly kind: 'fail'; readonly status: number; readonly apply: boolean }
	/** Cuts the connection without an answer. */
	| { readonly kind: 'drop'; readonly apply: boolean }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number };

/** Faults waiting for the merchant's next requests: `do=link` and REST, not the pages a buyer sees. */
export class Faults {
	private readonly queue: Fault[] = [];
	private readonly late = new WeakMap<Response, Fault>();

	/** The next `count` requests meet this fault. */
	add(fault: Fault, count: number): void {
		for (let added = 0; added < count; added += 1) this.queue.push(fault);
	}

	clear(): void {
		this.queue.length = 0;
	}

	/** Meets the next fault, if one waits. */
	readonly middleware: RequestHandler = async (_request, response, next) => {
		const fault = this.queue.shift();
		if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
		else if (fault?.apply) this.late.set(response, fault);
		else if (fault) return strike(response, fault);
		next();
	};

	/** Sends the answer of a request that took effect, unless the answer is to get lost. */
	answer(response: Response, send: () => void): void {
		const fault = this.late.get(response);
		if (fault) strike(response, fault);
		else send();
	}
}

function strike(response: Response, fault: Fault): void {
	if (fault.kind === 'fail') response.status(fault.status).type('text').send(`Sandbox fault ${fault.status}`);
	else response.socket?.destroy();
}
