import type { Response } from 'express';
import express, { Router } from 'express';
import { refuseForeignPages } from '../shared/loopback';
import { sendPage } from '../shared/sendPage';
import { readType } from './addresses';
import { cabinetPage } from './cabinetPage';
import type { CloudPaymentsControl } from './control';
import { asInput } from './input';
import { REASON } from './reasons';
import { Refusal } from './refusal';
import type { Service } from './service';

type Button = (control: CloudPaymentsControl, id: string, service: Service) => unknown;

const tokenOf = ({ site }: Service, subscription: string) => site.subscription(subscription).token;

const BUTTONS: ReadonlyMap<string, Button> = new Map<string, Button>([
	['payments/confirm', (control, id) => control.confirm(id)],
	['payments/void', (control, id) => control.void(id)],
	['payments/refund', (control, id) => control.refund(id)],
	['payments/settle', async (control, id) => await control.settleSbp(id, 'ok')],
	['payments/bounce', async (control, id) => await control.settleSbp(id, 'fail')],
	['orders/cancel', (_control, id, { orders }) => orders.cancel(id)],
	['subscriptions/cancel', (control, id) => control.cancelSubscription(id)],
	['subscriptions/poor', (control, id, service) => {
		control.tokenOutcome(tokenOf(service, id), REASON.insufficientFunds);
	}],
	['subscriptions/rich', (control, id, service) => control.tokenOutcome(tokenOf(service, id), 'ok')],
	['site/hour', async (control) => await control.advance({ hours: 1 })],
	['site/day', async (control) => await control.advance({ days: 1 })],
	['site/month', async (control) => await control.advance({ days: 30 })],
	['site/cards', (control, _id, { site }) => control.setSaveCards(!site.savesCards)],
]);

/** The shop's cabinet with its buttons. */
export function cabinetRoutes(control: CloudPaymentsControl, service: Service): Router {
	const { site, addresses } = service;
	const show = (response: Response, notice: string | null) => {
		const page = cabinetPage({
			now: control.now(),
			savesCards: site.savesCards,
			transactions: control.transactions(),
			orders: control.orders(),
			subscriptions: control.subscriptions(),
			notifications: control.notifications(),
			addressOf: (type) => addresses.get(type),
		}, notice);
		sendPage(response, page, notice === null ? 200 : 409);
	};
	const press = async (response: Response, run: () => unknown) => {
		try {
			await run();
			response.redirect(303, '/_cabinet');
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			show(response, error.message);
		}
	};
	const router = Router();
	router.use(refuseForeignPages, express.urlencoded({ extended: false, limit: '10kb' }));
	router.get('/', (_request, response) => show(response, null));
	router.post('/address/:type', async (request, response) => {
		const url = String(asInput(request.body).url ?? '').trim();
		await press(response, () => control.setNotification(readType(request.params.type), url || null));
	});
	router.post('/notifications/:about/:type', async (request, response) => {
		const { about, type } = request.params;
		await press(response, async () => await control.resend(about, readType(type)));
	});
	router.post('/:kind/:id/:button', async (request, response, next) => {
		const { kind, id, button } = request.params;
		const run = BUTTONS.get(`${kind}/${button}`);
		if (!run) return next();
		await press(response, async () => await run(control, id, service));
	});
	return router;
}
