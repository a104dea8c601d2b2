import { startAmoCrm, type AmoCrmSandbox } from './amocrm';
import { DEMO_PEOPLE } from './amocrm/demoPeople';
import { startCloudPayments, type CloudPaymentsSandbox } from './cloudpayments';
import { NOTIFICATION_TYPES } from './cloudpayments/addresses';
import { startPlatform, type PlatformSandbox } from './platform';
import type { ProdamusControl } from './prodamus/control';
import { startProdamus } from './prodamus';
import { startShop } from './shop';
import { startStripe, type StripeSandbox } from './stripe';
import { startTelegram, type TelegramSandbox } from './telegram';
import { startYClients, type YClientsSandbox } from './yclients';

/** Path in n8n of the Prodamus Trigger in `workflows/prodamus-chakra/payment.json`. */
const PRODAMUS_WEBHOOK_PATH = 'chakra/prodamus';

/** Path in n8n of the CloudPayments Trigger in `workflows/cloudpayments-billing/notification.json`. */
const BILLING_WEBHOOK_PATH = 'billing/cloudpayments';

/** Path in n8n of the Platform Payment Trigger in `workflows/platform-amocrm/payment.json`. */
const PLATFORM_WEBHOOK_PATH = 'platform/payment';

const BOT_USERNAME = 'course_sandbox_bot';

/** The stand-ins by the name of their port and address. */
export type SandboxPart = 'prodamus' | 'shop' | 'stripe' | 'telegram' | 'amocrm' | 'platform' | 'yclients' | 'cloudpayments';

/** Addresses without a trailing slash. */
export type SandboxUrls = Readonly<Record<SandboxPart, string>>;

export interface SandboxOptions {
	/** 0 picks a free port. */
	readonly ports: Readonly<Record<SandboxPart, number>>;
	/** n8n's address without a trailing slash. */
	readonly n8nUrl: string;
	/** What the stand-ins expect of their clients and sign with. */
	readonly secrets: Readonly<
		Record<
			| 'prodamus' | 'stripe' | 'telegramBot' | 'amocrm' | 'platform' | 'yclientsPartner' | 'yclientsUser'
			| 'cloudPaymentsPublicId' | 'cloudPaymentsSecret',
			string
		>
	>;
	/** Id of the channel the course bot is an administrator of. */
	readonly courseChat: string;
	/** The one branch of the salon. */
	readonly salonBranch: number;
	/** Factor on the pauses between webhook retries: 1 is the real ladder, 0.001 makes a minute 60 ms. */
	readonly timeScale: number;
	readonly log: (line: string) => void;
}

export interface Sandbox {
	readonly urls: SandboxUrls;
	readonly botUsername: string;
	readonly prodamus: ProdamusControl;
	readonly stripe: StripeSandbox['control'];
	readonly telegram: TelegramSandbox['control'];
	readonly amocrm: AmoCrmSandbox['control'];
	readonly platform: PlatformSandbox['control'];
	readonly yclients: YClientsSandbox['control'];
	readonly cloudpayments: CloudPaymentsSandbox['control'];
	close(): Promise<void>;
}

/**
 * Starts everything a payment meets outside n8n: the stand-ins for the providers and a shop. All of it on 127.0.0.1.
 *
 * @throws Error naming the port and its option when a port is taken; nothing keeps running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
	const { ports, n8nUrl, secrets, timeScale, log } = options;
	const webhookUrl = `${n8nUrl}/webhook/${PRODAMUS_WEBHOOK_PATH}`;
	const started: { close(): Promise<void> }[] = [];
	const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
		started.push(part);
		return part;
	};
	const close = async () => {
		await Promise.all(started.map(async (part) => await part.close()));
	};
	try {
		const prodamus = keep(
			await startProdamus({
				port: ports.prodamus,
				secret: secrets.prodamus,
				webhookUrl,
				subscriptionWebhookUrl: webhookUrl,
				timeScale,
				log,
			}),
		);
		const stripe = keep(await startStripe({ port: ports.stripe, secretKey: secrets.stripe, timeScale, log }));
		const telegram = keep(
			await startTelegram({
				port: ports.telegram,
				botToken: secrets.telegramBot,
				botUsername: BOT_USERNAME,
				chats: [{ id: options.courseChat, title: 'Sourdough in Ten Evenings', type: 'channel' }],
				timeScale,
				log,
			}),
		);
		const amocrm = keep(
			await startAmoCrm({ port: ports.amocrm, token: secrets.amocrm, seed: DEMO_PEOPLE, log }),
		);
		const platform = keep(
			await startPlatform({
				port: ports.platform,
				secret: secrets.platform,
				webhookUrl: `${n8nUrl}/webhook/${PLATFORM_WEBHOOK_PATH}`,
				timeScale,
				// The answer comes when the CRM has it, which takes a while in a burst.
				webhookTimeoutMs: 900_000,
				log,
			}),
		);
		const yclients = keep(
			await startYClients({
				port: ports.yclients,
				partnerToken: secrets.yclientsPartner,
				userToken: secrets.yclientsUser,
				companyId: options.salonBranch,
				timeScale,
				log,
			}),
		);
		const cloudpayments = keep(
			await startCloudPayments({
				port: ports.cloudpayments,
				publicId: secrets.cloudPaymentsPublicId,
				apiSecret: secrets.cloudPaymentsSecret,
				timeScale,
				log,
			}),
		);
		const widgetUrl = `${cloudpayments.url}/widget/cloudpayments.js`;
		const shop = keep(await startShop({ port: ports.shop, n8nUrl, widgetUrl, log }));
		// In the real cabinet a person pastes these addresses.
		for (const type of NOTIFICATION_TYPES) {
			cloudpayments.control.setNotification(type, `${n8nUrl}/webhook/${BILLING_WEBHOOK_PATH}/${type}`);
		}
		return {
			urls: {
				prodamus: prodamus.url,
				shop: shop.url,
				stripe: stripe.url,
				telegram: telegram.url,
				amocrm: amocrm.url,
				platform: platform.url,
				yclients: yclients.url,
				cloudpayments: cloudpayments.url,
			},
			botUsername: BOT_USERNAME,
			prodamus: prodamus.control,
			stripe: stripe.control,
			telegram: telegram.control,
			amocrm: amocrm.control,
			platform: platform.control,
			yclients: yclients.control,
			cloudpayments: cloudpayments.control,
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}
