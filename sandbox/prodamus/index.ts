import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { cabinetRoutes } from './cabinetRoutes';
import { Clock } from './clock';
import { ProdamusControl } from './control';
import { controlRoutes } from './controlRoutes';
import { Faults } from './faults';
import { Journal } from './journal';
import { LinkError } from './link';
import { NotificationSender } from './notificationSender';
import { NumberSeries } from './numberSeries';
import { errorPage } from './pages';
import { Payform } from './payform';
import { payRoutes } from './payRoutes';
import { DEFAULT_PLANS } from './plans';
import { RequestLog } from './requestLog';
import { restRoutes } from './restRoutes';
import { sendPage } from '../shared/sendPage';
import { serveAssets } from '../shared/serveAssets';
import type { ServiceCode } from './settings';
import { PageSettings } from './settings';
import { SubscriptionError, Subscriptions } from './subscriptions';

export interface ProdamusOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** The page's secret key. */
	readonly secret: string;
	/** Address of payment webhooks; several are allowed. */
	readonly webhookUrl: string | readonly string[];
	/** Address of subscription webhooks; without it they are not sent, as on a page where the field is left empty. */
	readonly subscriptionWebhookUrl?: string;
	/** The integration code; with a key of its own, that one signs the webhooks of links that carry the code. */
	readonly sys?: ServiceCode;
	/** Factor on the pauses between retries: 1 is the real ladder of 68 hours, 0.001 makes a minute 60 ms. */
	readonly timeScale: number;
	/** How long the receiver of a webhook may take. @default 30000 */
	readonly webhookTimeoutMs?: number;
	readonly log: (line: string) => void;
}

export interface ProdamusSandbox {
	/** Page address without a trailing slash: links, payment, REST, cabinet and control API. */
	readonly url: string;
	readonly control: ProdamusControl;
	close(): Promise<void>;
}

/**
 * Starts a stand-in for a Prodamus payment page (providers/prodamus.md) on 127.0.0.1.
 *
 * @throws Error when the port is taken
 */
export async function startProdamus(options: ProdamusOptions): Promise<ProdamusSandbox> {
	const { timeScale, log } = options;
	const clock = new Clock();
	const journal = new Journal();
	const faults = new Faults();
	const numbers = new NumberSeries();
	const plans = new Map(DEFAULT_PLANS.map((plan) => [plan.id, plan]));
	const settings = new PageSettings(
		options.secret,
		[options.webhookUrl].flat(),
		options.subscriptionWebhookUrl ?? null,
		options.sys ?? null,
	);
	const timeoutMs = options.webhookTimeoutMs ?? 30_000;
	const sender = new NotificationSender({ timeScale, timeoutMs, journal, log, now: () => clock.now() });
	const subscriptions = new Subscriptions(settings, clock, numbers, sender);
	const payform = new Payform(settings, plans, clock, numbers, sender, subscriptions);
	const control = new ProdamusControl(payform, sender, faults, settings, plans, clock, journal, subscriptions);
	const requests = new RequestLog(settings, clock, journal, log);

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		if (response.headersSent) return next(error);
		const isRefusal = error instanceof LinkError || error instanceof SubscriptionError;
		if (!isRefusal) log(`Prodamus: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		const message = isRefusal ? error.message : 'Ошибка песочницы, подробности в её журнале';
		sendPage(response, errorPage(message, settings.mode), isRefusal ? 400 : 500);
	};
	const app = express()
		.disable('x-powered-by')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_cabinet', cabinetRoutes(control, settings))
		.use(express.raw({ type: () => true, limit: '1mb' }))
		.use('/rest', restRoutes(subscriptions, requests, faults))
		.use(payRoutes(payform, settings, requests, faults))
		.use((_request, response) => sendPage(response, errorPage('Такой страницы нет', settings.mode), 404))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'Prodamus sandbox (option ports.prodamus)');
	settings.url = listening.url;
	return {
		url: listening.url,
		control,
		close: async () => {
			sender.close();
			await listening.close();
		},
	};
}
