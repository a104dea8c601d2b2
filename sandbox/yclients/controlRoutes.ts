import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, controlRouter, NOTHING } from '../shared/controlApi';
import { ApiError } from './apiError';
import type { YClientsControl } from './control';

const action = actionsFor<YClientsControl>();

const flag = z.boolean();
const id = z.number().int();
const minor = z.number().int();
const count = z.number().int().min(1).max(1000).default(1);
const status = z.number().int().min(200).max(599);
const milliseconds = z.number().int().min(0).max(600_000);
const moment = z.string().datetime({ offset: true });
const attendance = z.union([z.literal(-1), z.literal(0), z.literal(1), z.literal(2)]);
const record = { record: id };
const target = z
	.object({
		method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
		path: z.string().startsWith('/').optional(),
	})
	.strict();

const client = z.object({ name: z.string(), phone: z.string().optional(), email: z.string().optional() }).strict();

const givenRecord = z
	.object({
		client: client.nullable(),
		clientId: id,
		staffId: id,
		services: z.array(
			z.object({
				serviceId: id, title: z.string(), unitMinor: minor, amount: id, discountPercent: z.number(),
				costMinor: minor,
			}).strict().partial(),
		),
		startsAt: moment,
		lengthSeconds: id,
		attendance,
		comment: z.string(),
		online: flag,
		paid: flag,
		deleted: flag,
		apiId: z.string(),
		visitId: id,
		activityId: id,
		clientsCount: id,
		createdAt: moment,
		changedAt: moment,
	})
	.strict()
	.partial();

const modes = z
	.object({
		drift: flag,
		pageClamp: z.number().int().min(1),
		totalCount: z.enum(['all', 'page', 'absent']),
		changedAfter: z.enum(['branch', 'utc', 'offsetIgnored']),
		deletedIsShown: flag,
		phonesAccess: flag,
		recordClientsAccess: flag,
		contactsAccess: flag,
		webhooksAccess: flag,
		loyaltyAccess: flag,
		hiddenAs: z.enum(['blank', 'masked']),
		webhookBodies: z.enum(['full', 'partial', 'wrapped']),
		smsCode: z.string().nullable(),
		transactionTitles: flag,
		retryAfterSeconds: z.number().int().nullable(),
	})
	.strict()
	.partial();

