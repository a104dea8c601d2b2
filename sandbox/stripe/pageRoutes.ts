import type { Request } from 'express';
import express, { Router } from 'express';
import { z } from 'zod';
import { refuseForeignPages } from '../shared/loopback';
import { sendPage } from '../shared/sendPage';
import { successUrl } from './checkout';
import type { Typed } from './checkoutPage';
import { checkoutPage, closedPage } from './checkoutPage';
import { messagePage } from './layout';
import type { CheckoutSession, PortalSession } from './objects';
import { portalPage } from './portalPage';
import type { Services } from './services';

const typedSchema = z.object({
	email: z.string().trim().max(200).default(''),
	name: z.string().trim().max(200).default(''),
	phone: z.string().trim().max(20).default(''),
	method: z.enum(['card', 'delayed', 'declined']),
});
const isEmail = (text: string) => z.string().email().safeParse(text).success;

/** The buyer's pages: checkout and portal. They work without scripts. */
export function pageRoutes({ account, checkout, subscriptions }: Services): Router {
	const router = Router();
	router.use(['/c', '/p'], refuseForeignPages, express.urlencoded({ extended: false, limit: '10kb' }));

	router.get('/c/pay/:id', (request, response, next) => {
		const session = account.sessions.find(request.params.id);
		if (!session) return next();
		if (session.status !== 'open') return sendPage(response, closedPage(session), 410);
		sendPage(response, checkoutPage(session, account.orderOf(session.id), known(session), null));
	});

	router.post('/c/pay/:id', (request: Request<{ id: string }>, response, next) => {
		const session = account.sessions.find(request.params.id);
		if (!session) return next();
		if (session.status !== 'open') return sendPage(response, closedPage(session), 410);
		const order = account.orderOf(session.id);
		const typed = typedSchema.safeParse(request.body);
		const problem = typed.success ? contactProblem(typed.data, order.asksForPhone) : 'Choose how to pay.';
		if (!typed.success || problem !== null) {
			const shown = typed.success ? typed.data : known(session);
			return sendPage(response, checkoutPage(session, order, shown, problem), 400);
		}
		const { method, email, name, phone } = typed.data;
		const { status } = checkout.pay(session.id, { method, email, name: name || undefined, phone: phone || undefined });
		if (status === 'complete') return response.redirect(303, successUrl(session));
		sendPage(response, checkoutPage(session, order, typed.data, 'Your card was declined. Try another one.'), 402);
	});

	const portalOf = (request: Request<{ secret: string }>): PortalSession | undefined => {
		return account.portalSessions.all.find(({ url }) => url.endsWith(`/${request.params.secret}`));
	};
	router.get('/p/session/:secret', (request, response, next) => {
		const portal = portalOf(request);
		if (!portal) return next();
		const own = account.subscriptions.all.filter(({ customer }) => customer === portal.customer);
		sendPage(response, portalPage(portal, account.customers.get(portal.customer), own));
	});
	router.post(
		'/p/session/:secret/subscriptions/:id',
		(request: Request<{ secret: string; id: string }>, response, next) => {
			const portal = portalOf(request);
			const subscription = account.subscriptions.find(request.params.id);
			if (!portal || subscription?.customer !== portal.customer) return next();
			const { cancel } = z.object({ cancel: z.enum(['true', 'false']) }).parse(request.body);
			subscriptions.update(subscription.id, { cancel_at_period_end: cancel === 'true' });
			response.redirect(303, new URL(portal.url).pathname);
		},
	);

	router.use(['/c', '/p'], (_request, response) => {
		sendPage(response, messagePage('Nothing here', 'There is no such page. Ask the shop for a new link.'), 404);
	});
	return router;
}

function known({ customer_details: details }: CheckoutSession): Typed {
	return { email: details?.email ?? '', name: details?.name ?? '', phone: details?.phone ?? '' };
}

function contactProblem({ email, phone }: Typed, asksForPhone: boolean): string | null {
	if (!isEmail(email)) return 'Type an e-mail address, for the receipt.';
	return asksForPhone && !/^\+?[\d ()-]{7,20}$/.test(phone) ? 'Type a phone number.' : null;
}
