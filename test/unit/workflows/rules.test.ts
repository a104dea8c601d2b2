import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundleLedger } from '../../../scripts/bundleLedger';
import { fingerprint, STAMPS, workflowFiles } from '../../../scripts/stampWorkflows';

const ROOT = join(__dirname, '../../..');
const PACKAGE = 'n8n-nodes-payment-fulfillment';

interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, Record<string, unknown>>;
	webhookId?: string;
}
interface Workflow {
	id: string;
	name: string;
	active: boolean;
	nodes: WorkflowNode[];
	connections: Record<string, { main: { node: string; type: string; index: number }[][] }>;
	settings: Record<string, unknown>;
	meta: { version: string; description: string };
	pinData: Record<string, unknown>;
}

const files = workflowFiles(ROOT);
const workflows = files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
const parsed = workflows.map(({ file, text }) => ({ file, text, workflow: JSON.parse(text) as Workflow }));

const WEBHOOK_TYPES = [
	'n8n-nodes-base.webhook',
	...['cloudPaymentsTrigger', 'platformPaymentTrigger', 'prodamusTrigger', 'stripeCheckoutTrigger', 'telegramInviteTrigger', 'yClientsTrigger'].map(
		(name) => `${PACKAGE}.${name}`,
	),
];
const ERROR_WORKFLOW = 'PfErrorHandler01';
/** The error workflow itself, the set-up without which it cannot write, and those whose callers report their failures. */
const WITHOUT_ERROR_WORKFLOW = [ERROR_WORKFLOW, 'PfLedgerSetup001', 'PfChakraSend0001', 'PfCourseAccess01', 'PfLoyaltyStore01', 'PfLoyaltyPoints1'];

test('the pipelines of this version are there', () => {
	expect(files).toEqual([
		'workflows/cloudpayments-billing/cancellation.json',
		'workflows/cloudpayments-billing/customers.json',
		'workflows/cloudpayments-billing/desk.json',
		'workflows/cloudpayments-billing/notices.json',
		'workflows/cloudpayments-billing/notification.json',
		'workflows/cloudpayments-billing/page.json',
		'workflows/cloudpayments-billing/reconciliation.json',
		'workflows/cloudpayments-billing/renewals.json',
		'workflows/operations/errors.json',
		'workflows/operations/ledger-setup.json',
		'workflows/operations/recovery.json',
		'workflows/operations/replay.json',
		'workflows/platform-amocrm/payment.json',
		'workflows/prodamus-chakra/orders.json',
		'workflows/prodamus-chakra/payment.json',
		'workflows/prodamus-chakra/reading.json',
		'workflows/prodamus-chakra/send.json',
		'workflows/stripe-telegram-course/access.json',
		'workflows/stripe-telegram-course/bot.json',
		'workflows/stripe-telegram-course/done.json',
		'workflows/stripe-telegram-course/pay.json',
		'workflows/stripe-telegram-course/payment.json',
		'workflows/yclients-loyalty/customers.json',
		'workflows/yclients-loyalty/desk.json',
		'workflows/yclients-loyalty/notification.json',
		'workflows/yclients-loyalty/points.json',
		'workflows/yclients-loyalty/store.json',
		'workflows/yclients-loyalty/sync.json',
	]);
});

describe.each(parsed)('$file', ({ file, text, workflow }) => {
	test('has a fixed 16-character id, unique node ids and names', () => {
		expect(workflow.id).toMatch(/^[A-Za-z0-9]{16}$/);
		const unique = (values: string[]) => new Set(values).size === values.length;
		expect(unique(workflow.nodes.map(({ id }) => id))).toBe(true);
		expect(unique(workflow.nodes.map(({ name }) => name))).toBe(true);
		for (const { id } of workflow.nodes) expect(id).toMatch(/^[0-9a-f-]{36}$/);
	});

	test('is unpublished, without pinned data, with the settings every pipeline needs', () => {
		expect(workflow.active).toBe(false);
		expect(workflow.pinData).toEqual({});
		expect(workflow.settings.executionOrder).toBe('v1');
		expect(workflow.settings.timezone).toBe('Europe/Moscow');
		expect(workflow.settings.errorWorkflow).toBe(
			WITHOUT_ERROR_WORKFLOW.includes(workflow.id) ? undefined : ERROR_WORKFLOW,
		);
	});

	test('carries a version that was raised with its last change', () => {
		expect(workflow.meta.version).toMatch(/^\d+\.\d+\.\d+$/);
		const stamps = JSON.parse(readFileSync(join(ROOT, STAMPS), 'utf8')) as Record<string, unknown>;
		expect(stamps[file]).toEqual({ version: workflow.meta.version, fingerprint: fingerprint(workflow) });
	});

	test('connects only nodes that exist, and leaves none without an input but triggers and notes', () => {
		const names = workflow.nodes.map(({ name }) => name);
		const reached = new Set<string>();
		for (const [source, { main }] of Object.entries(workflow.connections)) {
			expect(names).toContain(source);
			for (const { node } of main.flat()) {
				expect(names).toContain(node);
				reached.add(node);
			}
		}
		const unreached = workflow.nodes.filter(({ name }) => !reached.has(name)).map(({ type }) => type);
		for (const type of unreached) expect(type).toMatch(/[Tt]rigger$|\.webhook$|\.stickyNote$/);
	});

	test('uses no Code nodes, and expressions that stay on one line', () => {
		for (const { type, parameters } of workflow.nodes) {
			expect(type).not.toMatch(/\.(code|function|functionItem)$/);
			for (const expression of strings(parameters).filter((value) => value.startsWith('='))) {
				expect(expression).not.toContain('\n');
			}
		}
	});

	test('names credentials by id and name and holds no secret', () => {
		for (const { credentials = {} } of workflow.nodes) {
			for (const reference of Object.values(credentials)) expect(Object.keys(reference).sort()).toEqual(['id', 'name']);
		}
		expect(text).not.toMatch(/"(password|secretKey|apiKey|token|secret)"\s*:\s*"[^"=]/i);
	});

	test('passes values to SQL as parameters only', () => {
		for (const { name, type, parameters } of workflow.nodes) {
			if (type !== 'n8n-nodes-base.postgres') continue;
			const query = String(parameters.query);
			expect({ name, isExpression: query.startsWith('='), hasExpression: query.includes('{{') }).toEqual({
				name,
				isExpression: false,
				hasExpression: false,
			});
		}
	});

	test('explains itself in a note', () => {
		expect(workflow.nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
	});
});

test('webhooks have fixed ids, and no two workflows share a path', () => {
	const hooks = parsed.flatMap(({ workflow }) => workflow.nodes.filter(({ type }) => WEBHOOK_TYPES.includes(type)));
	const paths = hooks.map(({ parameters }) => `${String(parameters.httpMethod ?? 'POST')} ${String(parameters.path)}`);
	expect(paths).toHaveLength(32);
	expect(new Set(paths).size).toBe(paths.length);
	for (const { webhookId } of hooks) expect(webhookId).toMatch(/^[0-9a-f-]{36}$/);
});

test('OP1: the set-up workflow holds exactly the SQL of the folder ledger/', () => {
	const setup = parsed.find(({ file }) => file.endsWith('ledger-setup.json'));
	const node = setup?.workflow.nodes.find(({ name }) => name === 'Set Up Ledger');
	expect(node?.parameters.query).toBe(bundleLedger(join(ROOT, 'ledger')));
});

function strings(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
	return [];
}
