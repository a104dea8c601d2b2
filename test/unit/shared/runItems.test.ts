import { NodeApiError, NodeOperationError, type IExecuteFunctions, type INode } from 'n8n-workflow';

import { runItem, runItems, type ItemWork } from '../../../nodes/shared/runItems';
import { storable } from '../../../nodes/shared/storable';

const NODE: INode = { id: '1', name: 'Node', type: 'node', typeVersion: 1, position: [0, 0], parameters: {} };

function contextOf(itemCount: number, goesOn = false): IExecuteFunctions {
	const context = {
		getNode: () => NODE,
		getInputData: () => Array.from({ length: itemCount }, () => ({ json: {} })),
		continueOnFail: () => goesOn,
	};
	return context as unknown as IExecuteFunctions;
}

const apiError = (itemIndex: number) =>
	new NodeApiError(NODE, { message: 'Refused' }, { itemIndex, message: 'Refused', httpCode: '402' });

/** Fails for the second item. */
const failingWith =
	(error: unknown): ItemWork =>
	async (itemIndex) => {
		if (itemIndex === 1) throw error;
		return { itemIndex };
	};

const rejectionOf = async (promise: Promise<unknown>): Promise<unknown> =>
	await promise.then(
		() => Promise.reject(new Error('It did not fail')),
		(error: unknown) => error,
	);

describe('what comes of the items', () => {
	it('is one item each, in their order and paired with them', async () => {
		const begun: number[] = [];
		const output = await runItems(contextOf(3), async (itemIndex) => {
			begun.push(itemIndex);
			// The first takes longest.
			for (let turn = 3 - itemIndex; turn > 0; turn--) await Promise.resolve();
			return { answer: begun.length };
		});
		expect(output).toEqual([0, 1, 2].map((item) => ({ json: { answer: item + 1 }, pairedItem: { item } })));
	});

	it('is as many items as the work gives in a list, or none', async () => {
		const output = await runItems(contextOf(3), async (itemIndex) =>
			Array.from({ length: itemIndex }, (_, number) => ({ number })),
		);
		expect(output).toEqual([
			{ json: { number: 0 }, pairedItem: { item: 1 } },
			{ json: { number: 0 }, pairedItem: { item: 2 } },
			{ json: { number: 1 }, pairedItem: { item: 2 } },
		]);
	});

	it('is left as the work made it, be it storable or not', async () => {
		const half = '\uD83D\u0000';
		expect(await runItems(contextOf(1), async () => ({ half }))).toMatchObject([{ json: { half } }]);
		expect(await runItems(contextOf(1), async () => storable([{ half }, { half: 'b' }]))).toMatchObject([
			{ json: { half: '\uFFFD' } },
			{ json: { half: 'b' } },
		]);
	});

	it('is nothing when there are none', async () => {
		expect(await runItems(contextOf(0), failingWith(new Error('never asked')))).toEqual([]);
	});
});

describe('a failure the node may go on after', () => {
	it('becomes an item with its message, and the next one follows', async () => {
		expect(await runItems(contextOf(3, true), failingWith(new RangeError('Too much')))).toEqual([
			{ json: { itemIndex: 0 }, pairedItem: { item: 0 } },
			{ json: { error: 'Too much' }, pairedItem: { item: 1 } },
			{ json: { itemIndex: 2 }, pairedItem: { item: 2 } },
		]);
	});

	it('keeps the message the work gave it', async () => {
		const toNodeError = jest.fn();
		// n8n would put a text of its own in the place of a message with such a code.
		const output = await runItem(contextOf(2, true), 1, failingWith(new Error('ECONNREFUSED')), toNodeError);
		expect(output).toEqual([{ json: { error: 'ECONNREFUSED' }, pairedItem: { item: 1 } }]);
		expect(toNodeError).not.toHaveBeenCalled();
	});
});

describe('a failure the node may not go on after', () => {
	it('ends the run with the item it happened to', async () => {
		const begun: number[] = [];
		const work: ItemWork = async (itemIndex) => {
			begun.push(itemIndex);
			return await failingWith(new RangeError('Too much'))(itemIndex);
		};
		const error = await rejectionOf(runItems(contextOf(3), work));
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error).toMatchObject({ message: 'Too much', context: { itemIndex: 1 }, node: NODE });
		expect(begun).toEqual([0, 1]);
	});

	it.each([
		['NodeApiError', apiError(1)],
		['NodeOperationError', new NodeOperationError(NODE, 'No such order', { itemIndex: 1, description: 'Look it up' })],
	])('is thrown as it is when it is a %s', async (_name, thrown) => {
		expect(await rejectionOf(runItems(contextOf(2), failingWith(thrown)))).toBe(thrown);
	});

	it('is what the node makes of it when the node has words of its own', async () => {
		const cause = new RangeError('402');
		const toNodeError = jest.fn((_node: INode, _error: unknown, itemIndex: number) => apiError(itemIndex));
		const error = await rejectionOf(runItems(contextOf(2), failingWith(cause), toNodeError));
		expect(error).toMatchObject({ message: 'Refused', httpCode: '402', context: { itemIndex: 1 } });
		expect(toNodeError.mock.calls).toEqual([[NODE, cause, 1]]);
	});
});
