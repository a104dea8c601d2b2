import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, controlRouter, NOTHING } from '../shared/controlApi';
import type { PlatformControl } from './control';
import { PlatformError } from './control';
import type { OrderOverrides, PlatformOrder } from './order';

const action = actionsFor<PlatformControl>();

const orderId = z.object({ orderId: z.string().min(1) }).strict();
const number = z.number().int().min(1).max(10_000);
/** Parts of `course_order`; anything goes, so that wrong bodies can be sent too. */
const overrides = z.record(z.unknown()).transform((given) => given as OrderOverrides);
const order = z
	.object({ course_order: z.object({ payment_id: z.string() }).passthrough() })
	.transform((given) => given as unknown as PlatformOrder);

const ACTIONS: ControlActions<PlatformControl> = new Map([
	['pay', action(overrides, async (control, body) => await control.pay(control.sampleOrder(body)))],
	[
		'resend',
		action(orderId.extend({ copies: number.default(1) }), async (control, body) =>
			await control.resend(body.orderId, body.copies),
		),
	],
	['refund', action(orderId, async (control, body) => await control.refund(body.orderId))],
	[
		'forge',
		action(
			z
				.object({
					order: order.optional(),
					secret: z.string().optional(),
					signature: z.string().nullable().optional(),
					bodyAfterSigning: z.string().optional(),
				})
				.strict(),
			async (control, body) => await control.sendForged(body),
		),
	],
	[
		'legacy',
		action(z.object({ secret: z.string(), order: overrides.optional() }).strict(), async (control, body) =>
			await control.sendLegacy(body.secret, control.sampleOrder(body.order)),
		),
	],
	[
		'send-signed',
		action(z.object({ body: z.string() }).strict(), async (control, { body }) => await control.sendSigned(body)),
	],
	[
		'burst',
		action(
			z.object({ count: number, customers: number, concurrency: number }).strict(),
			async (control, { count, customers, concurrency }) => await control.burst(count, customers, concurrency),
		),
	],
	['reset', action(NOTHING, (control) => control.reset())],
]);

/** The control API of README.md: `POST /<action>` with a JSON body; GET for orders and deliveries. */
export function controlRoutes(control: PlatformControl): Router {
	const router = controlRouter({ control, actions: ACTIONS, refusals: [PlatformError], unknownName: 'Actions' });
	router.get('/orders', (_request, response) => void response.json(control.allOrders()));
	router.get('/deliveries', (_request, response) => void response.json(control.deliveries()));
	return router;
}
