import { Router } from 'express';
import { z } from 'zod';
import type { Account, Collection } from './account';
import type { Api, Handler } from './api';
import { ApiError } from './apiError';
import { newPrice, newProduct } from './catalogue';
import { endpointChange, newEndpoint } from './endpoints';
import { randomText } from './ids';
import type { ListFilter } from './lists';
import { byField, filterBy, listPage, plainPage } from './lists';
import type { Customer, InvoicePayment, PortalSession, StripeEvent, StripeObject, Subscription } from './objects';
import { mergeMetadata, metadata, readParameters, text, url } from './parameters';
import { newRefund } from './refunds';
import type { Services } from './services';
import { newSession } from './sessionParameters';
import { subscriptionChange, subscriptionEnd } from './subscriptions';

const NOTHING = z.object({}).strict();

const newCustomer = z.object({
	email: z.string().email('not an e-mail address').optional(),
	name: text(256).optional(),
	phone: text(20).optional(),
	description: text().optional(),
	metadata: metadata.optional(),
}).strict();

const newPortalSession = z.object({
	customer: text(),
	return_url: url.optional(),
	configuration: text().optional(),
	locale: text(10).optional(),
}).strict();

/** A handler that reads its parameters by a schema first. */
function reading<Schema extends z.ZodTypeAny>(
	schema: Schema,
	run: (given: z.output<Schema>, id: string) => object,
): Handler {
	return (parameters, id) => run(readParameters(schema, parameters), id);
}

/** The calls of the API, below `/v1`. */
export function apiRoutes(api: Api, services: Services): Router {
	const { account, sessions, refunds, subscriptions, endpoints, catalogue } = services;
	const router = Router();
	const get = (path: string, handler: Handler) => router.get(path, api.serve(handler));
	const post = (path: string, handler: Handler) => router.post(path, api.serve(handler));
	const remove = (path: string, handler: Handler) => router.delete(path, api.serve(handler));

	post('/checkout/sessions', reading(newSession, (given) => sessions.create(given)));
	post('/checkout/sessions/:id/expire', reading(NOTHING, (_given, id) => sessions.expire(id)));
	get('/checkout/sessions/:id/line_items', (parameters, id) => {
		return plainPage(`/v1/checkout/sessions/${id}/line_items`, account.orderOf(id).lineItems, parameters);
	});
	post('/refunds', reading(newRefund, (given) => refunds.create(given)));
	post('/webhook_endpoints', reading(newEndpoint, (given) => endpoints.create(given)));
	post('/webhook_endpoints/:id', reading(endpointChange, (given, id) => endpoints.update(id, given)));
	remove('/webhook_endpoints/:id', reading(NOTHING, (_given, id) => endpoints.delete(id)));
	post('/subscriptions/:id', reading(subscriptionChange, (given, id) => subscriptions.update(id, given)));
	remove('/subscriptions/:id', reading(subscriptionEnd, (_given, id) => subscriptions.end(id)));
	post('/customers', reading(newCustomer, (given) => addCustomer(services, given)));
	post('/products', reading(newProduct, (given) => catalogue.addProduct(given)));
	post('/prices', reading(newPrice, (given) => catalogue.addPrice(given)));
	post('/billing_portal/sessions', reading(newPortalSession, (given) => addPortalSession(account, given)));
	get('/account', reading(NOTHING, () => ({ id: 'acct_sandbox', object: 'account', charges_enabled: true })));
	get('/balance', reading(NOTHING, () => ({
		object: 'balance', available: [], pending: [], livemode: account.livemode,
	})));
	addReadRoutes(router, api, account);
	router.use(api.serve(() => {
		throw new ApiError(404, { type: 'invalid_request_error', message: 'Unrecognized request URL' });
	}));
	return router;
}

