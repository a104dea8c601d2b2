import type { AxiosInstance } from 'axios';

import { waitUntil } from '../../../runtime/processes';
import type { Stack } from '../../../runtime/stack';
import { publishWorkflows, withSettings, type WorkflowFile } from '../../../runtime/workflows';
import type { TestStack } from './testStack';

interface Executions {
	count: number;
	results: { id: string; status: string }[];
}

/** What an ops person does and sees in the n8n editor. */
export class Editor {
	private owner?: AxiosInstance;

	constructor(protected readonly testStack: TestStack) {}

	get stack(): Stack {
		return this.testStack.stack;
	}

	/** Changes fields of a workflow's Settings node and publishes it, as ops do in the editor. */
	async changeSettings(workflowId: string, values: Record<string, string | number | boolean>): Promise<void> {
		const owner = await this.asOwner();
		const { data } = await owner.get<{ data: WorkflowFile }>(`/workflows/${workflowId}`);
		const { nodes } = withSettings(data.data, values);
		await owner.patch(`/workflows/${workflowId}`, { nodes, versionId: data.data.versionId });
		await publishWorkflows(owner, [workflowId]);
	}

	/** How many runs of a workflow n8n has kept, once none is under way. */
	async executionCount(workflowId: string): Promise<number> {
		let runs = await this.executions(workflowId);
		await waitUntil(
			async () => {
				runs = await this.executions(workflowId);
				return runs.results.every(({ status }) => !['new', 'running', 'waiting'].includes(status));
			},
			{ timeoutMs: 20_000, everyMs: 100, otherwise: () => `Still running: ${JSON.stringify(runs.results)}` },
		);
		return runs.count;
	}

	/** The newest runs of a workflow, a hundred at most. */
	async executionIds(workflowId: string): Promise<string[]> {
		return (await this.executions(workflowId)).results.map(({ id }) => id);
	}

	private async executions(workflowId: string): Promise<Executions> {
		const { data } = await (await this.asOwner()).get<{ data: Executions }>('/executions', {
			params: { filter: JSON.stringify({ workflowId }), limit: 100 },
		});
		return data.data;
	}

	/** Everything n8n has kept of a run. */
	async executionText(id: string): Promise<string> {
		const { data } = await (await this.asOwner()).get<unknown>(`/executions/${id}`);
		return JSON.stringify(data);
	}

	/** One login for all tests: n8n limits how many there may be in a while. */
	private async asOwner(): Promise<AxiosInstance> {
		this.owner ??= await this.stack.n8n.login();
		return this.owner;
	}
}
