import type { LedgerAddress } from './ledger';
import type { SeedCredential } from './workflows';

/** Made-up secrets that only the sandbox accepts. */
export const SANDBOX_SECRETS = {
	prodamus: 'sandbox-secret-of-a-shop-that-does-not-exist',
};

/** The credentials the workflows name, filled for the sandbox. Ids and names are those in the workflow files. */
export function credentialsFor({ ledger, prodamusUrl }: { ledger: LedgerAddress; prodamusUrl: string }): SeedCredential[] {
	return [
		{
			id: 'PfLedgerPostgres',
			name: 'Ledger (PostgreSQL)',
			type: 'postgres',
			data: { ...ledger, ssl: 'disable', sshTunnel: false, allowUnauthorizedCerts: false, maxConnections: 20 },
		},
		{
			id: 'PfProdamusApi001',
			name: 'Prodamus',
			type: 'prodamusApi',
			data: { pageUrl: `${prodamusUrl}/`, secretKey: SANDBOX_SECRETS.prodamus, webhookSecret: '', sys: '' },
		},
	];
}
