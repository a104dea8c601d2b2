import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PIPELINE_IDS } from '../sandbox/amocrm/defaultAccount';
import { startSandbox, type Sandbox } from '../sandbox/main';
import { credentialsFor, SANDBOX_BRANCH, SANDBOX_SECRETS } from './credentials';
import { ensureN8n } from './install';
import { LedgerServer } from './ledger';
import { N8n } from './n8n';
import { installPackage, packPackage } from './packaging';
import type { StackPorts } from './ports';
import { waitUntil } from './processes';
import { type Log, withProgress } from './progress';
import {
	importCredentials,
	importWorkflows,
	inPublishingOrder,
	publishWorkflows,
	readWorkflows,
	withSettings,
	type WorkflowFile,
} from './workflows';

/** The set-up workflow; the others need the tables it makes. */
const SETUP_WORKFLOW = 'PfLedgerSetup001';

/** Pipelines and statuses of `platform-amocrm` at the stand-in for amoCRM. */
const CRM_SETTINGS = {
	'settings.partners_pipeline_id': String(PIPELINE_IDS.partners.id),
	'settings.partners_status_id': String(PIPELINE_IDS.partners.fresh),
	'settings.yandex_pipeline_id': String(PIPELINE_IDS.yandex.id),
	'settings.yandex_status_id': String(PIPELINE_IDS.yandex.fresh),
	'settings.site_pipeline_id': String(PIPELINE_IDS.site.id),
	'settings.site_status_id': String(PIPELINE_IDS.site.fresh),
	'settings.excluded_statuses': Object.values(PIPELINE_IDS)
		.map(({ id, autoPayment }) => `${id}/${autoPayment}`)
		.join(', '),
};

/** The channel of `stripe-telegram-course` at the stand-in for Telegram. */
const COURSE_CHAT = '-1001000000001';

export interface StackOptions {
	/** Everything the stack keeps lies here. */
	folder: string;
	ports: StackPorts;
	log: Log;
	/** How much faster than real the sandbox's retries run: 0.001 turns an hour into 3.6 s. */
	timeScale?: number;
	/** Tarball to install; built and packed when left out. */
	tarball?: string;
	/** Where n8n reaches the ledger, when not directly: tests put a proxy in between. */
	ledgerPortForN8n?: number;
	n8nEnv?: NodeJS.ProcessEnv;
	/** Last changes to the workflows before they are imported, as ops would make them in the editor. */
	editWorkflows?: (workflows: WorkflowFile[]) => WorkflowFile[];
}

/** Everything a payment meets: the ledger's database, n8n with the packed package, and the sandbox providers. */
export class Stack {
	private readonly workflows: WorkflowFile[];

	private constructor(
		readonly n8n: N8n,
		readonly ledger: LedgerServer,
		readonly sandbox: Sandbox,
		private readonly options: StackOptions,
	) {
		this.workflows = this.localWorkflows();
	}

	/** Installs what is missing, boots everything on loopback, and returns when the workflows take webhooks. */
	static async start(options: StackOptions): Promise<Stack> {
		const { folder, ports, log } = options;
		const install = await ensureN8n(log);
		const tarball =
			options.tarball ?? (await withProgress(log, 'Building and packing the package', async () => packPackage(join(folder, 'package'))));
		const ledger = new LedgerServer(join(folder, 'ledger'), ports.ledger);
		await withProgress(log, 'Starting the ledger (PGlite)', async () => await ledger.start());
		const started: { stop(): Promise<void> }[] = [ledger];
		try {
			const n8n = new N8n(install, join(folder, 'n8n'), ports.n8n, options.n8nEnv);
			const sandbox = await startSandbox({
				ports,
				n8nUrl: n8n.url,
				secrets: SANDBOX_SECRETS,
				courseChat: COURSE_CHAT,
				salonBranch: SANDBOX_BRANCH,
				timeScale: options.timeScale ?? 1,
				log,
			});
			started.push({ stop: async () => await sandbox.close() });
			const stack = new Stack(n8n, ledger, sandbox, options);
			installPackage(tarball, n8n.folder);
			await stack.importWhatChanged();
			started.push(n8n);
			await withProgress(log, 'Starting n8n', async () => await n8n.start());
			await withProgress(log, 'Setting up the ledger and publishing the workflows', async () => await stack.publish());
			return stack;
		} catch (error) {
			for (const part of started.reverse()) await part.stop();
			throw error;
		}
	}