const ACTIONS: ControlActions<YClientsControl> = new Map([
	['add-client', action(client, (control, body) => control.addClient(body))],
	['edit-client', action(client.partial().extend({ client: id }), (control, { client: clientId, ...changes }) => {
		return control.editClient(clientId, changes);
	})],
	['add-record', action(givenRecord, (control, body) => control.addRecord(body))],
	['add-records', action(z.object({ count: z.number().int().min(1).max(100_000) }).strict(), (control, body) => {
		return { added: control.addRecords(body.count).length };
	})],
	['set-attendance', action(z.object({ ...record, attendance }).strict(), (control, body) => {
		return control.setAttendance(body.record, body.attendance);
	})],
	['change-price', action(
		z.object({ ...record, priceMinor: minor.min(0), line: id.optional() }).strict(),
		(control, body) => control.changePrice(body.record, body.priceMinor, body.line),
	)],
	['reschedule', action(z.object({ ...record, startsAt: moment }).strict(), (control, body) => {
		return control.reschedule(body.record, body.startsAt);
	})],
	['edit-comment', action(z.object({ ...record, comment: z.string() }).strict(), (control, body) => {
		return control.editComment(body.record, body.comment);
	})],
	['set-paid', action(z.object({ ...record, paid: flag }).strict(), (control, body) => {
		return control.setPaid(body.record, body.paid);
	})],
	['set-client', action(z.object({ ...record, client: id.nullable() }).strict(), (control, body) => {
		return control.setClient(body.record, body.client);
	})],
	['delete-record', action(z.object(record).strict(), (control, body) => control.deleteRecord(body.record))],
	['restore-record', action(z.object(record).strict(), (control, body) => control.restoreRecord(body.record))],
	['set-hooks', action(z.object({}).passthrough(), (control, body) => control.setHooks(body))],
	['hold-deliveries', action(NOTHING, (control) => control.holdDeliveries())],
	['release-deliveries', action(
		z.object({ order: z.union([z.enum(['given', 'reversed', 'together']), z.array(id)]).optional() }).strict(),
		async (control, body) => await control.releaseDeliveries(body.order),
	)],
	['wait-for-deliveries', action(
		z.object({ timeoutMs: milliseconds.optional() }).strict(),
		async (control, body) => await control.waitForDeliveries(body.timeoutMs),
	)],
	['deliver', action(z.object({ ...record, copies: count }).strict(), async (control, body) => {
		return await control.deliver(body.record, { copies: body.copies });
	})],
	['send-forged', action(
		z.object({ body: z.unknown(), url: z.string().url().optional() }).strict(),
		async (control, forged) => await control.sendForged(forged.body, forged.url),
	)],
	['duplicate-next', action(z.object({ copies: z.number().int().min(1).max(100) }).strict(), (control, body) => {
		control.duplicateNext(body.copies);
	})],
	['lose-next', action(z.object({ count }).strict(), (control, body) => control.loseNext(body.count))],
	['fail-next', action(target.extend({ count, status }), (control, { count: times, ...how }) => {
		control.failNext(times, how);
	})],
	['apply-then-fail-next', action(target.extend({ count, status }), (control, { count: times, ...how }) => {
		const { status: code, ...at } = how;
		control.applyThenFailNext(times, code, at);
	})],
	['delay-next', action(target.extend({ count, ms: milliseconds }), (control, { count: times, ms, ...at }) => {
		control.delayNext(times, ms, at);
	})],
	['drop-next', action(target.extend({ count, apply: flag.optional() }), (control, { count: times, ...how }) => {
		control.dropNext(times, how);
	})],
	['down', action(z.object({ down: flag }).strict(), (control, body) => control.down(body.down))],
	['modes', action(modes, (control, body) => control.set(body))],
	['drift', action(z.object({ drift: flag }).strict(), (control, body) => control.drift(body.drift))],
	['page-clamp', action(z.object({ most: z.number().int().min(1) }).strict(), (control, body) => {
		control.pageClamp(body.most);
	})],
	['limit', action(
		z.object({ perSecond: z.number().int().min(1), perMinute: z.number().int().min(1) }).strict(),
		(control, body) => control.limit(body),
	)],
	['add-card', action(
		z.object({ phone: z.string().min(1), number: z.string().min(1) }).strict(),
		(control, body) => control.addCard(body.phone, body.number),
	)],
	['add-cashback', action(
		z.object({ ...record, card: id, amountMinor: minor.positive() }).strict(),
		(control, body) => control.addCashback(body.record, body.card, body.amountMinor),
	)],
	['advance', action(z.object({ ms: z.number().int().min(0) }).strict(), (control, body) => {
		control.advance(body.ms);
	})],
	['reset-counters', action(NOTHING, (control) => control.resetCounters())],
	['reset', action(NOTHING, (control) => control.reset())],
]);

const text = z.string().min(1).optional();
const statusText = z.coerce.number().optional();

const LISTS: ControlActions<YClientsControl> = new Map([
	['records', action(NOTHING, (control) => control.records())],
	['clients', action(NOTHING, (control) => control.clients())],
	['hooks', action(NOTHING, (control) => control.hooks())],
	['modes', action(NOTHING, (control) => control.modes)],
	['held-deliveries', action(NOTHING, (control) => control.heldDeliveries())],
	['loyalty-transactions', action(NOTHING, (control) => control.loyaltyTransactions())],
	['counters', action(NOTHING, (control) => {
		return { overRate: control.overRate(), peak: control.peak(), calls: control.callCounts() };
	})],
	['deliveries', action(
		z.object({
			resource: text,
			resourceId: z.coerce.number().optional(),
			event: text,
			kind: z.enum(['event', 'hand', 'forged', 'lost']).optional(),
			status: statusText,
		}).strict(),
		(control, filter) => control.deliveries(filter),
	)],
	['requests', action(
		z.object({
			method: text,
			path: text,
			pattern: text,
			outcome: z.enum(['served', 'refused', 'over', 'fault', 'lost']).optional(),
			status: statusText,
		}).strict(),
		(control, filter) => control.requests(filter),
	)],
]);

/** The control API of README.md: `POST /<action>` with a JSON body, `GET /<list>` with filters in the query. */
export function controlRoutes(control: YClientsControl): Router {
	return controlRouter({ control, actions: ACTIONS, lists: LISTS, refusals: [ApiError], unknownName: 'There are' });
}
