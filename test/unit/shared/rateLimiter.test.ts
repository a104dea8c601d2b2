import { CircuitOpenError, limiterFor, RateLimiter, type RateLimits } from '../../../nodes/shared/rateLimiter';

describe('RateLimiter', () => {
	beforeEach(() => jest.useFakeTimers({ now: 1_700_000_000_000 }));
	afterEach(() => jest.useRealTimers());

	/** Asks for many calls at once and returns when each began, in ms after the first was asked for. */
	async function begin(limits: RateLimits, calls: number, durationMs = 0): Promise<number[]> {
		const limiter = new RateLimiter(limits);
		const start = Date.now();
		const begun: number[] = [];
		const all = Promise.all(
			Array.from({ length: calls }, async (_, index) => {
				await limiter.run(async () => {
					begun[index] = Date.now() - start;
					await new Promise((resolve) => setTimeout(resolve, durationMs));
				});
			}),
		);
		await jest.runAllTimersAsync();
		await all;
		return begun;
	}

	const most = (times: number[], withinMs: number) =>
		Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + withinMs).length));

	test('lets a full second’s worth begin at once, and never more within any second', async () => {
		const begun = await begin({ perSecond: 3 }, 20);
		expect(begun.slice(0, 3)).toEqual([0, 0, 0]);
		expect(most(begun, 1000)).toBe(3);
		expect(begun).toEqual([...begun].sort((a, b) => a - b));
		// 20 calls are 7 windows; no time is wasted between them.
		expect(begun.at(-1)).toBe(6 * 1060);
	});

	test('keeps to the limit at the receiver, however late a busy process sends what it has begun', async () => {
		const limiter = new RateLimiter({ perSecond: 4 });
		const arrived: number[] = [];
		const all = Promise.all(
			Array.from({ length: 40 }, async (_, index) => {
				await limiter.run(async () => {
					// Some leave at once and are answered late, others are held up before they leave.
					const heldUp = (index * 397) % 1500;
					await new Promise((resolve) => setTimeout(resolve, heldUp));
					arrived.push(Date.now());
					await new Promise((resolve) => setTimeout(resolve, (index * 211) % 700));
				});
			}),
		);
		await jest.runAllTimersAsync();
		await all;
		expect(arrived).toHaveLength(40);
		expect(most(arrived, 1000)).toBeLessThanOrEqual(4);
	});

	test('keeps to the minute as well', async () => {
		const begun = await begin({ perSecond: 5, perMinute: 12 }, 30);
		expect(most(begun, 1000)).toBe(5);
		expect(most(begun, 60_000)).toBe(12);
	});

	test('keeps to the number of calls under way', async () => {
		const begun = await begin({ perSecond: 100, concurrent: 2 }, 6, 400);
		expect(begun).toEqual([0, 0, 400, 400, 800, 800]);
	});

	test('a pause holds up everybody, and the longest one counts', async () => {
		const limiter = new RateLimiter({ perSecond: 10 });
		const start = Date.now();
		limiter.pause(5000);
		limiter.pause(1000);
		const waiting = Promise.all([1, 2].map(() => limiter.run(async () => Date.now() - start)));
		await jest.runAllTimersAsync();
		expect(await waiting).toEqual([5000, 5000]);
	});

	test('a pause that is asked for while a call waits is kept, too', async () => {
		const limiter = new RateLimiter({ perSecond: 1 });
		const start = Date.now();
		await limiter.run(async () => undefined);
		const waiting = limiter.run(async () => Date.now() - start);
		await jest.advanceTimersByTimeAsync(500);
		limiter.pause(4000);
		await jest.runAllTimersAsync();
		expect(await waiting).toBe(4500);
	});

	test('an open circuit refuses those that wait and those that come, and closes by itself', async () => {
		const limiter = new RateLimiter({ perSecond: 1 });
		await limiter.run(async () => undefined);
		const waiting = expect(limiter.run(async () => 'sent')).rejects.toThrow(CircuitOpenError);
		limiter.openCircuit('The provider blocks this address', 60_000);
		await jest.advanceTimersByTimeAsync(2000);
		await waiting;
		await expect(limiter.run(async () => 'sent')).rejects.toThrow('The provider blocks this address. Nothing is sent before');
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await limiter.run(async () => 'sent')).toBe('sent');
	});

	test('a call that fails frees its slot and passes its error on', async () => {
		const limiter = new RateLimiter({ perSecond: 10, concurrent: 1 });
		await expect(limiter.run(async () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
		expect(await limiter.run(async () => 'next')).toBe('next');
	});

	test('there is one limiter per key', () => {
		expect(limiterFor('a', { perSecond: 1 })).toBe(limiterFor('a', { perSecond: 9 }));
		expect(limiterFor('a', { perSecond: 1 })).not.toBe(limiterFor('b', { perSecond: 1 }));
	});
});
