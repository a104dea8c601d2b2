import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, controlRouter, NOTHING } from '../shared/controlApi';
import { ApiError } from './apiError';
import type { StripeControl } from './control';

const action = actionsFor<StripeControl>();

const id = z.string().min(1);
const count = z.number().int().min(1).max(100).default(1);
const status = z.number().int().min(300).max(599);
const payment = { payment_intent: id };
const subscription = { subscription: id };

const ACTIONS: ControlActions<StripeControl> = new Map([
	['pay', action(
		z.object({
			session: id,
			method: z.enum(['card', 'delayed', 'declined']).optional(),
			email: z.string().email().optional(),
			name: z.string().optional(),
			phone: z.string().optional(),
		}).strict(),
		(control, { session, ...buyer }) => control.pay(session, buyer),
	)],
	['settle-delayed', action(z.object({ session: id, succeeded: z.boolean() }).strict(), (control, body) => {
		return control.settleDelayed(body.session, body.succeeded);
	})],
	['expire', action(z.object({ session: id }).strict(), (control, body) => control.expire(body.session))],
	['refund', action(
		z.object({ ...payment, amount: z.number().int().positive().optional() }).strict(),
		(control, body) => control.refund(body.payment_intent, body.amount),
	)],
	['dispute', action(z.object(payment).strict(), (control, body) => control.dispute(body.payment_intent))],
	['close-dispute', action(
		z.object({ ...payment, outcome: z.enum(['won', 'lost']) }).strict(),
		(control, body) => control.closeDispute(body.payment_intent, body.outcome),
	)],
	['renew', action(z.object({ ...subscription, fail: z.boolean().optional() }).strict(), (control, body) => {
		return control.renew(body.subscription, { fail: body.fail });
	})],
	['end-subscription', action(z.object(subscription).strict(), (control, body) => {
		return control.endSubscription(body.subscription);
	})],
	['cancel-at-period-end', action(z.object({ ...subscription, cancel: z.boolean() }).strict(), (control, body) => {
		return control.setCancelAtPeriodEnd(body.subscription, body.cancel);
	})],
	['deliver', action(
		z.object({
			event: id,
			copies: count,
			signedWith: z.string().min(1).optional(),
			timestampOffsetSeconds: z.number().int().optional(),
			extraV1: z.enum(['before', 'after']).optional(),
		}).strict(),
		async (control, { event, ...how }) => await control.deliver(event, how),
	)],
	['hold-deliveries', action(NOTHING, (control) => control.holdDeliveries())],
	['release-deliveries', action(
		z.object({ order: z.union([z.enum(['given', 'reversed']), z.array(id)]).optional() }).strict(),
		async (control, body) => await control.releaseDeliveries(body.order),
	)],
	['wait-for-deliveries', action(
		z.object({ timeoutMs: z.number().int().min(0).max(600_000).optional() }).strict(),
		async (control, body) => await control.waitForDeliveries(body.timeoutMs),
	)],
	['fail-next', action(
		z.object({ count, status, path: z.string().startsWith('/').optional() }).strict(),
		(control, { count: times, ...how }) => control.failNext(times, how),
	)],
	['delay-next', action(
		z.object({ count, ms: z.number().int().min(0).max(600_000) }).strict(),
		(control, body) => control.delayNext(body.count, body.ms),
	)],
	['drop-next', action(z.object({ count }).strict(), (control, body) => control.dropNext(body.count))],
	['apply-then-fail-next', action(z.object({ count, status }).strict(), (control, body) => {
		control.applyThenFailNext(body.count, body.status);
	})],
	['down', action(z.object({ down: z.boolean() }).strict(), (control, body) => control.down(body.down))],
	['roll-secret', action(z.object({ endpoint: id }).strict(), (control, body) => {
		return { secret: control.rollSecret(body.endpoint) };
	})],
	['reset', action(NOTHING, (control) => control.reset())],
]);

const LISTS: ControlActions<StripeControl> = new Map([
	['events', action(
		z.object({ type: id.optional(), objectId: id.optional() }).strict(),
		(control, filter) => control.events(filter),
	)],
	['deliveries', action(
		z.object({
			eventId: id.optional(), type: id.optional(), endpointId: id.optional(), status: z.coerce.number().optional(),
		}).strict(),
		(control, filter) => control.deliveries(filter),
	)],
	['requests', action(
		z.object({
			method: id.optional(),
			path: id.optional(),
			outcome: z.enum(['executed', 'replayed', 'refused', 'fault']).optional(),
			status: z.coerce.number().optional(),
			idempotencyKey: id.optional(),
		}).strict(),
		(control, filter) => control.requests(filter),
	)],
]);

/** The control API of README.md: `POST /<action>` with a JSON body, `GET /<list>` with filters in the query. */
export function controlRoutes(control: StripeControl): Router {
	return controlRouter({ control, actions: ACTIONS, lists: LISTS, refusals: [ApiError], unknownName: 'There are' });
}
