import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';

/** How long a trigger may go on with a credential after it was changed or deleted. */
const MAX_AGE_MS = 5_000;

const recent = new Map<string, { readAt: number; data: ICredentialDataDecryptedObject }>();

/**
 * The trigger's credential as of at most five seconds ago.
 *
 * Reading a credential inside `webhook()` makes n8n 2.41 start a sandbox for the expressions it might hold: some 40 ms of
 * processor time for every notification, more than the whole workflow takes. A burst of notifications reads it once.
 *
 * @throws what n8n throws for a credential that is missing; a failure is not remembered
 */
export async function recentCredentials(context: IWebhookFunctions, type: string): Promise<ICredentialDataDecryptedObject> {
	const id = context.getNode().credentials?.[type]?.id;
	const known = id ? recent.get(id) : undefined;
	const age = known ? Date.now() - known.readAt : Number.NaN;
	if (known && age >= 0 && age < MAX_AGE_MS) return known.data;

	if (id) recent.delete(id);
	const data = await context.getCredentials(type);
	if (id) recent.set(id, { readAt: Date.now(), data });
	return data;
}
