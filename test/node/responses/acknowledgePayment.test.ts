import { AcknowledgePayment } from '../../../nodes/AcknowledgePayment/AcknowledgePayment.node';
import { PROTOCOLS } from '../../../nodes/AcknowledgePayment/acknowledgement';
import { executeContext } from '../../support/nodeContext';

const node = new AcknowledgePayment();

async function acknowledge(parameters: Record<string, string | number>, outcomes: unknown[]) {
	const items = outcomes.map((outcome) => ({ json: { outcome } as never }));
	const context = executeContext({ node, parameters, items });
	const outputs = await node.execute.call(context);
	return { outputs, sent: context.sentResponses };
}

const bodyOf = (response: { body: unknown } | undefined) => (response?.body as Buffer).toString('utf8');

test('a claimed event leaves by "Fulfil", all others by "Nothing to Do"', async () => {
	const { outputs } = await acknowledge({ protocol: 'prodamus' }, ['claimed', 'duplicate', 'busy', 'ignored', 'mismatch', 'stale']);
	expect(outputs.map((output) => output.map(({ json, pairedItem }) => [json.outcome, pairedItem]))).toEqual([
		[['claimed', { item: 0 }]],
		[
			['duplicate', { item: 1 }],
			['busy', { item: 2 }],
			['ignored', { item: 3 }],
			['mismatch', { item: 4 }],
			['stale', { item: 5 }],
		],
	]);
});

test.each([
	['prodamus', 'text/plain; charset=utf-8', 'success'],
	['cloudPayments', 'application/json', '{"code":0}'],
	['stripe', 'application/json', '{"received":true}'],
])('%s hears 200 in its own words, once', async (protocol, contentType, body) => {
	const { sent } = await acknowledge({ protocol }, ['claimed']);
	expect(sent).toHaveLength(1);
	expect(sent[0]).toMatchObject({ statusCode: 200, headers: { 'content-type': contentType } });
	expect(bodyOf(sent[0])).toBe(body);
});

test.each(PROTOCOLS)('%s: every protocol is offered in the editor', (protocol) => {
	const options = node.description.properties.find(({ name }) => name === 'protocol')?.options ?? [];
	expect(options.map((option) => 'value' in option && option.value)).toContain(protocol);
});

test.each([
	['{"code":13}', 'application/json'],
	['please wait', 'text/plain; charset=utf-8'],
])('a custom answer %p is sent as it is', async (body, contentType) => {
	const { sent } = await acknowledge({ protocol: 'custom', statusCode: 202, body }, ['ignored']);
	expect(sent[0]).toMatchObject({ statusCode: 202, headers: { 'content-type': contentType } });
	expect(bodyOf(sent[0])).toBe(body);
});

test.each([
	['busy', null, 200, { status: 'queued' }],
	['ignored', 'kind_not_handled: other', 202, { status: 'skipped', reason: 'kind_not_handled: other' }],
	['duplicate', 'done', 409, { status: 'duplicate' }],
	['duplicate', 'failed', 200, { status: 'queued' }],
	['duplicate', 'kind_not_handled: other', 202, { status: 'skipped', reason: 'kind_not_handled: other' }],
])('PA2: a course platform is told %s (%s) by %i', async (outcome, reason, status, body) => {
	const context = executeContext({ node, parameters: { protocol: 'platform' }, items: [{ json: { outcome, reason } }] });
	await node.execute.call(context);
	expect(context.sentResponses[0]).toMatchObject({ statusCode: status, headers: { 'content-type': 'application/json' } });
	expect(JSON.parse(bodyOf(context.sentResponses[0]))).toEqual(body);
});

test.each(['claimed', 'stale'])('PA2: a course platform waits for the end of a %s payment', async (outcome) => {
	expect((await acknowledge({ protocol: 'platform' }, [outcome])).sent).toEqual([]);
});

test.each([undefined, null, '', 'claimed ', 'CLAIMED', 'done', 1])(
	'an outcome of %p is not acknowledged, and the error says what to connect',
	async (outcome) => {
		const context = executeContext({
			node,
			parameters: { protocol: 'prodamus' },
			items: [{ json: { outcome } as never }],
		});
		await expect(node.execute.call(context)).rejects.toMatchObject({
			message: 'The ledger did not say what became of the event',
			description: expect.stringContaining('receive_event'),
			context: { itemIndex: 0 },
		});
		expect(context.sentResponses).toEqual([]);
	},
);

test('without items there is nothing to answer', async () => {
	const context = executeContext({ node, items: [] });
	expect(await node.execute.call(context)).toEqual([[], []]);
	expect(context.sentResponses).toEqual([]);
});
