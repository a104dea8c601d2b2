import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

import axios, { type AxiosInstance } from 'axios';

import { RuntimeProblem } from './errors';
import type { N8nInstall } from './install';
import { killProcess, stopProcess, waitUntil } from './processes';

const BOOT_TIMEOUT_MS = 180_000;
const STOP_GRACE_MS = 20_000;

interface LocalSecrets {
	encryptionKey: string;
	ownerPassword: string;
}

/** The account `npm start` opens the editor with. It exists on loopback only, with a password of its own per folder. */
export const OWNER_EMAIL = 'owner@example.com';

/** One n8n with a user folder of its own. It can be stopped or killed and started again on the same folder. */
export class N8n {
	readonly url: string;
	readonly ownerPassword: string;
	private readonly env: NodeJS.ProcessEnv;
	private child?: ChildProcess;

	constructor(
		private readonly install: N8nInstall,
		/** n8n's user folder: database, encryption key, installed nodes. */
		readonly folder: string,
		private readonly port: number,
		extraEnv: NodeJS.ProcessEnv = {},
	) {
		mkdirSync(folder, { recursive: true });
		const secrets = this.secrets();
		this.url = `http://127.0.0.1:${port}`;
		this.ownerPassword = secrets.ownerPassword;
		this.env = { ...this.baseEnv(secrets), ...extraEnv };
	}

	/** Runs one of n8n's own commands, for example `import:workflow`. */
	async command(...args: string[]): Promise<void> {
		try {
			await promisify(execFile)(this.install.node, [this.install.n8n, ...args], {
				env: this.env,
				maxBuffer: 64 * 1024 * 1024,
			});
		} catch (error) {
			const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
			throw new RuntimeProblem(`n8n ${args[0]} failed:\n${`${stdout}\n${stderr}`.trim().slice(-2000)}`);
		}
	}

	/** Starts n8n and waits until it says that it is ready for webhooks. */
	async start(): Promise<void> {
		const child = spawn(this.install.node, [this.install.n8n, 'start'], {
			env: this.env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.child = child;
		const log = createWriteStream(this.logFile, { flags: 'a' });
		child.stdout?.pipe(log, { end: false });
		child.stderr?.pipe(log, { end: false });
		child.once('exit', () => log.end());
		await waitUntil(
			async () => {
				if (child.exitCode !== null || child.signalCode !== null) {
					throw new RuntimeProblem(`n8n ended while starting:\n${this.tailOfLog()}`);
				}
				return await this.isReady();
			},
			{ timeoutMs: BOOT_TIMEOUT_MS, otherwise: () => `n8n did not become ready:\n${this.tailOfLog()}` },
		);
	}

	async stop(): Promise<void> {
		if (this.child) await stopProcess(this.child, STOP_GRACE_MS);
	}

	/** Ends n8n as a power cut would. */
	async kill(): Promise<void> {
		if (this.child) await killProcess(this.child);
	}

	/** Calls `listener` when the process ends without having been asked to. */
	onUnexpectedExit(listener: () => void): void {
		this.child?.once('exit', listener);
	}

	async isReady(): Promise<boolean> {
		try {
			const { status } = await axios.get(`${this.url}/healthz/readiness`, { timeout: 2_000, validateStatus: () => true });
			return status === 200;
		} catch {
			return false;
		}
	}

	/** True once a published GET endpoint is registered. */
	async takesWebhooks(path: string): Promise<boolean> {
		const { status } = await axios.get(`${this.url}/webhook/${path}`, { timeout: 5_000, validateStatus: () => true });
		return status !== 404;
	}

	/** A client of n8n's own REST interface, logged in as the owner. */
	async login(): Promise<AxiosInstance> {
		const client = axios.create({ baseURL: `${this.url}/rest`, timeout: 30_000, headers: { 'browser-id': 'runtime' } });
		const answer = await client.post('/login', { emailOrLdapLoginId: OWNER_EMAIL, password: this.ownerPassword });
		const cookies = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]);
		client.defaults.headers.common.cookie = cookies.join('; ');
		return client;
	}

	get logFile(): string {
		return join(this.folder, 'n8n.log');
	}

	private tailOfLog(): string {
		return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').slice(-2000) : '';
	}

	private secrets(): LocalSecrets {
		const file = join(this.folder, 'secrets.json');
		if (!existsSync(file)) {
			const made: LocalSecrets = {
				encryptionKey: randomBytes(24).toString('hex'),
				// n8n asks for a capital letter and a digit.
				ownerPassword: `A1${randomBytes(6).toString('hex')}`,
			};
			writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
		}
		return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
	}

	private baseEnv({ encryptionKey, ownerPassword }: LocalSecrets): NodeJS.ProcessEnv {
		const { hashSync } = createRequire(join(this.install.dir, 'package.json'))('bcryptjs') as {
			hashSync(password: string, rounds: number): string;
		};
		// Settings of an n8n that the caller runs elsewhere must not leak into this one.
		const inherited = Object.entries(process.env).filter(([name]) => !/^(N8N|DB|EXECUTIONS|QUEUE|WEBHOOK)_/.test(name));
		return {
			...Object.fromEntries(inherited),
			NODE_ENV: 'production',
			N8N_USER_FOLDER: this.folder,
			N8N_ENCRYPTION_KEY: encryptionKey,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(this.port),
			N8N_RUNNERS_BROKER_PORT: String(this.port + 1),
			N8N_WEBHOOK_URL: `${this.url}/`,
			N8N_SECURE_COOKIE: 'false',
			N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
			N8N_INSTANCE_OWNER_EMAIL: OWNER_EMAIL,
			N8N_INSTANCE_OWNER_FIRST_NAME: 'Local',
			N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
			N8N_INSTANCE_OWNER_PASSWORD_HASH: hashSync(ownerPassword, 10),
			// Nothing leaves loopback.
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_DISABLED_MODULES: 'instance-reporting,mcp-registry',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			EXTERNAL_FRONTEND_HOOKS_URLS: '',
			N8N_REINSTALL_MISSING_PACKAGES: 'false',
		};
	}
}
