import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { sendPage } from '../shared/sendPage';
import { serveAssets } from '../shared/serveAssets';
import { Account } from './account';
import { Api } from './api';
import { ApiJournal } from './apiJournal';
import { apiRoutes } from './apiRoutes';
import { Catalogue } from './catalogue';
import { Checkout } from './checkout';
import { StripeControl } from './control';
import { controlRoutes } from './controlRoutes';
import { dashboardRoutes } from './dashboardRoutes';
import { Deliveries } from './deliveries';
import { Endpoints } from './endpoints';
import { Events } from './events';
import { Faults } from './faults';
import { IdempotencyKeys } from './idempotency';
import { Invoices } from './invoices';
import { messagePage } from './layout';
import { pageRoutes } from './pageRoutes';
import { Payments } from './payments';
import { Refunds } from './refunds';
import type { Services } from './services';
import { Sessions } from './sessions';
import { Subscriptions } from './subscriptions';

export interface StripeOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** The key clients must send; which mode it looks like does not matter. */
	readonly secretKey: string;
	/** Whether payments count as live ones: test payments give no access. @default true */
	readonly livemode?: boolean;
	/** Factor on the pauses between webhook retries: 1 is three days, 0.00001 makes an hour 36 ms. */
	readonly timeScale: number;
	/** How long the receiver of a webhook may take. @default 20000 */
	readonly webhookTimeoutMs?: number;
	readonly log: (line: string) => void;
}

export interface StripeSandbox {
	/** Origin without a trailing slash: the API below `/v1`, pages, dashboard and control API. */
	readonly url: string;
	readonly control: StripeControl;
	close(): Promise<void>;
}

/**
 * Starts a stand-in for Stripe (providers/stripe.md) on 127.0.0.1.
 *
 * @throws Error when the port is taken
 */
export async function startStripe(options: StripeOptions): Promise<StripeSandbox> {
	const { secretKey, timeScale, log } = options;
	const account = new Account(options.livemode ?? true);
	const endpoints = new Endpoints(account);
	const deliveries = new Deliveries(account, endpoints, {
		timeScale, timeoutMs: options.webhookTimeoutMs ?? 20_000, log,
	});
	const events = new Events(account, deliveries);
	const catalogue = new Catalogue(account);
	const payments = new Payments(account, events);
	const invoices = new Invoices(account, events, (price) => catalogue.nameOf(price));
	const subscriptions = new Subscriptions(account, events, payments, invoices);
	const sessions = new Sessions(account, events, catalogue);
	const checkout = new Checkout(account, events, sessions, payments, subscriptions);
	const refunds = new Refunds(account, events);
	const services: Services = { account, catalogue, checkout, endpoints, events, refunds, sessions, subscriptions };
	const faults = new Faults();
	const keys = new IdempotencyKeys();
	const journal = new ApiJournal();
	const api = new Api(secretKey, account, events, keys, faults, journal, log);
	const control = new StripeControl(services, deliveries, faults, keys, journal);

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		if (response.headersSent) return next(error);
		log(`Stripe: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		sendPage(response, messagePage('Sandbox error', 'Details are in its log.'), 500);
	};
	const app = express()
		.disable('x-powered-by')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_dashboard', dashboardRoutes(control, account))
		.use('/v1', express.raw({ type: () => true, limit: '1mb' }), apiRoutes(api, services))
		.use(pageRoutes(services))
		.use((_request, response) => sendPage(response, messagePage('Nothing here', 'There is no such page.'), 404))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'Stripe sandbox (option ports.stripe)');
	account.url = listening.url;
	return {
		url: listening.url,
		control,
		close: async () => {
			sessions.stop();
			deliveries.reset();
			await listening.close();
		},
	};
}
