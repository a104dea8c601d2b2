import type { ProdamusControl } from './prodamus/control';
import { startProdamus } from './prodamus';
import { startShop } from './shop';

/** Path in n8n that takes Prodamus's payment and subscription webhooks. */
const DEFAULT_WEBHOOK_PATH = 'chakra/prodamus';

export interface SandboxOptions {
	/** 0 picks a free port. */
	readonly ports: { readonly prodamus: number; readonly shop: number };
	/** n8n's address without a trailing slash. */
	readonly n8nUrl: string;
	/** Secret key of the payment page. */
	readonly prodamusSecret: string;
	/** Factor on the pauses between webhook retries: 1 is the real ladder, 0.001 makes a minute 60 ms. */
	readonly timeScale: number;
	/** Webhook path in n8n, without `/webhook/`. @default chakra/prodamus */
	readonly prodamusWebhookPath?: string;
	readonly log: (line: string) => void;
}

export interface Sandbox {
	/** Addresses without a trailing slash. */
	readonly urls: { readonly prodamus: string; readonly shop: string };
	readonly prodamus: ProdamusControl;
	close(): Promise<void>;
}

/**
 * Starts everything a payment meets outside n8n: the stand-in for Prodamus and a shop. All of it on 127.0.0.1.
 *
 * @throws Error naming the port and its option when a port is taken; nothing keeps running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
	const { ports, n8nUrl, prodamusSecret, timeScale, log } = options;
	const webhookUrl = `${n8nUrl}/webhook/${options.prodamusWebhookPath ?? DEFAULT_WEBHOOK_PATH}`;
	const prodamus = await startProdamus({
		port: ports.prodamus,
		secret: prodamusSecret,
		webhookUrl,
		subscriptionWebhookUrl: webhookUrl,
		timeScale,
		log,
	});
	try {
		const shop = await startShop({ port: ports.shop, n8nUrl, log });
		return {
			urls: { prodamus: prodamus.url, shop: shop.url },
			prodamus: prodamus.control,
			close: async () => {
				await Promise.all([prodamus.close(), shop.close()]);
			},
		};
	} catch (error) {
		await prodamus.close();
		throw error;
	}
}
