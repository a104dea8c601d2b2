import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AxiosInstance } from 'axios';

import type { N8n } from './n8n';
import { ROOT } from './paths';

/** A workflow as it lies in `workflows/`. */
export interface WorkflowFile {
	id: string;
	name: string;
	nodes: { id: string; name: string; type: string; typeVersion: number; parameters: Record<string, unknown> }[];
	/** `optional`: waits for credentials of the user's own and is not published with the others. */
	meta: { version: string; optional?: boolean };
	[key: string]: unknown;
}

/** All workflows of the package. */
export function readWorkflows(): WorkflowFile[] {
	const folder = join(ROOT, 'workflows');
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name: pipeline }) =>
			readdirSync(join(folder, pipeline))
				.filter((file) => file.endsWith('.json'))
				.map((file) => JSON.parse(readFileSync(join(folder, pipeline, file), 'utf8')) as WorkflowFile),
		);
}

/** Fills fields of the workflow's Settings node, as ops do in the editor. Fields the node does not have are left out. */
export function withSettings(workflow: WorkflowFile, values: Record<string, string | number | boolean>): WorkflowFile {
	const copy = structuredClone(workflow);
	const settings = copy.nodes.find(({ name }) => name === 'Settings')?.parameters as SettingsParameters | undefined;
	for (const assignment of settings?.assignments.assignments ?? []) {
		if (assignment.name in values) assignment.value = values[assignment.name];
	}
	return copy;
}

interface SettingsParameters {
	assignments: { assignments: { name: string; value: unknown }[] };
}

/** Imports workflows by n8n's command, which keeps their ids. n8n must not be running. */
export async function importWorkflows(n8n: N8n, workflows: WorkflowFile[]): Promise<void> {
	await importFolder(n8n, 'import:workflow', workflows);
}

/** A credential with its secrets, as n8n's import command takes it. */
export interface SeedCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** Imports credentials; those with the same id are replaced. n8n must not be running. */
export async function importCredentials(n8n: N8n, credentials: SeedCredential[]): Promise<void> {
	await importFolder(n8n, 'import:credentials', credentials);
}

/** The workflows with those that others call before their callers: n8n publishes none that calls an unpublished one. */
export function inPublishingOrder(workflows: readonly WorkflowFile[]): WorkflowFile[] {
	const ordered = new Set<WorkflowFile>();
	const add = (workflow: WorkflowFile) => {
		for (const id of calledBy(workflow)) {
			const called = workflows.find((other) => other.id === id);
			if (called && called !== workflow && !ordered.has(called)) add(called);
		}
		ordered.add(workflow);
	};
	workflows.forEach(add);
	return [...ordered];
}

function calledBy({ nodes }: WorkflowFile): unknown[] {
	return nodes
		.filter(({ type }) => type === 'n8n-nodes-base.executeWorkflow')
		.map(({ parameters }) => (parameters.workflowId as { value?: unknown }).value);
}

/** Publishes workflows on the running n8n; those that already run their newest version are left alone. */
export async function publishWorkflows(client: AxiosInstance, ids: string[]): Promise<void> {
	for (const id of ids) {
		const { data } = await client.get<{ data: { versionId: string; activeVersionId: string | null } }>(`/workflows/${id}`);
		const { versionId, activeVersionId } = data.data;
		if (activeVersionId === versionId) continue;
		await client.post(`/workflows/${id}/activate`, { versionId });
	}
}

async function importFolder(n8n: N8n, command: string, entries: { id: string }[]): Promise<void> {
	const folder = join(n8n.folder, 'import');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	for (const entry of entries) writeFileSync(join(folder, `${entry.id}.json`), JSON.stringify(entry), { mode: 0o600 });
	try {
		await n8n.command(command, '--separate', `--input=${folder}`);
	} finally {
		// The files hold secrets in the clear.
		rmSync(folder, { recursive: true, force: true });
	}
}
