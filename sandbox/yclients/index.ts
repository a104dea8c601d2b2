import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { serveAssets } from '../shared/serveAssets';
import { Bookings } from './bookings';
import { defaultBranch } from './branch';
import { Clients } from './clients';
import { Clock } from './clock';
import { YClientsControl } from './control';
import { controlRoutes } from './controlRoutes';
import { deskRoutes } from './deskRoutes';
import { EndpointTable } from './endpoint';
import { clientEndpoints } from './endpoints/clients';
import { companyEndpoints } from './endpoints/company';
import { hookEndpoints } from './endpoints/hooks';
import { loyaltyEndpoints } from './endpoints/loyalty';
import { recordEndpoints } from './endpoints/records';
import { Faults } from './faults';
import { gateway } from './gateway';
import { Hooks } from './hookSettings';
import { Journal } from './journal';
import { Loyalty } from './loyalty';
import { ModeSwitch } from './modes';
import type { Limits } from './rate';
import { RateMeter } from './rate';
import { Salon } from './salon';
import type { Service } from './service';
import { Views } from './views';
import { Webhooks } from './webhooks';

export interface YClientsOptions {
	/** 0 picks a free port. */
	readonly port: number;
	readonly partnerToken: string;
	readonly userToken: string;
	/** The one branch there is. */
	readonly companyId: number;
	/** Gets records from the start, secret included; otherwise `POST /hooks_settings` says who does. @default nobody */
	readonly webhookUrl?: string;
	/** Factor on the five minutes of a block: 1 is real, 0.001 makes it 300 ms. */
	readonly timeScale: number;
	/** Calls an IP address may make. @default 3 a second, 180 a minute */
	readonly limits?: Limits;
	/** IANA name of the branch's zone. @default Europe/Moscow */
	readonly timeZone?: string;
	/** Altegio is the same service under another name (providers/yclients.md §1). @default yclients */
	readonly brand?: 'yclients' | 'altegio';
	/** How long the receiver of a webhook may take. @default 10000 */
	readonly webhookTimeoutMs?: number;
	readonly log: (line: string) => void;
}

export interface YClientsSandbox {
	/** Origin without a trailing slash: API below `/api/v1`, desk at `/_desk`, control API at `/_control`. */
	readonly url: string;
	readonly control: YClientsControl;
	close(): Promise<void>;
}

const BRANDS = {
	yclients: { accept: 'application/vnd.yclients.v2+json', staffNames: ['staff_id'] },
	altegio: { accept: 'application/vnd.api.v2+json', staffNames: ['staff_id', 'team_member_id'] },
} as const;

/** What the package allows itself; the service documents 5 a second and 200 a minute. */
const DEFAULT_LIMITS: Limits = { perSecond: 3, perMinute: 180 };

/**
 * Starts a stand-in for YCLIENTS (providers/yclients.md) on 127.0.0.1.
 *
 * @throws Error when the port is taken
 */
export async function startYClients(options: YClientsOptions): Promise<YClientsSandbox> {
	const { partnerToken, userToken, log } = options;
	const { accept, staffNames } = BRANDS[options.brand ?? 'yclients'];
	const branch = defaultBranch(options.companyId, options.timeZone ?? 'Europe/Moscow');
	const clock = new Clock();
	const modes = new ModeSwitch();
	const hooks = new Hooks(options.webhookUrl ?? null);
	const webhooks = new Webhooks(hooks, {
		timeoutMs: options.webhookTimeoutMs ?? 10_000, now: () => new Date(clock.now()).toISOString(), log,
	});
	const salon: Salon = new Salon(branch, new Bookings(), new Clients(), clock, (change) => {
		webhooks.accept({ ...change, body: views.hookBody(change, modes.current) });
	});
	const views = new Views(salon);
	const service: Service = { salon, views, modes, hooks, loyalty: new Loyalty(clock), staffNames };
	const endpoints = new EndpointTable([
		...recordEndpoints(service),
		...clientEndpoints(service),
		...companyEndpoints(service),
		...hookEndpoints(service),
		...loyaltyEndpoints(service),
	]);
	const faults = new Faults();
	const rate = new RateMeter(options.limits ?? DEFAULT_LIMITS, options.timeScale);
	const journal = new Journal();
	const control = new YClientsControl({ service, clock, webhooks, rate, faults, journal });
	const tokens = { partner: partnerToken, user: userToken };

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		log(`YCLIENTS: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		if (response.headersSent) next(error);
		else response.status(500).type('text').send('The sandbox failed; its log tells why');
	};
	const app = express()
		.disable('x-powered-by')
		.disable('etag')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_desk', deskRoutes(control, service))
		.use('/api/v1', express.raw({ type: () => true, limit: '5mb' }))
		.use('/api/v1', gateway({ endpoints, branch, tokens, accept, clock, modes, rate, faults, journal, log }))
		.use((_request, response) => void response.status(404).type('text').send('Not found'))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'YCLIENTS sandbox (option ports.yclients)');
	return { ...listening, control };
}
