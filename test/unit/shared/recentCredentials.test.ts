import type { IWebhookFunctions } from 'n8n-workflow';

import { recentCredentials } from '../../../nodes/shared/recentCredentials';

let unique = 0;

/** A webhook context that counts how often n8n is asked; every test has a credential of its own. */
function contextWith(read: () => unknown, id: string | null = `credential-${++unique}`) {
	const getCredentials = jest.fn(async () => read());
	const credentials = { prodamusApi: { id, name: 'Prodamus' } };
	const context = { getNode: () => ({ credentials }), getCredentials } as unknown as IWebhookFunctions;
	return { getCredentials, ask: async () => await recentCredentials(context, 'prodamusApi') };
}

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

test('a burst of notifications reads the credential once', async () => {
	const { ask, getCredentials } = contextWith(() => ({ secretKey: 'a' }));
	for (let count = 0; count < 10; count++) expect(await ask()).toEqual({ secretKey: 'a' });
	expect(getCredentials).toHaveBeenCalledTimes(1);
});

test('a changed secret is used after five seconds', async () => {
	let secretKey = 'old';
	const { ask } = contextWith(() => ({ secretKey }));
	expect(await ask()).toEqual({ secretKey: 'old' });
	secretKey = 'new';
	jest.advanceTimersByTime(4_999);
	expect(await ask()).toEqual({ secretKey: 'old' });
	jest.advanceTimersByTime(1);
	expect(await ask()).toEqual({ secretKey: 'new' });
});

test('a deleted credential fails after five seconds, and a failure is not remembered', async () => {
	let there = true;
	const { ask } = contextWith(() => {
		if (!there) throw new Error('gone');
		return { secretKey: 'a' };
	});
	await ask();
	there = false;
	jest.advanceTimersByTime(5_000);
	await expect(ask()).rejects.toThrow('gone');
	there = true;
	expect(await ask()).toEqual({ secretKey: 'a' });
});

test('a clock that was set back does not keep a secret alive', async () => {
	const { ask, getCredentials } = contextWith(() => ({}));
	await ask();
	jest.setSystemTime(500_000);
	await ask();
	expect(getCredentials).toHaveBeenCalledTimes(2);
});

test('two credentials are never mistaken for one another, and one without an id is read each time', async () => {
	const [first, second] = [contextWith(() => ({ secretKey: '1' })), contextWith(() => ({ secretKey: '2' }))];
	expect([await first.ask(), await second.ask(), await first.ask()]).toEqual([
		{ secretKey: '1' },
		{ secretKey: '2' },
		{ secretKey: '1' },
	]);
	const nameless = contextWith(() => ({}), null);
	await nameless.ask();
	await nameless.ask();
	expect(nameless.getCredentials).toHaveBeenCalledTimes(2);
});
