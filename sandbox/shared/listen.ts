import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on loopback. */
export interface Listening {
	/** Origin without a trailing slash, e.g. `http://127.0.0.1:4010`. */
	readonly url: string;
	/** Stops listening and drops open connections. */
	close(): Promise<void>;
}

/**
 * Serves `handler` on 127.0.0.1 only.
 *
 * @param port 0 picks a free one
 * @param purpose what the port is for and how to choose another one, used in the error, e.g.
 * `Prodamus sandbox (option ports.prodamus)`
 * @throws Error naming the port and the option when the port is taken
 */
export async function listenOnLoopback(handler: RequestListener, port: number, purpose: string): Promise<Listening> {
	const server = createServer(handler);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const taken = `Port ${port} is taken: choose another one for the ${purpose} or stop what listens there`;
			reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
		});
		server.listen(port, '127.0.0.1', resolve);
	});
	const { port: actualPort } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${actualPort}`,
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
