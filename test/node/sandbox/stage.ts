import { startProdamus, type ProdamusOptions, type ProdamusSandbox } from '../../../sandbox/prodamus';
import { signTree } from '../../../sandbox/prodamus/signature';
import { type PhpTree, toPairs } from '../../../sandbox/prodamus/phpForm';
import { startReceiver, type Receiver } from './receiver';

export const SECRET = 'stage-secret-of-nobody';

/** A page with its merchant. */
export interface Stage {
	readonly prodamus: ProdamusSandbox;
	readonly merchant: Receiver;
	readonly log: string[];
	close(): Promise<void>;
}

/** The stand-in with a receiver for payments at `/pay` and subscriptions at `/subscriptions`; a minute lasts 1 ms. */
export async function startStage(options: Partial<ProdamusOptions> = {}): Promise<Stage> {
	const merchant = await startReceiver();
	const log: string[] = [];
	const prodamus = await startProdamus({
		port: 0,
		secret: SECRET,
		webhookUrl: `${merchant.url}/pay`,
		subscriptionWebhookUrl: `${merchant.url}/subscriptions`,
		timeScale: 1 / 60_000,
		log: (line) => log.push(line),
		...options,
	});
	return {
		prodamus,
		merchant,
		log,
		close: async () => {
			await prodamus.close();
			await merchant.close();
		},
	};
}

/** A link of one reading for 1000 rubles, complete. */
export function linkParameters(changes: PhpTree = {}): PhpTree {
	return {
		do: 'pay',
		order_id: 'shop-1042',
		customer_phone: '+79990000001',
		customer_email: 'buyer@example.com',
		products: [{ name: 'Расширенный разбор / чакры', price: '1000.00', quantity: '1' }],
		...changes,
	};
}

/** Signs parameters as a merchant does. */
export function signed(parameters: PhpTree, secret = SECRET): PhpTree {
	return { ...parameters, signature: signTree(parameters, secret) };
}

/** The address of a link. */
export function linkUrl(page: string, parameters: PhpTree): string {
	return `${page}/?${new URLSearchParams(toPairs(parameters)).toString()}`;
}

/** Waits until `check` holds. */
export async function until(check: () => boolean, what: string, timeoutMs = 5000): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!check()) {
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
