import type { SandboxUrls } from '../sandbox/main';
import type { LedgerAddress } from './ledger';
import type { SeedCredential } from './workflows';

/** Made-up secrets that only the sandbox accepts. */
export const SANDBOX_SECRETS = {
	prodamus: 'sandbox-secret-of-a-shop-that-does-not-exist',
	stripe: 'sandbox-key-of-an-account-that-does-not-exist',
	telegramBot: '1000000001:sandbox-token-of-a-bot-that-does-not-exist',
	amocrm: 'sandbox-token-of-an-account-that-does-not-exist',
	platform: 'sandbox-secret-of-a-platform-that-does-not-exist',
};

/** The credentials the workflows name, filled for the sandbox. Ids and names are those in the workflow files. */
export function credentialsFor(ledger: LedgerAddress, urls: SandboxUrls): SeedCredential[] {
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
			data: { pageUrl: `${urls.prodamus}/`, secretKey: SANDBOX_SECRETS.prodamus, webhookSecret: '', sys: '' },
		},
		{
			id: 'PfStripeCheckout',
			name: 'Stripe',
			type: 'stripeCheckoutApi',
			data: { secretKey: SANDBOX_SECRETS.stripe, webhookSecret: '', apiUrl: urls.stripe },
		},
		{
			id: 'PfTelegramBot001',
			name: 'Telegram bot',
			type: 'telegramInviteApi',
			data: { botToken: SANDBOX_SECRETS.telegramBot, baseUrl: urls.telegram },
		},
		{
			id: 'PfAmoCrmToken001',
			name: 'amoCRM',
			type: 'amoCrmApi',
			data: {
				accountHost: 'sandbox.amocrm.ru',
				accessToken: SANDBOX_SECRETS.amocrm,
				requestsPerSecond: 6,
				apiUrl: urls.amocrm,
			},
		},
		{
			id: 'PfPlatformSecret',
			name: 'Course platform',
			type: 'platformPaymentApi',
			data: { secret: SANDBOX_SECRETS.platform, legacySecret: '' },
		},
	];
}
