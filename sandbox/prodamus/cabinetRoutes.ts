import { Router } from 'express';
import { refuseForeignPages } from '../shared/loopback';
import { cabinetPage } from './cabinetPage';
import type { ProdamusControl } from './control';
import { sendPage } from '../shared/sendPage';
import type { PageSettings } from './settings';
import type { Subscriptions } from './subscriptions';

const SUBSCRIPTION_EVENTS: ReadonlyMap<string, (subscriptions: Subscriptions, profile: string) => void> = new Map([
	['renew', (subscriptions, profile) => subscriptions.renew(profile)],
	['fail', (subscriptions, profile) => subscriptions.failCharge(profile, 'insufficient_funds')],
	['deactivate', (subscriptions, profile) => subscriptions.deactivate(profile, 'manager')],
	['finish', (subscriptions, profile) => subscriptions.finish(profile)],
] satisfies ReadonlyArray<readonly [string, (subscriptions: Subscriptions, profile: string) => unknown]>);

/** The merchant's cabinet: a list of payments with a button that sends the webhook again. */
export function cabinetRoutes(control: ProdamusControl, settings: PageSettings): Router {
	const { subscriptions } = control;
	const router = Router();
	router.use(refuseForeignPages);
	router.get('/', (_request, response) => {
		const { deliveries } = control.journal();
		sendPage(response, cabinetPage(control.payments(), subscriptions.all, deliveries, settings.mode));
	});
	router.post('/resend/:payment', async (request, response) => {
		await control.resend(request.params.payment);
		response.redirect(303, '/_cabinet');
	});
	router.post('/subscription/:profile/:event', (request, response, next) => {
		const run = SUBSCRIPTION_EVENTS.get(request.params.event);
		if (!run) return next();
		run(subscriptions, request.params.profile);
		response.redirect(303, '/_cabinet');
	});
	return router;
}
