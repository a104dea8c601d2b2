import type { ErrorRequestHandler } from 'express';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { serveAssets } from '../shared/serveAssets';
import { AmoCrmControl } from './control';
import { controlRoutes } from './controlRoutes';
import type { Crm } from './crm';
import { crmRoutes } from './crmRoutes';
import { defaultAccount } from './defaultAccount';
import { EndpointTable } from './endpoint';
import { accountEndpoints } from './endpoints/account';
import { contactEndpoints } from './endpoints/contacts';
import { leadEndpoints } from './endpoints/leads';
import { linkEndpoints } from './endpoints/links';
import { noteEndpoints } from './endpoints/notes';
import { tagEndpoints } from './endpoints/tags';
import { Faults } from './faults';
import { gateway } from './gateway';
import { Journal } from './journal';
import { ModeSwitch } from './modes';
import { oauthRoutes } from './oauthRoutes';
import type { GivenPerson } from './people';
import { People } from './people';
import { RateMeter } from './rate';
import { Renderer } from './render';
import { Search } from './search';
import { Store } from './store';
import type { OAuthClient } from './tokens';
import { Tokens } from './tokens';
import { Views } from './views';
import { WriteReader } from './writes';

export interface AmoCrmOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** The long-lived token of the private integration. */
	readonly token: string;
	/** Calls per second the integration may make. @default 7 */
	readonly perSecond?: number;
	/** Who is in the account at the start and after a reset. @default nobody */
	readonly seed?: readonly GivenPerson[];
	/** The OAuth2 integration. @default sandbox-client with sandbox-client-secret */
	readonly oauth?: OAuthClient;
	readonly log: (line: string) => void;
}

export interface AmoCrmSandbox {
	/** Address of the account without a trailing slash; `/_crm` is its page. */
	readonly url: string;
	readonly control: AmoCrmControl;
	close(): Promise<void>;
}

const DEFAULT_RATE = 7;
const DEFAULT_CLIENT: OAuthClient = { clientId: 'sandbox-client', clientSecret: 'sandbox-client-secret' };

/**
 * Starts a stand-in for an amoCRM account (providers/amocrm.md) on 127.0.0.1.
 *
 * @throws Error when the port is taken, or when somebody of the seed does not fit the account
 */
export async function startAmoCrm(options: AmoCrmOptions): Promise<AmoCrmSandbox> {
	const { log, seed = [] } = options;
	const account = defaultAccount();
	const store = new Store(account.users[0].id);
	const modes = new ModeSwitch();
	const search = new Search(account, store, modes);
	const writes = new WriteReader(account, store);
	const renderer = new Renderer(account, store, modes);
	const faults = new Faults();
	const rate = new RateMeter(options.perSecond ?? DEFAULT_RATE);
	const tokens = new Tokens(options.token, options.oauth ?? DEFAULT_CLIENT);
	const journal = new Journal();
	const crm: Crm = { account, store, modes, search, writes, renderer };
	const endpoints = new EndpointTable([
		...accountEndpoints(crm),
		...contactEndpoints(crm),
		...leadEndpoints(crm),
		...linkEndpoints(crm),
		...noteEndpoints(crm),
		...tagEndpoints(crm, 'contacts'),
		...tagEndpoints(crm, 'leads'),
	]);
	const control = new AmoCrmControl({
		account, store, search, modes, faults, rate, tokens, journal, seed,
		people: new People(account, store, writes),
		views: new Views(account, store),
	});

	const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
		log(`amoCRM: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		if (response.headersSent) next(error);
		else response.status(500).type('text').send('The sandbox failed; its log tells why');
	};
	const app = express()
		.disable('x-powered-by')
		.disable('etag')
		.use('/_assets', serveAssets(__dirname))
		.use('/_control', controlRoutes(control))
		.use('/_crm', crmRoutes(control, account))
		.use(express.raw({ type: () => true, limit: '10mb' }))
		.use('/oauth2', oauthRoutes(tokens, modes, log))
		.use('/api/v4', gateway({ endpoints, modes, rate, faults, tokens, journal, log }))
		.use((_request, response) => void response.status(404).type('text').send('Not found'))
		.use(onError);

	const listening = await listenOnLoopback(app, options.port, 'amoCRM sandbox (option ports.amocrm)');
	renderer.url = listening.url;
	return { ...listening, control };
}
