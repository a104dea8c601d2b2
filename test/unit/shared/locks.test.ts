import { withLocks } from '../../../nodes/shared/locks';

describe('locks', () => {
	it('let one after the other in, never hold each other, and hold nobody after a failure', async () => {
		const order: string[] = [];
		const work = (name: string, keys: string[], fails = false) =>
			withLocks(keys, async () => {
				order.push(`${name} in`);
				await new Promise((resolve) => setTimeout(resolve, 5));
				order.push(`${name} out`);
				if (fails) throw new Error(name);
			}).catch(() => undefined);
		await Promise.all([work('a', ['x', 'y'], true), work('b', ['y', 'x']), work('c', ['y', 'y']), work('d', ['z'])]);
		const shared = order.filter((step) => !step.startsWith('d'));
		const pairs = shared.flatMap((step, at) => (at % 2 === 0 ? [[step, shared[at + 1]]] : []));
		expect(pairs).toHaveLength(3);
		expect(pairs.every(([entered, left]) => entered?.replace('in', 'out') === left)).toBe(true);
		expect(order.indexOf('d in')).toBeLessThan(order.indexOf('a out'));
	});
});
