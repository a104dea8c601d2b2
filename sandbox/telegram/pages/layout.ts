import type { Html } from '../../shared/html';
import { html } from '../../shared/html';
import { LIGHT_AND_DARK, pageHead } from '../../shared/pageHead';
import type { TelegramControl } from '../control';
import type { Person } from '../person';

/** Colours an avatar can have. */
const COLOURS = 6;

/** The frame of every page: people and chats at the side. `current` is the path of the page below `/_chats`. */
export function layout(title: string, control: TelegramControl, current: string, body: Html): Html {
	const entry = (path: string, name: string, note: string) => html`<li>
		<a href="/_chats/${path}"${path === current ? html` aria-current="page"` : null}>
			${avatar(name)}<span class="entry"><b>${name}</b><small>${note}</small></span>
		</a>
	</li>`;
	const people = control.people();
	return html`<!doctype html>
<html lang="en">
${pageHead(`${title} · Telegram sandbox`, LIGHT_AND_DARK)}
<body>
	<p class="ribbon">Sandbox: a local stand-in for Telegram. Nobody outside this machine gets these messages.</p>
	<div class="app">
		<nav>
			<h2>People</h2>
			${people.length === 0 ? html`<p class="muted">Nobody yet.</p>` : null}
			<ul>${people.map((person) => entry(`people/${person.id}`, person.name, newest(person)))}</ul>
			<form class="newcomer" method="post" action="/_chats/people">
				<label for="firstName">New person</label>
				<div class="row">
					<input id="firstName" name="firstName" placeholder="e.g. Anna" required maxlength="64" autocomplete="off">
					<button class="primary">Add</button>
				</div>
			</form>
			<h2>Channels and groups</h2>
			<ul>${control.chats().map((chat) => entry(`chats/${chat.id}`, chat.title, `${chat.type} ${chat.id}`))}</ul>
		</nav>
		<main>${body}</main>
	</div>
</body>
</html>`;
}

/** A round sign with the first letter, in a colour that stays with the name. */
export function avatar(name: string): Html {
	const sum = [...name].reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);
	return html`<span class="avatar c${sum % COLOURS}" aria-hidden="true">${[...name][0]?.toUpperCase() ?? '?'}</span>`;
}

function newest(person: Person): string {
	const message = person.messages().at(-1);
	if (!message) return 'no messages';
	const text = message.text.replace(/\s+/g, ' ');
	return `${message.from === 'bot' ? '' : 'You: '}${text.length > 40 ? `${text.slice(0, 39)}…` : text}`;
}
