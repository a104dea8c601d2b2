import type { Request, Router } from 'express';
import { z } from 'zod';
import type { ControlAction, ControlActions } from '../shared/controlApi';
import { actionsFor, answerControl, controlRouter, NOTHING } from '../shared/controlApi';
import type { TelegramControl } from './control';
import type { Person } from './person';
import { PersonError } from './person';

const action = actionsFor<TelegramControl>();

const userId = z.string().regex(/^[1-9]\d{0,15}$/, 'a user id as text');
const chatId = z.string().regex(/^-\d{1,15}$/, 'a chat id as text');
const count = z.number().int().min(1).max(100).default(1);
const method = z.string().min(1).optional();
const ms = z.number().int().min(0).max(600_000);

/** An action of a person who exists. */
function personAction<Shape extends z.ZodRawShape>(
	shape: Shape,
	run: (person: Person, body: z.output<z.ZodObject<Shape>>) => unknown,
): ControlAction<TelegramControl> {
	const schema = z.object({ ...shape, user: userId }).strict();
	return (control, body) => {
		const parsed = schema.parse(body ?? {});
		return run(personBy(control, String(parsed['user'])), parsed as z.output<z.ZodObject<Shape>>);
	};
}

/** Whatever goes wrong is told: it mostly is something the person cannot do. */
const REFUSALS = [Error];

const ACTIONS: ControlActions<TelegramControl> = new Map([
	[
		'user',
		action(
			z
				.object({
					id: userId.optional(),
					username: z.string().min(1).optional(),
					firstName: z.string().min(1).optional(),
					languageCode: z.string().min(2).optional(),
				})
				.strict(),
			(control, body) => ({ id: control.user(body).id }),
		),
	],
	['start', personAction({ payload: z.string().optional() }, (person, { payload }) => person.start(payload))],
	['send', personAction({ text: z.string().min(1) }, (person, { text }) => person.send(text))],
	['press', personAction({ button: z.string().min(1) }, (person, { button }) => ({ url: person.press(button) }))],
	['open-link', personAction({ url: z.string().min(1) }, (person, { url }) => ({ outcome: person.openLink(url) }))],
	[
		'open-invite',
		personAction({ link: z.string().min(1) }, (person, { link }) => ({ outcome: person.openInvite(link) })),
	],
	['leave', personAction({ chat: chatId }, (person, { chat }) => person.leave(chat))],
	['block', personAction({}, (person) => person.blockBot())],
	['unblock', personAction({}, (person) => person.unblockBot())],
	[
		'fail-next',
		action(
			z
				.object({
					count,
					status: z.number().int().min(400).max(599),
					retryAfter: z.number().int().min(1).optional(),
					reason: z.string().min(1).optional(),
					method,
				})
				.strict(),
			(control, body) => control.failNext(body.count, body),
		),
	],
	['too-many-for', action(z.object({ ms }).strict(), (control, body) => control.tooManyFor(body.ms))],
	['drop-next', action(z.object({ count, method }).strict(), (control, body) => control.dropNext(body.count, body))],
	[
		'apply-then-drop-next',
		action(z.object({ count, method }).strict(), (control, body) => control.applyThenDropNext(body.count, body)),
	],
	[
		'delay-next',
		action(z.object({ ms, count, method }).strict(), (control, body) => control.delayNext(body.ms, body.count, body)),
	],
	['down', action(z.object({ down: z.boolean() }).strict(), (control, body) => control.down(body.down))],
	[
		'send-forged',
		action(
			z.object({ secret: z.string().nullable(), update: z.record(z.unknown()).optional() }).strict(),
			async (control, body) => await control.sendForged(body.secret, body.update),
		),
	],
	[
		'deliver',
		action(
			z.object({ update: z.number().int(), copies: count }).strict(),
			async (control, body) => await control.deliver(body.update, body),
		),
	],
	[
		'advance-time',
		action(z.object({ seconds: z.number().positive().max(400 * 86_400) }).strict(), (control, body) =>
			control.advance(body.seconds * 1000),
		),
	],
	['reset', action(NOTHING, (control) => control.reset())],
]);

/** The control API: `POST /<action>` with a JSON body, ids as text; GET for what there is to see. */
export function controlRoutes(control: TelegramControl): Router {
	const router = controlRouter({ control, actions: ACTIONS, refusals: REFUSALS, unknownName: 'Actions' });
	const view = (path: string, read: (query: (name: string) => string) => unknown) =>
		router.get(path, async (request, response) => {
			await answerControl(response, REFUSALS, () => read((name) => required(request, name)));
		});
	view('/chats', () => control.chats());
	view('/users', () => control.people().map(({ id, name, state }) => ({ id, name, state })));
	view('/messages', (query) => personBy(control, query('user')).messages());
	view('/members', (query) => control.members(query('chat')));
	view('/links', () => control.links());
	view('/requests', () => control.requests());
	view('/updates', () => control.updates());
	view('/deliveries', () => control.deliveries());
	return router;
}

function personBy(control: TelegramControl, id: string): Person {
	const person = control.people().find((one) => one.id === id);
	if (!person) throw new PersonError(`There is no user ${id}: make one with POST user`);
	return person;
}

function required(request: Request, name: string): string {
	return z.string({ required_error: `?${name}= is missing` }).parse(request.query[name]);
}
