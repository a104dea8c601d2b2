import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { sendPage } from '../shared/sendPage';
import { serveAssets } from '../shared/serveAssets';
import { acsRoutes } from './acsRoutes';
import { Addresses } from './addresses';
import { cabinetRoutes } from './cabinetRoutes';
import { Checkout } from './checkout';
import { CloudPaymentsControl } from './control';
import { controlRoutes } from './controlRoutes';
import { lookupEndpoints } from './endpoints/lookups';
import { notificationEndpoints } from './endpoints/notifications';
import { orderEndpoints } from './endpoints/orders';
import { paymentEndpoints } from './endpoints/payments';
import { receiptEndpoints } from './endpoints/receipts';
import { subscriptionEndpoints } from './endpoints/subscriptions';
import { testEndpoint } from './endpoints/test';
import { Faults } from './faults';
import { gateway } from './gateway';
import { Journal } from './journal';
import { messagePage } from './layout';
import { Load } from './load';
import { Notifications } from './notifications';
import { orderRoutes } from './orderRoutes';
import { Orders } from './orders';
import { Payments } from './payments';
import { Refusal } from './refusal';
import { RequestIds } from './requestIds';
import type { DueTask } from './schedule';
import { Schedule } from './schedule';
import type { Service } from './service';
import { Site } from './site';
import { Subscriptions } from './subscriptions';
import { Tokens } from './tokens';
import { widgetRoutes } from './widgetRoutes';

export interface CloudPaymentsOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** The login of the API, `pk_…`. */
	readonly publicId: string;
	/** Its password, which signs notifications, too. */
	readonly apiSecret: string;
	/** Whether payments count as test ones: those give no access. @default false */
	readonly testMode?: boolean;
	/** Factor on the pauses between notifications: 1 is two days, 0.0001 makes a minute 6 ms. */
	readonly timeScale: number;
	/** How long the shop may take to answer a notification. @default 30000 */
	readonly notificationTimeoutMs?: number;
	/** Calls served at once. @default 30, and 5 in test mode */
	readonly maxConcurrent?: number;
	readonly log: (line: string) => void;
}

export interface CloudPaymentsSandbox {
	/** Origin without a trailing slash: the API, pages, cabinet and control API. */
	readonly url: string;
	readonly control: CloudPaymentsControl;
	close(): Promise<void>;
}

/**
 * Starts a stand-in for CloudPayments (providers/cloudpayments.md) on 127.0.0.1.
 *
 * @throws Error when the port is taken
 */
export async function startCloudPayments(options: CloudPaymentsOptions): Promise<CloudPaymentsSandbox> {
	const { publicId, apiSecret, timeScale, log, testMode = false } = options;
	const site = new Site(publicId, testMode);
	const { clock } = site;
	const addresses = new Addresses();
	const notifications = new Notifications(addresses, clock, {
		apiSecret, timeScale, timeoutMs: options.notificationTimeoutMs ?? 30_000, log,
	});
	const tokens = new Tokens();
	const payments: Payments = new Payments(site, tokens, notifications, (recurrent, payment, token) => {
		return subscriptions.startWith(recurrent, payment, token);
	});
	const subscriptions = new Subscriptions(site, tokens, notifications, payments);
	const orders = new Orders(site);
	const service: Service = { site, addresses, notifications, orders, payments, subscriptions, tokens };
	const checkout = new Checkout(service);
	const nextDue = () => earliest([subscriptions.nextDue(), payments.nextDue()]);
	const schedule = new Schedule(clock, nextDue, async () => await notifications.sent(), log);
	const faults = new Faults();
	const journal = new Journal();
	const load = new Load(options.maxConcurrent ?? (testMode ? 5 : 30));
	const requestIds = new RequestIds(clock);
	const control = new CloudPaymentsControl({ service, checkout, schedule, faults, journal, load, requestIds });
	const endpoints = [
		testEndpoint,
		...paymentEndpoints(service),
		...lookupEndpoints(service),
		...orderEndpoints(service),
		...subscriptionEndpoints(service),
		...notificationEndpoints(service),
		...receiptEndpoints(service),
	];

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		if (response.headersSent) return next(error);
		if (error instanceof Refusal) return sendPage(response, messagePage('Так не получится', error.message), 409);
		log(`CloudPayments: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		sendPage(response, messagePage('Ошибка песочницы', 'Подробности в её журнале.'), 500);
	};
	const app = express()
		.disable('x-powered-by')
		.disable('etag')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_cabinet', cabinetRoutes(control, service))
		.use(orderRoutes(service, checkout))
		.use(widgetRoutes(service, checkout))
		.use(acsRoutes())
		.get('/{*page}', (_request, response) => {
			sendPage(response, messagePage('Ничего нет', 'Такой страницы нет.'), 404);
		})
		.use(express.raw({ type: () => true, limit: '5mb' }))
		.use(gateway({ endpoints, publicId, apiSecret, clock, load, faults, requestIds, journal, log }))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'CloudPayments sandbox (option ports.cloudpayments)');
	site.url = listening.url;
	schedule.start();
	return {
		url: listening.url,
		control,
		close: async () => {
			schedule.stop();
			notifications.stop();
			await listening.close();
		},
	};
}

function earliest(tasks: ReadonlyArray<DueTask | null>): DueTask | null {
	return tasks.reduce((first, task) => (first === null || (task !== null && task.at < first.at) ? task : first), null);
}
