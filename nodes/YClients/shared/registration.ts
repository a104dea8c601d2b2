import { isRegistered, readSettings, toBody, withAddress, withoutAddress, type HookSettings } from '../hookSettings';
import type { YClientsClient } from './client';
import { YClientsError } from './yclientsError';

/** Somebody else may write the settings between our reading and our writing. */
const MAX_ATTEMPTS = 3;

/** What an operation has done. */
export interface Registration {
	/** Whether anything had to be changed. */
	changed: boolean;
	/** As they are now. */
	settings: HookSettings;
}

/** The branch's settings. @throws YClientsError */
export async function getSettings(client: YClientsClient): Promise<HookSettings> {
	return readSettings((await client.ask({ method: 'GET', path: path(client) })).data);
}

/**
 * Sees to it that the address gets notifications about records. Others' addresses and flags stay
 * (providers/yclients.md §4).
 *
 * @throws YClientsError
 */
export async function register(client: YClientsClient, url: string): Promise<Registration> {
	return await change(client, (settings) => (isRegistered(settings, url) ? null : withAddress(settings, url)));
}

/** Takes the address out, whatever its secret; the rest stays. @throws YClientsError */
export async function unregister(client: YClientsClient, url: string): Promise<Registration> {
	return await change(client, (settings) => {
		const without = withoutAddress(settings, url);
		return without.urls.length === settings.urls.length ? null : without;
	});
}

/** Reads, writes and looks whether it has stayed so. `edit` gives null when all is well. */
async function change(
	client: YClientsClient,
	edit: (settings: HookSettings) => HookSettings | null,
): Promise<Registration> {
	for (let attempt = 1; ; attempt++) {
		const settings = await getSettings(client);
		const edited = edit(settings);
		if (!edited) return { changed: attempt > 1, settings };
		if (attempt > MAX_ATTEMPTS) {
			throw new YClientsError(
				'refused',
				'YCLIENTS does not keep the webhook settings',
				'Another program writes them at the same time, or YCLIENTS only takes addresses that are public and https.',
			);
		}
		await client.ask({ method: 'POST', path: path(client), body: toBody(edited) });
	}
}

function path({ companyId }: YClientsClient): string {
	return `hooks_settings/${companyId}`;
}
