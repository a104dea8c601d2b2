import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, controlRouter, NOTHING } from '../shared/controlApi';
import { NOTIFICATION_TYPES } from './addresses';
import type { CloudPaymentsControl } from './control';
import { Refusal } from './refusal';

const action = actionsFor<CloudPaymentsControl>();

const text = z.string().min(1);
const id = z.union([text, z.number().int()]);
const minor = z.number().int().positive();
const count = z.number().int().min(0).max(1000);
const type = z.enum(NOTIFICATION_TYPES);
const when = z.enum(['before', 'after']);
const number = z.number().min(0).max(100_000);
const flag = z.boolean();
const reason = z.union([z.literal('ok'), z.number().int().min(1)]);

const buyer = {
	card: text.optional(),
	email: z.string().email().optional(),
	threeDSecure: z.enum(['ok', 'fail', 'abandon']).optional(),
	saveCard: flag.optional(),
};

const widget = z.object({
	publicId: text,
	amount: z.union([z.number(), text]),
	currency: text,
	description: text.optional(),
	invoiceId: text.optional(),
	accountId: text.optional(),
	email: text.optional(),
	schema: z.enum(['Single', 'Dual']).optional(),
	metadata: z.unknown(),
	recurrent: z.unknown(),
	receipt: z.unknown(),
	tokenize: flag.optional(),
}).strict();

const forgery = z.object({
	secret: text.optional(),
	contentHmac: z.string().nullable().optional(),
	headers: z.record(z.string().nullable()).optional(),
	rawBody: z.string().optional(),
});

const ACTIONS: ControlActions<CloudPaymentsControl> = new Map([
	['set-notification', action(z.object({ type, url: z.string().url().nullable() }).strict(), (control, body) => {
		control.setNotification(body.type, body.url);
	})],
	['set-save-cards', action(z.object({ on: flag }).strict(), (control, { on }) => control.setSaveCards(on))],
	['pay-order', action(
		z.object({ order: text, ...buyer, method: z.enum(['card', 'sbp']).optional() }).strict(),
		async (control, { order, ...who }) => await control.payOrder(order, who),
	)],
	['pay-widget', action(
		z.object({ parameters: widget, ...buyer }).strict(),
		async (control, { parameters, ...who }) => await control.payWidget(parameters, who),
	)],
	['settle-sbp', action(
		z.object({ transaction: id, outcome: z.enum(['ok', 'fail']) }).strict(),
		async (control, body) => await control.settleSbp(body.transaction, body.outcome),
	)],
	['confirm', action(z.object({ transaction: id, amountMinor: minor.optional() }).strict(), (control, body) => {
		return control.confirm(body.transaction, body.amountMinor);
	})],
	['void', action(z.object({ transaction: id }).strict(), (control, body) => control.void(body.transaction))],
	['refund', action(z.object({ transaction: id, amountMinor: minor.optional() }).strict(), (control, body) => {
		return control.refund(body.transaction, body.amountMinor);
	})],
	['cancel-subscription', action(z.object({ subscription: text }).strict(), (control, body) => {
		return control.cancelSubscription(body.subscription);
	})],
	['token-outcome', action(
		z.object({ token: text, outcome: z.union([reason, z.array(reason)]) }).strict(),
		(control, { token, outcome }) => control.tokenOutcome(token, outcome),
	)],
	['resend', action(z.object({ id, type }).strict(), async (control, body) => {
		return await control.resend(body.id, body.type);
	})],
	['drop-notifications', action(
		z.object({ type, count: z.union([count, z.literal('all')]) }).strict(),
		(control, body) => control.dropNotifications(body.type, body.count),
	)],
	['hold-notifications', action(z.object({ on: flag }).strict(), (control, { on }) => control.holdNotifications(on))],
	['release-notifications', action(
		z.object({ order: z.union([z.enum(['given', 'reversed']), z.array(text)]).optional() }).strict(),
		async (control, { order }) => await control.releaseNotifications(order),
	)],
	['wait-for-notifications', action(
		z.object({ timeoutMs: z.number().int().min(0).max(600_000).optional() }).strict(),
		async (control, { timeoutMs }) => await control.waitForNotifications(timeoutMs),
	)],
	['deliver', action(
		forgery.extend({ type, fields: z.record(z.string()) }).strict(),
		async (control, { type: wanted, fields, ...how }) => await control.deliver(wanted, fields, how),
	)],
	['fail-next', action(
		z.object({
			path: z.string(), count, status: z.number().int().min(200).max(599), when, body: z.unknown(),
		}).strict(),
		(control, { path, count: times, status, when: moment, body }) => {
			control.failNext(path, times, { status, when: moment, body });
		},
	)],
	['delay-next', action(
		z.object({ path: z.string(), ms: z.number().int().min(0).max(600_000) }).strict(),
		(control, body) => control.delayNext(body.path, body.ms),
	)],
	['drop-next', action(z.object({ path: z.string(), count, when }).strict(), (control, body) => {
		control.dropNext(body.path, body.count, { when: body.when });
	})],
	['advance', action(
		z.object({ days: number, hours: number, minutes: number }).partial().strict(),
		async (control, stretch) => await control.advance(stretch),
	)],
	['reset-counters', action(NOTHING, (control) => control.resetCounters())],
	['clear', action(NOTHING, (control) => control.clear())],
]);

const LISTS: ControlActions<CloudPaymentsControl> = new Map([
	['notifications', action(z.object({ type: type.optional() }).strict(), (control, filter) => {
		return control.notifications(filter.type);
	})],
	['requests', action(z.object({ path: text.optional() }).strict(), (control, { path }) => control.requests(path))],
	['transactions', action(NOTHING, (control) => control.transactions())],
	['orders', action(NOTHING, (control) => control.orders())],
	['subscriptions', action(NOTHING, (control) => control.subscriptions())],
	['tokens', action(NOTHING, (control) => control.tokens())],
	['receipts', action(NOTHING, (control) => control.receipts())],
	['state', action(NOTHING, (control) => ({ now: control.now(), peakConcurrent: control.peakConcurrent() }))],
]);

/** The control API of README.md: `POST /<action>` with a JSON body, `GET /<list>` with filters in the query. */
export function controlRoutes(control: CloudPaymentsControl): Router {
	return controlRouter({ control, actions: ACTIONS, lists: LISTS, refusals: [Refusal], unknownName: 'There are' });
}
