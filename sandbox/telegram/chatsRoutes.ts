import type { Request, Response } from 'express';
import express, { Router } from 'express';
import { html } from '../shared/html';
import { refuseForeignPages } from '../shared/loopback';
import type { TelegramControl } from './control';
import { chatPage } from './pages/chatPage';
import { groupPage } from './pages/groupPage';
import { layout } from './pages/layout';
import type { LinkOutcome, Person } from './person';
import { PersonError } from './person';
import { sendPage } from '../shared/sendPage';

/** How long a page waits for the bot, so that the answer to a message is mostly there already. */
const REPLY_WAIT_MS = 1500;
const POLL_MS = 25;

const OUTCOMES: Readonly<Record<LinkOutcome, string>> = {
	joined: 'You joined.',
	requested: 'You asked to join. An administrator, or the bot, has to approve it.',
	already_member: 'You are in already.',
	link_invalid: 'This invite link is not valid: used up, expired, revoked or never made.',
	banned: 'You cannot join: you were banned.',
	started: 'The bot was opened by its link.',
	elsewhere: 'This is neither an invite link nor a link of this bot: open it in a browser.',
};

type Field = (name: string) => string;
/** Does something for a person; returns what the page tells about it, null for nothing. */
type Act = (person: Person, field: Field) => string | null;

const silent = (act: (person: Person, field: Field) => void): Act => (person, field) => {
	act(person, field);
	return null;
};

const ACTS: ReadonlyMap<string, Act> = new Map([
	['start', silent((person) => person.start())],
	['send', silent((person, field) => person.send(field('text')))],
	['press', silent(press)],
	['open', (person, field) => OUTCOMES[person.openLink(field('url'))]],
	['leave', silent((person, field) => person.leave(field('chat')))],
	['block', silent((person) => person.blockBot())],
	['unblock', silent((person) => person.unblockBot())],
]);
/** Acts the bot is likely to answer. */
const ANSWERED = new Set(['start', 'send', 'press', 'open']);

/** The pages on which somebody at the screen plays the buyers. */
export function chatsRoutes(control: TelegramControl, botUsername: string): Router {
	/** What the next view of a person's chat tells, once. */
	const told = new Map<string, string>();
	const personOf = (request: Request) => control.people().find(({ id }) => id === request.params['id']);
	const missing = (response: Response) => sendPage(response, layout('Not found', control, '', NOT_FOUND), 404);

	const router = Router();
	router.use(refuseForeignPages, express.urlencoded({ extended: false }));
	router.get('/', (_request, response) => sendPage(response, layout('Chats', control, '', welcome(botUsername))));
	router.post('/people', (request, response) => {
		const firstName = fieldsOf(request)('firstName').trim() || 'Somebody';
		response.redirect(303, `/_chats/people/${control.user({ firstName }).id}`);
	});
	router.get('/people/:id', (request, response) => {
		const person = personOf(request);
		if (!person) return missing(response);
		sendPage(response, chatPage(control, person, botUsername, told.get(person.id) ?? null));
		told.delete(person.id);
	});
	router.post('/people/:id/:act', async (request, response) => {
		const person = personOf(request);
		const name = String(request.params['act']);
		const act = ACTS.get(name);
		if (!person || !act) return missing(response);
		const notice = await perform(person, act, fieldsOf(request), ANSWERED.has(name));
		if (notice !== null) told.set(person.id, notice);
		response.redirect(303, `/_chats/people/${person.id}#end`);
	});
	router.get('/chats/:id', (request, response) => {
		const chat = control.chats().find(({ id }) => id === request.params['id']);
		if (!chat) return missing(response);
		sendPage(response, groupPage(control, chat, botUsername));
	});
	return router;
}

/** Acts and, where the bot is likely to answer, waits for that a little. */
async function perform(person: Person, act: Act, field: Field, isAnswered: boolean): Promise<string | null> {
	const shown = person.notices().length;
	const heard = heardFromBot(person);
	try {
		const notice = act(person, field);
		const deadline = Date.now() + REPLY_WAIT_MS;
		while (isAnswered && heardFromBot(person) === heard && Date.now() < deadline) {
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
		return notice ?? person.notices()[shown] ?? null;
	} catch (error) {
		if (error instanceof PersonError) return error.message;
		throw error;
	}
}

function heardFromBot(person: Person): number {
	return person.messages().filter(({ from }) => from === 'bot').length + person.notices().length;
}

/** `at` names a button as `<message id>.<place>`. */
function press(person: Person, field: Field): void {
	const [messageId, place] = field('at').split('.').map(Number);
	person.pressAt(messageId ?? Number.NaN, place ?? Number.NaN);
}

function fieldsOf(request: Request): Field {
	const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
	return (name) => {
		const value = body[name];
		return typeof value === 'string' ? value : '';
	};
}

const NOT_FOUND = html`<section class="card">
	<h1>There is no such page</h1>
	<p><a href="/_chats">All chats</a></p>
</section>`;

function welcome(botUsername: string) {
	return html`<section class="card">
		<h1>Chats with @${botUsername}</h1>
		<p>Add a person at the side, press Start and talk to the bot as a buyer would. Invite links and links of the bot work
		in the chat, and in the line <i>Open a link</i> below it.</p>
	</section>`;
}
