import { Router } from 'express';
import { refuseForeignPages } from '../shared/loopback';
import { sendPage } from '../shared/sendPage';
import type { Account } from './account';
import { ApiError } from './apiError';
import type { StripeControl } from './control';
import { dashboardPage } from './dashboardPage';

type Button = (control: StripeControl, id: string) => unknown;

const BUTTONS: ReadonlyMap<string, Button> = new Map<string, Button>([
	['sessions/expire', (control, id) => control.expire(id)],
	['sessions/settle', (control, id) => control.settleDelayed(id, true)],
	['sessions/bounce', (control, id) => control.settleDelayed(id, false)],
	['payments/refund', (control, id) => control.refund(id)],
	['payments/dispute', (control, id) => control.dispute(id)],
	['payments/win', (control, id) => control.closeDispute(id, 'won')],
	['payments/lose', (control, id) => control.closeDispute(id, 'lost')],
	['subscriptions/renew', (control, id) => control.renew(id)],
	['subscriptions/fail', (control, id) => control.renew(id, { fail: true })],
	['subscriptions/cancel', (control, id) => control.setCancelAtPeriodEnd(id, true)],
	['subscriptions/resume', (control, id) => control.setCancelAtPeriodEnd(id, false)],
	['subscriptions/end', (control, id) => control.endSubscription(id)],
	['events/resend', async (control, id) => await control.deliver(id)],
]);

/** The merchant's dashboard with its buttons. */
export function dashboardRoutes(control: StripeControl, account: Account): Router {
	const router = Router();
	router.use(refuseForeignPages);
	router.get('/', (_request, response) => sendPage(response, dashboardPage(account, control.deliveries(), null)));
	router.post('/:kind/:id/:button', async (request, response, next) => {
		const { kind, id, button } = request.params;
		const press = BUTTONS.get(`${kind}/${button}`);
		if (!press) return next();
		try {
			await press(control, id);
			response.redirect(303, '/_dashboard');
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			sendPage(response, dashboardPage(account, control.deliveries(), error.message), 409);
		}
	});
	return router;
}
