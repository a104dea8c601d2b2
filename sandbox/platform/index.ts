import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { serveAssets } from '../shared/serveAssets';
import { PlatformControl } from './control';
import { controlRoutes } from './controlRoutes';
import { pageRoutes } from './pageRoutes';
import { WebhookSender } from './sender';

export interface PlatformOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** Key of `X-Signature`. */
	readonly secret: string;
	/** Where the webhooks go. */
	readonly webhookUrl: string;
	/** Factor on the pauses between retries. @default 1 */
	readonly timeScale?: number;
	/** How long the receiver may take. @default 30000 */
	readonly webhookTimeoutMs?: number;
	readonly log: (line: string) => void;
}

export interface PlatformSandbox {
	/** Address of the shop without a trailing slash. */
	readonly url: string;
	readonly control: PlatformControl;
	close(): Promise<void>;
}

/**
 * Starts a course platform that tells its payments to a webhook (domain/requirements.md §5) on 127.0.0.1.
 *
 * @throws Error when the port is taken
 */
export async function startPlatform(options: PlatformOptions): Promise<PlatformSandbox> {
	const { port, secret, webhookUrl, timeScale = 1, webhookTimeoutMs: timeoutMs = 30_000, log } = options;
	const sender = new WebhookSender({ webhookUrl, secret, timeScale, timeoutMs, log });
	const control = new PlatformControl(sender, secret);
	const app = express()
		.disable('x-powered-by')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use(pageRoutes(control));
	const listening = await listenOnLoopback(app, port, 'course platform (option ports.platform)');
	return {
		url: listening.url,
		control,
		close: async () => {
			sender.close();
			await listening.close();
		},
	};
}
