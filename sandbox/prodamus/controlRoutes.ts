import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, controlRouter, NOTHING } from '../shared/controlApi';
import type { ProdamusControl } from './control';
import { LinkError } from './link';
import type { PhpValue } from './phpForm';
import type { ChargeError } from './subscription';
import { CHARGE_ERRORS } from './subscription';
import { SubscriptionError } from './subscriptions';

const action = actionsFor<ProdamusControl>();

const count = z.number().int().min(1).max(100);
const apply = z.boolean().optional();
const profile = z.object({ profile: z.string().min(1) }).strict();
const chargeError = z.enum(Object.keys(CHARGE_ERRORS) as [ChargeError, ...ChargeError[]]);
const fieldValue: z.ZodType<PhpValue> = z.lazy(() => z.union([z.string(), z.array(fieldValue), z.record(fieldValue)]));
const target = z
	.union([
		z.object({ url: z.string().url() }),
		z.object({ order_id: z.string().min(1) }),
		z.object({ parameters: z.record(fieldValue) }),
	])
	.transform((given) => {
		if ('url' in given) return given.url;
		return 'order_id' in given ? given.order_id : given.parameters;
	});
const reference = z.string().min(1);
const replaced = z.record(z.string()).optional();

const ACTIONS: ControlActions<ProdamusControl> = new Map([
	[
		'fail-next',
		action(
			z.object({ count: count.default(1), status: z.number().int().min(300).max(599), apply }).strict(),
			(control, body) => control.failNext(body.count, body.status, body),
		),
	],
	[
		'delay-next',
		action(z.object({ ms: z.number().int().min(0).max(600_000), count: count.default(1) }).strict(), (control, body) =>
			control.delayNext(body.ms, body.count),
		),
	],
	[
		'drop-next',
		action(z.object({ count: count.default(1), apply }).strict(), (control, body) =>
			control.dropNext(body.count, body),
		),
	],
	[
		'duplicate-next',
		action(z.object({ copies: count }).strict(), (control, body) => control.duplicateNext(body.copies)),
	],
	[
		'hang-up-next',
		action(z.object({ count: count.default(1) }).strict(), (control, body) => control.hangUpNext(body.count)),
	],
	['hold', action(NOTHING, (control) => control.hold())],
	[
		'release',
		action(
			z.object({ order: z.array(z.number().int()).default([]) }).strict(),
			async (control, body) => await control.release(body.order),
		),
	],
	[
		'webhook-format',
		action(z.object({ format: z.enum(['multipart', 'urlencoded', 'json']) }).strict(), (control, body) =>
			control.setWebhookFormat(body.format),
		),
	],
	[
		'page-mode',
		action(z.object({ mode: z.enum(['live', 'notLive', 'merchantDemo']) }).strict(), (control, body) =>
			control.setPageMode(body.mode),
		),
	],
	[
		'plan',
		action(
			z
				.object({
					id: z.string().regex(/^\d+$/),
					name: z.string().min(1),
					costMinor: z.number().int().positive(),
					periodDays: z.number().int().positive(),
				})
				.strict(),
			(control, body) => control.setPlan(body),
		),
	],
	[
		'advance-time',
		action(z.object({ days: z.number().positive().max(3660) }).strict(), (control, body) =>
			control.advanceTime(body.days * 86_400_000),
		),
	],
	[
		'pay',
		action(
			z.object({ target, method: z.string().optional(), phone: z.string().optional() }).strict(),
			(control, { target: link, ...buyer }) => control.pay(link, buyer),
		),
	],
	['cancel', action(z.object({ target }).strict(), (control, body) => control.cancel(body.target))],
	['deny', action(z.object({ target }).strict(), (control, body) => control.deny(body.target))],
	[
		'resend',
		action(z.object({ payment: reference }).strict(), async (control, body) => await control.resend(body.payment)),
	],
	[
		'forge',
		action(
			z
				.object({
					payment: reference,
					secret: z.string().optional(),
					sign: z.string().nullable().optional(),
					changeBeforeSigning: replaced,
					changeAfterSigning: replaced,
				})
				.strict(),
			async (control, { payment, ...forgery }) => await control.forge(payment, forgery),
		),
	],
	['subscription-renew', action(profile, (control, body) => control.subscriptions.renew(body.profile))],
	['subscription-remind', action(profile, (control, body) => control.subscriptions.remind(body.profile))],
	['subscription-reactivate', action(profile, (control, body) => control.subscriptions.reactivate(body.profile))],
	['subscription-finish', action(profile, (control, body) => control.subscriptions.finish(body.profile))],
	[
		'subscription-fail-charge',
		action(profile.extend({ error: chargeError }), (control, body) =>
			control.subscriptions.failCharge(body.profile, body.error),
		),
	],
	[
		'subscription-charge-error',
		action(profile.extend({ error: chargeError.nullable() }), (control, body) =>
			control.subscriptions.setChargeError(body.profile, body.error),
		),
	],
	[
		'subscription-deactivate',
		action(profile.extend({ by: z.enum(['manager', 'user']) }), (control, body) =>
			control.subscriptions.deactivate(body.profile, body.by),
		),
	],
	['reset', action(NOTHING, (control) => control.reset())],
]);

/** The control API of sandbox/README.md: `POST /<action>` with a JSON body; GET for the journal and the lists. */
export function controlRoutes(control: ProdamusControl): Router {
	const refusals = [LinkError, SubscriptionError];
	const router = controlRouter({ control, actions: ACTIONS, refusals, unknownName: 'Actions' });
	router.get('/journal', (_request, response) => void response.json(control.journal()));
	router.get('/payments', (_request, response) => void response.json(control.payments()));
	router.get('/subscriptions', (_request, response) => void response.json(control.subscriptions.all));
	return router;
}
