import { ValidateRequest } from '../../../nodes/ValidateRequest/ValidateRequest.node';
import { runNode } from '../../support/nodeContext';

const node = new ValidateRequest();
const field = (name: string, type: string, value: unknown, extra: object = {}) => ({ name, type, value, ...extra });
const parameters = (fields: object[], extra: object = {}) => ({ fields: { field: fields }, ...extra }) as never;

test('a good request leaves by "Valid" with cleaned values only', async () => {
	const [valid, invalid] = await runNode({
		node,
		items: [{ json: { secret: 'not passed on' } }],
		parameters: parameters([field('email', 'email', ' A@Example.com '), field('note', 'text', undefined)]),
	});
	expect(valid).toEqual([{ json: { email: 'a@example.com', note: null }, pairedItem: { item: 0 } }]);
	expect(invalid).toEqual([]);
});

test('a bad one leaves by "Invalid" with every problem, those of earlier nodes first', async () => {
	const [valid, invalid] = await runNode({
		node,
		parameters: parameters([field('email', 'email', 'nonsense'), field('phone', 'phone', '')], {
			anyOf: 'email, phone',
			earlierIssues: [{ path: 'birth_date', code: 'DATE_IN_FUTURE', message: 'The birth date lies in the future' }],
		}),
	});
	expect(valid).toEqual([]);
	expect(invalid).toEqual([
		{
			json: {
				error: 'validation',
				message: 'Please check: birth_date, email',
				issues: [
					{ field: 'birth_date', code: 'DATE_IN_FUTURE', message: 'The birth date lies in the future' },
					{ field: 'email', code: 'WRONG_FORMAT', message: expect.stringContaining('name@example.com') },
				],
			},
			pairedItem: { item: 0 },
		},
	]);
});

test('each item is judged by its own values', async () => {
	const items = [{ json: {} }, { json: {} }];
	const [valid, invalid] = await runNode({
		node,
		items,
		parameters: [parameters([field('n', 'integer', 'x')]), parameters([field('n', 'integer', '7')])],
	});
	expect(valid).toEqual([{ json: { n: 7 }, pairedItem: { item: 1 } }]);
	expect(invalid?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
});

test('a wrong setting stops the run with the setting and the item named, or becomes an item', async () => {
	const setup = { node, parameters: parameters([field('x', 'colour', 1)]) };
	await expect(runNode(setup)).rejects.toMatchObject({
		message: expect.stringContaining('"Fields" is wrong at 0.type'),
		context: { itemIndex: 0 },
	});
	const [, invalid] = await runNode({ ...setup, continueOnFail: true });
	expect(invalid).toEqual([{ json: { error: expect.stringContaining('0.type') }, pairedItem: { item: 0 } }]);
});
