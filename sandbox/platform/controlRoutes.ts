import express, { Router } from 'express';
import { z } from 'zod';
import { refuseForeignPages } from '../shared/loopback';
import type { PlatformControl } from './control';
import { PlatformError } from './control';
import type { OrderOverrides, PlatformOrder } from './order';

type Action = (control: PlatformControl, body: unknown) => unknown;

function action<Schema extends z.ZodTypeAny>(
	schema: Schema,
	run: (control: PlatformControl, body: z.output<Schema>) => unknown,
): Action {
	return async (control, body) => await run(control, schema.parse(body ?? {}) as z.output<Schema>);
}

const orderId = z.object({ orderId: z.string().min(1) }).strict();
const number = z.number().int().min(1).max(10_000);
/** Parts of `course_order`; anything goes, so that wrong bodies can be sent too. */
const overrides = z.record(z.unknown()).transform((given) => given as OrderOverrides);
const order = z
	.object({ course_order: z.object({ payment_id: z.string() }).passthrough() })
	.transform((given) => given as unknown as PlatformOrder);

const ACTIONS: ReadonlyMap<string, Action> = new Map([
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
	['reset', action(z.object({}).strict(), (control) => control.reset())],
]);

/** The control API of README.md: `POST /<action>` with a JSON body; GET for orders and deliveries. */
export function controlRoutes(control: PlatformControl): Router {
	const router = Router();
	router.use(refuseForeignPages);
	router.get('/orders', (_request, response) => void response.json(control.allOrders()));
	router.get('/deliveries', (_request, response) => void response.json(control.deliveries()));
	router.post('/:action', express.json(), async ({ params, body }, response) => {
		const run = ACTIONS.get(String(params.action));
		if (!run) return void response.status(404).json({ error: `Actions: ${[...ACTIONS.keys()].join(', ')}` });
		try {
			response.json((await run(control, body)) ?? { ok: true });
		} catch (error) {
			if (error instanceof z.ZodError) response.status(400).json({ error: error.issues });
			else if (error instanceof PlatformError) response.status(409).json({ error: error.message });
			else throw error;
		}
	});
	return router;
}
