import { createServer, Socket, type AddressInfo, type Server } from 'node:net';

/** One stop of the traffic between n8n and the ledger. */
export interface Hold {
	/** Resolves once traffic with the pattern has been stopped. */
	reached: Promise<void>;
	/** Lets the stopped traffic go on. */
	release(): void;
	/** Throws the stopped traffic away with its connection, because its sender is dead. */
	discard(): void;
}

interface Trap {
	pattern: string;
	/** `request`: the query never leaves. `response`: it is carried out, but its caller does not hear of it. */
	side: 'request' | 'response';
	spring(connection: Connection): void;
}

/**
 * A TCP relay in front of the ledger's database. It lets a test stop the world exactly before or after a given query
 * was carried out, which is where a crash hurts.
 */
export class LedgerProxy {
	private readonly traps = new Set<Trap>();
	private readonly counters = new Map<string, number>();
	private readonly connections = new Set<Connection>();

	private constructor(private readonly server: Server) {}

	static async start(targetPort: number, port = 0): Promise<LedgerProxy> {
		const server = createServer({ noDelay: true });
		const proxy = new LedgerProxy(server);
		server.on('connection', (client) => {
			const connection = new Connection(client, targetPort, (chunk) => proxy.match(chunk, connection));
			proxy.connections.add(connection);
			client.once('close', () => proxy.connections.delete(connection));
		});
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, '127.0.0.1', resolve);
		});
		return proxy;
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	/** Stops the first query that contains the pattern, before or after the database has carried it out. */
	hold(pattern: string, side: Trap['side']): Hold {
		let held: Connection | undefined;
		let remove: () => void = () => {};
		const reached = new Promise<void>((resolve) => {
			const trap: Trap = {
				pattern,
				side,
				spring: (connection) => {
					this.traps.delete(trap);
					held = connection;
					if (side === 'request') connection.pauseRequests();
					else connection.pauseResponses(resolve);
					if (side === 'request') resolve();
				},
			};
			this.traps.add(trap);
			remove = () => this.traps.delete(trap);
		});
		const end = (close: (connection: Connection) => void) => () => {
			remove();
			if (held) close(held);
		};
		return { reached, release: end((connection) => connection.resume()), discard: end((connection) => connection.destroy()) };
	}

	/** Counts the queries that contain the pattern from now on; call the result to read the count. */
	count(pattern: string): () => number {
		this.counters.set(pattern, 0);
		return () => this.counters.get(pattern) ?? 0;
	}

	async close(): Promise<void> {
		for (const connection of this.connections) connection.destroy();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private match(chunk: Buffer, connection: Connection): void {
		for (const [pattern, count] of this.counters) {
			if (chunk.includes(pattern)) this.counters.set(pattern, count + 1);
		}
		for (const trap of this.traps) {
			if (chunk.includes(trap.pattern)) return trap.spring(connection);
		}
	}
}

class Connection {
	private readonly upstream = new Socket();
	private requestsPaused = false;
	private responsesPaused = false;
	private onResponse?: () => void;
	private heldRequests: Buffer[] = [];
	private heldResponses: Buffer[] = [];

	constructor(
		private readonly client: Socket,
		targetPort: number,
		inspect: (chunk: Buffer) => void,
	) {
		this.upstream.setNoDelay(true);
		this.upstream.connect(targetPort, '127.0.0.1');
		client.on('data', (chunk: Buffer) => {
			inspect(chunk);
			if (this.requestsPaused) this.heldRequests.push(chunk);
			else this.upstream.write(chunk);
		});
		this.upstream.on('data', (chunk: Buffer) => {
			if (!this.responsesPaused) return void client.write(chunk);
			this.heldResponses.push(chunk);
			this.onResponse?.();
		});
		for (const socket of [client, this.upstream]) {
			socket.on('error', () => this.destroy());
			socket.on('close', () => this.destroy());
		}
	}

	pauseRequests(): void {
		this.requestsPaused = true;
	}

	/** `then` is called when the database has answered, that is when the query has been carried out. */
	pauseResponses(then: () => void): void {
		this.responsesPaused = true;
		this.onResponse = then;
	}

	resume(): void {
		this.requestsPaused = false;
		this.responsesPaused = false;
		for (const chunk of this.heldRequests.splice(0)) this.upstream.write(chunk);
		for (const chunk of this.heldResponses.splice(0)) this.client.write(chunk);
	}

	destroy(): void {
		this.client.destroy();
		this.upstream.destroy();
	}
}
