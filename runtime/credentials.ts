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
	yclientsPartner: 'sandbox-partner-token-that-does-not-exist',
	yclientsUser: 'sandbox-user-token-that-does-not-exist',
	cloudPaymentsPublicId: 'pk_sandbox_of_a_site_that_does_not_exist',
	cloudPaymentsSecret: 'sandbox-secret-of-a-site-that-does-not-exist',
	customerTokens: 'sandbox-secret-the-shop-signs-customer-tokens-with',
	backOffice: 'sandbox-key-of-a-back-office-that-does-not-exist',
};

/** The branch at the stand-in for YCLIENTS; the workflows' Settings name it too. */
export const SANDBOX_BRANCH = 555001;

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
		{
			id: 'PfYClientsApi001',
			name: 'YCLIENTS',
			type: 'yClientsApi',
			data: {
				partnerToken: SANDBOX_SECRETS.yclientsPartner,
				userToken: SANDBOX_SECRETS.yclientsUser,
				companyId: String(SANDBOX_BRANCH),
				webhookSecret: '',
				baseUrl: urls.yclients,
			},
		},
		{
			id: 'PfCloudPayments1',
			name: 'CloudPayments',
			type: 'cloudPaymentsApi',
			data: {
				publicId: SANDBOX_SECRETS.cloudPaymentsPublicId,
				apiSecret: SANDBOX_SECRETS.cloudPaymentsSecret,
				apiUrl: urls.cloudpayments,
			},
		},
		{
			id: 'PfCustomerToken1',
			name: 'Customer tokens (JWT)',
			type: 'jwtAuth',
			data: { keyType: 'passphrase', secret: SANDBOX_SECRETS.customerTokens, algorithm: 'HS256' },
		},
		{
			id: 'PfBackOfficeKey1',
			name: 'Back office key',
			type: 'httpHeaderAuth',
			data: { name: 'X-Back-Office-Key', value: SANDBOX_SECRETS.backOffice },
		},
	];
}