/** One object by its id, and the list of them with its filters. */
function addReadRoutes(router: Router, api: Api, account: Account): void {
	const read = <Item extends StripeObject>(
		path: string,
		collection: Collection<Item>,
		filters: Readonly<Record<string, ListFilter<Item>>>,
	) => {
		const url = `/v1${path}`;
		router.get(path, api.serve((parameters) => listPage({ url, collection, filters }, parameters)));
		router.get(`${path}/:id`, api.serve(reading(NOTHING, (_given, id) => collection.get(id))));
	};
	const { sessions, paymentIntents, charges, refunds, disputes, subscriptions } = account;
	read('/checkout/sessions', sessions, {
		customer: byField(({ customer }) => customer),
		payment_intent: byField(({ payment_intent: intent }) => intent),
		status: byField(({ status }) => status),
		subscription: byField(({ subscription }) => subscription),
	});
	read('/payment_intents', paymentIntents, { customer: byField(({ customer }) => customer) });
	read('/charges', charges, {
		customer: byField(({ customer }) => customer),
		payment_intent: byField(({ payment_intent: intent }) => intent),
	});
	read('/refunds', refunds, {
		charge: byField(({ charge }) => charge),
		payment_intent: byField(({ payment_intent: intent }) => intent),
	});
	read('/disputes', disputes, {
		charge: byField(({ charge }) => charge),
		payment_intent: byField(({ payment_intent: intent }) => intent),
	});
	read('/subscriptions', subscriptions, {
		customer: byField(({ customer }) => customer),
		status: byStatus,
	});
	read('/invoices', account.invoices, {
		customer: byField(({ customer }) => customer),
		status: byField(({ status }) => status),
		subscription: byField(({ parent }) => parent.subscription_details.subscription),
	});
	read('/invoice_payments', account.invoicePayments, {
		invoice: byField(({ invoice }) => invoice),
		payment: ofPayment,
		status: byField(({ status }) => status),
	});
	read('/customers', account.customers, { email: byField(({ email }) => email) });
	read('/products', account.products, {});
	read('/prices', account.prices, {
		product: byField(({ product }) => product),
		type: byField(({ type }) => type),
	});
	read('/webhook_endpoints', account.endpoints, {});
	read('/events', account.events, { type: ofType, types: ofTypes });
}

/** Canceled subscriptions are listed only when asked for. */
const byStatus: ListFilter<Subscription> = {
	...filterBy(text(), ({ status }, given) => given === 'all' || status === given),
	isListedAnyway: ({ status }) => status !== 'canceled',
};

const ofPayment: ListFilter<InvoicePayment> = filterBy(
	z.object({ type: z.literal('payment_intent'), payment_intent: text().optional() }).strict(),
	({ payment }, { payment_intent: intent }) => intent === undefined || payment.payment_intent === intent,
);

/** One type, or a group of them such as `charge.*`. */
const ofType: ListFilter<StripeEvent> = filterBy(text(), ({ type }, given) => {
	return given.endsWith('.*') ? type.startsWith(given.slice(0, -1)) : type === given;
});

const ofTypes: ListFilter<StripeEvent> = filterBy(z.array(text()).max(20), ({ type }, given) => given.includes(type));

function addCustomer({ account, events }: Services, given: z.output<typeof newCustomer>): Customer {
	const customer = account.customers.add({
		...account.newObject('cus', 'customer'),
		email: given.email ?? null,
		name: given.name ?? null,
		phone: given.phone ?? null,
		metadata: mergeMetadata({}, given.metadata),
	});
	events.emit('customer.created', customer);
	return customer;
}

function addPortalSession(account: Account, given: z.output<typeof newPortalSession>): PortalSession {
	const base = account.newObject('bps', 'billing_portal.session');
	const secret = `${account.livemode ? 'live' : 'test'}_${randomText(40)}`;
	return account.portalSessions.add({
		...base,
		customer: account.customers.get(given.customer, 'customer').id,
		return_url: given.return_url ?? null,
		url: `${account.url}/p/session/${secret}`,
	});
}
