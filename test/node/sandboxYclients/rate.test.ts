import { request } from 'node:http';
import { ABUSE_LIMIT, RateMeter } from '../../../sandbox/yclients/rate';
import { COMPANY, type Stage, startStage } from './stage';

const usual = { perSecond: 3, perMinute: 180 };

describe('RateMeter', () => {
	it('lets three calls of a rolling second through', () => {
		const rate = new RateMeter(usual, 1);
		expect([0, 400, 800, 999, 1001, 2100].map((now) => rate.arrive('a', now))).toEqual([
			'within', 'within', 'within', 'over', 'over', 'within',
		]);
		expect([rate.overRate, rate.peak]).toEqual([2, { perSecond: 4, perMinute: 6 }]);
	});

	it('lets steady calls at three a second through, as long as the minute allows', () => {
		const rate = new RateMeter(usual, 1);
		for (let call = 0; call < 600; call += 1) expect(rate.arrive('a', call * 334)).toBe('within');
		expect([rate.overRate, rate.peak]).toEqual([0, { perSecond: 3, perMinute: 180 }]);
	});

	it('counts the minute beside the second', () => {
		const rate = new RateMeter({ perSecond: 5, perMinute: 6 }, 1);
		const verdicts = [0, 1000, 2000, 3000, 4000, 5000, 6000, 60_001].map((now) => rate.arrive('a', now));
		expect(verdicts.slice(5)).toEqual(['within', 'over', 'over']);
		expect(rate.arrive('a', 121_000)).toBe('within');
	});

	it('counts each address by itself', () => {
		const rate = new RateMeter({ perSecond: 1, perMinute: 10 }, 1);
		expect(['a', 'b', 'a'].map((address) => rate.arrive(address, 0))).toEqual(['within', 'within', 'over']);
	});

	it('blocks an abuser for five minutes, scaled, and nobody else', () => {
		const rate = new RateMeter({ perSecond: 1, perMinute: 1000 }, 0.1);
		for (let call = 0; call <= ABUSE_LIMIT; call += 1) rate.arrive('a', call);
		expect([rate.arrive('a', 20_000), rate.arrive('b', 20_000)]).toEqual(['blocked', 'within']);
		expect(rate.arrive('a', 31_000)).toBe('within');
	});

	it('forgives single slips spread over minutes', () => {
		const rate = new RateMeter({ perSecond: 1, perMinute: 1000 }, 1);
		for (let slip = 0; slip < ABUSE_LIMIT * 2; slip += 1) {
			rate.arrive('a', slip * 10_000);
			expect(rate.arrive('a', slip * 10_000 + 1)).toBe('over');
		}
	});
});

describe('the limits over HTTP', () => {
	let stage: Stage;
	beforeEach(async () => {
		stage = await startStage({ limits: undefined });
	});
	afterEach(async () => await stage.close());

	const burst = async (calls: number) =>
		await Promise.all(Array.from({ length: calls }, async () => await stage.get(`/records/${COMPANY}`)));

	it('answers 429 as JSON without Retry-After, and counts', async () => {
		const answers = await burst(5);
		const refused = answers.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(2);
		expect(refused[0]?.data).toEqual({ success: false, data: null, meta: { message: expect.any(String) } });
		expect(refused[0]?.headers).not.toHaveProperty('retry-after');
		expect([stage.control.overRate(), stage.control.peak()]).toEqual([2, { perSecond: 5, perMinute: 5 }]);
		expect(stage.control.countRequests({ outcome: 'over', status: 429 })).toBe(2);
		stage.control.advance(1000);
		expect((await stage.get(`/records/${COMPANY}`)).status).toBe(200);
	});

	it('does nothing of what a refused call asks', async () => {
		await burst(3);
		expect((await stage.post(`/hooks_settings/${COMPANY}`, { urls: [] })).status).toBe(429);
		expect(stage.control.hooks().urls).toHaveLength(1);
	});

	it('tells in Retry-After when told to', async () => {
		stage.control.set({ retryAfterSeconds: 7 });
		const refused = (await burst(4)).find(({ status }) => status === 429);
		expect(refused?.headers['retry-after']).toBe('7');
	});

	it('blocks after abuse with a page, until time has passed', async () => {
		await burst(3 + ABUSE_LIMIT);
		stage.control.advance(200);
		const { status, data } = await stage.get(`/records/${COMPANY}`);
		expect([status, data]).toEqual([403, expect.stringContaining('<h1>403 Forbidden</h1>')]);
		stage.control.advance(60_000);
		expect((await stage.get(`/records/${COMPANY}`)).status).toBe(200);
	});

	it('leaves another address alone', async () => {
		await burst(4);
		const status = await new Promise((resolve, reject) => {
			const call = request(`${stage.yclients.url}/api/v1/none`, { localAddress: '127.0.0.2' }, (response) => {
				response.resume();
				resolve(response.statusCode);
			});
			call.once('error', reject);
			call.end();
		});
		expect(status).toBe(400);
	});

	it('can be changed, and counts anew', async () => {
		stage.control.limit({ perSecond: 50, perMinute: 500 });
		await burst(20);
		expect([stage.control.overRate(), stage.control.peak().perSecond]).toEqual([0, 20]);
		stage.control.resetCounters();
		expect([stage.control.peak().perSecond, stage.control.requests()]).toEqual([0, []]);
	});
});
