import type { Router } from 'express';
import { z } from 'zod';
import type { ControlActions } from '../shared/controlApi';
import { actionsFor, answerControl, controlRouter, NOTHING } from '../shared/controlApi';
import type { AmoCrmControl } from './control';
import { SandboxError } from './people';

const action = actionsFor<AmoCrmControl>();

const count = z.number().int().min(1).max(1000).default(1);
const milliseconds = z.number().int().min(0).max(600_000);
const id = z.object({ id: z.number().int() }).strict();
const target = z
	.object({
		method: z.enum(['GET', 'POST', 'PATCH']).optional(),
		path: z.string().refine(isPattern, 'must be a regular expression').optional(),
	})
	.strict();
const flag = z.boolean();

const modes = z
	.object({
		filtersIgnored: flag,
		filtersAnnounced: flag,
		looseSearch: flag,
		indexLagMs: milliseconds,
		unsortedHidden: flag,
		numericAsStrings: flag,
		latencyMs: milliseconds,
		isAdmin: flag,
		forbidden: flag,
		down: flag,
		timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone'),
	})
	.strict()
	.partial();

const value = z.union([z.string(), z.number(), z.boolean()]);
const entity = z.object({
	name: z.string().optional(),
	fields: z.record(z.union([value, z.array(value)])).optional(),
	tags: z.array(z.string()).optional(),
	updatedAt: z.string().datetime().optional(),
	isDeleted: flag.optional(),
});
const reference = z.union([z.string(), z.number().int()]);
const lead = entity
	.extend({
		price: z.number().int().optional(),
		pipeline: reference.optional(),
		status: reference.optional(),
		contactIds: z.array(z.number().int()).optional(),
	})
	.strict();
const person = entity
	.extend({
		phone: z.string().optional(),
		email: z.string().optional(),
		telegramId: z.string().optional(),
		telegramUsername: z.string().optional(),
		leads: z.array(lead).optional(),
	})
	.strict();
const field = z.object({ entity: z.enum(['contacts', 'leads']), field: reference }).strict();

const REFUSALS = [SandboxError];

const ACTIONS: ControlActions<AmoCrmControl> = new Map([
	['modes', action(modes, (control, body) => control.set(body))],
	[
		'fail-next',
		action(
			target.extend({ count, status: z.number().int().min(400).max(599) }),
			(control, { count, status, ...at }) => control.failNext(count, status, at),
		),
	],
	[
		'apply-then-504-next',
		action(target.extend({ count }), (control, { count, ...at }) => control.applyThen504Next(count, at)),
	],
	[
		'rate-limit-next',
		action(target.extend({ count }), (control, { count, ...at }) => control.rateLimitNext(count, at)),
	],
	[
		'drop-next',
		action(target.extend({ count, apply: flag.optional() }), (control, { count, ...at }) =>
			control.dropNext(count, at),
		),
	],
	[
		'delay-next',
		action(target.extend({ count, ms: milliseconds }), (control, { count, ms, ...at }) =>
			control.delayNext(ms, count, at),
		),
	],
	[
		'reject-elements-next',
		action(target.extend({ positions: z.array(z.number().int().min(0)).min(1) }), (control, { positions, ...at }) =>
			control.rejectElementsNext(positions, at),
		),
	],
	['revoke-token', action(NOTHING, (control) => control.revokeToken())],
	['restore-token', action(NOTHING, (control) => control.restoreToken())],
	['expire-access-tokens', action(NOTHING, (control) => control.expireAccessTokens())],
	['authorization-code', action(NOTHING, (control) => ({ code: control.authorizationCode() }))],
	['unblock', action(NOTHING, (control) => control.unblock())],
	['add-person', action(person, (control, body) => control.addPerson(body))],
	['add-lead', action(lead, (control, body) => control.addLead(body))],
	[
		'add-stranger',
		action(z.object({ query: z.string().min(1) }).strict(), (control, body) => control.addStranger(body.query)),
	],
	[
		'add-twins',
		action(z.object({ phone: z.string().regex(/^\d{10,15}$/) }).strict(), (control, body) =>
			control.addTwins(body.phone),
		),
	],
	['add-crowd', action(z.object({ count }).strict(), (control, body) => control.addCrowd(body.count))],
	['delete-lead', action(id, (control, body) => control.deleteLead(body.id))],
	['delete-contact', action(id, (control, body) => control.deleteContact(body.id))],
	['delete-field', action(field, (control, body) => control.deleteField(body.entity, body.field))],
	[
		'delete-enum',
		action(field.extend({ value: z.string() }), (control, body) =>
			control.deleteEnum(body.entity, body.field, body.value),
		),
	],
	['reset-counters', action(NOTHING, (control) => control.resetCounters())],
	['reset', action(NOTHING, (control) => control.reset())],
]);

/** The control API of README.md: `POST /<action>` with a JSON body; GET for what there is and what came in. */
export function controlRoutes(control: AmoCrmControl): Router {
	const router = controlRouter({ control, actions: ACTIONS, refusals: REFUSALS, unknownName: 'Actions' });
	router.get('/modes', (_request, response) => void response.json(control.modes));
	router.get('/journal', (_request, response) => void response.json(control.requests()));
	router.get('/counters', (_request, response) => {
		response.json({
			overRate: control.overRate(), peakPerSecond: control.peakPerSecond(), calls: control.callCounts(),
		});
	});
	router.get('/contacts', ({ query }, response) => {
		response.json(typeof query.text === 'string' ? control.findContacts(query.text) : control.contacts());
	});
	router.get('/leads', (_request, response) => void response.json(control.leads()));
	router.get('/leads/:id', async ({ params }, response) => {
		const leadId = Number(params.id);
		await answerControl(response, REFUSALS, () => ({ ...control.lead(leadId), notes: control.notes(leadId) }));
	});
	return router;
}

function isTimeZone(text: string): boolean {
	return Intl.supportedValuesOf('timeZone').includes(text);
}

function isPattern(text: string): boolean {
	try {
		return new RegExp(text) instanceof RegExp;
	} catch {
		return false;
	}
}