	/** Starts n8n again after a stop or a kill. */
	async restartN8n(): Promise<void> {
		await this.n8n.start();
		await this.waitForWebhooks();
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await this.sandbox.close();
		await this.ledger.stop();
	}

	private async importWhatChanged(): Promise<void> {
		const { folder, log, ports } = this.options;
		const credentials = credentialsFor(
			{ ...this.ledger.address, port: this.options.ledgerPortForN8n ?? ports.ledger },
			this.sandbox.urls,
		);
		const record = new ImportRecord(join(folder, 'imported.json'));
		const changedCredentials = record.changed(credentials);
		const changedWorkflows = record.changed(this.workflows);
		if (changedCredentials.length > 0) {
			await withProgress(log, 'Importing credentials', async () => await importCredentials(this.n8n, changedCredentials));
		}
		if (changedWorkflows.length > 0) {
			const names = changedWorkflows.map(({ name }) => name).join(', ');
			await withProgress(log, `Importing workflows (${names})`, async () => await importWorkflows(this.n8n, changedWorkflows));
		}
		record.save([...credentials, ...this.workflows]);
	}

	/** The package's workflows with the sandbox's addresses and names in their Settings. */
	private localWorkflows(): WorkflowFile[] {
		const { urls, botUsername } = this.sandbox;
		const webhooks = `${this.n8n.url}/webhook`;
		const settings = {
			success_url: `${urls.shop}/reading?order_id={order_id}`,
			return_url: `${urls.shop}/`,
			'settings.pay_url': `${webhooks}/course/pay`,
			'settings.done_url': `${webhooks}/course/done`,
			'settings.bot_url': `https://t.me/${botUsername}`,
			'settings.bot_username': botUsername,
			'settings.chat_id': COURSE_CHAT,
			'settings.page_url': `${urls.shop}/pay`,
			'settings.public_id': SANDBOX_SECRETS.cloudPaymentsPublicId,
			...CRM_SETTINGS,
		};
		const workflows = readWorkflows().map((workflow) => withSettings(workflow, settings));
		return this.options.editWorkflows?.(workflows) ?? workflows;
	}

	private async publish(): Promise<void> {
		const client = await this.n8n.login();
		await publishWorkflows(client, [SETUP_WORKFLOW]);
		await waitUntil(async () => await this.ledgerIsSetUp(), {
			timeoutMs: 60_000,
			otherwise: () => `The ledger was not set up. Look at the executions in ${this.n8n.url} or at ${this.n8n.logFile}`,
		});
		const ids = inPublishingOrder(this.workflows).flatMap(({ id, meta }) => (meta.optional ? [] : [id]));
		await publishWorkflows(client, ids);
		await this.waitForWebhooks();
	}

	private async ledgerIsSetUp(): Promise<boolean> {
		const [row] = await this.ledger.query<{ ready: boolean }>(
			`SELECT to_regclass('fulfillment.schema_migrations') IS NOT NULL AS ready`,
		);
		return row?.ready === true;
	}

	/** A booted n8n answers 404 for a moment before its webhooks are there (n8n/platform.md §2.4). */
	private async waitForWebhooks(): Promise<void> {
		await waitUntil(async () => await this.n8n.takesWebhooks('chakra/paid-interpretation'), {
			timeoutMs: 60_000,
			otherwise: () => `The workflows do not answer. Look at ${this.n8n.logFile}`,
		});
	}
}

/** Remembers what was imported, so that a second start keeps what ops changed in the editor. */
class ImportRecord {
	private readonly hashes: Record<string, string>;

	constructor(private readonly file: string) {
		this.hashes = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
	}

	changed<Entry extends { id: string }>(entries: Entry[]): Entry[] {
		return entries.filter((entry) => this.hashes[entry.id] !== hash(entry));
	}

	save(entries: { id: string }[]): void {
		writeFileSync(this.file, JSON.stringify(Object.fromEntries(entries.map((entry) => [entry.id, hash(entry)])), null, '\t'));
	}
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
