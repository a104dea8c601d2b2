import { chip } from '../../shared/chip';
import type { Html } from '../../shared/html';
import { html } from '../../shared/html';
import type { TelegramControl } from '../control';
import type { Button } from '../keyboard';
import type { MessageView } from '../message';
import type { Person } from '../person';
import { avatar, layout } from './layout';
import { pageLink, richText } from './richText';

const STATES: Readonly<Record<Person['state'], Html>> = {
	new: chip('has not pressed Start', 'neutral'),
	open: chip('chat open', 'good'),
	blocked: chip('has blocked the bot', 'bad'),
	deleted: chip('account deleted', 'bad'),
};

/** One person's chat with the bot. `notice` is told above the line to type in. */
export function chatPage(control: TelegramControl, person: Person, botUsername: string, notice: string | null): Html {
	const base = `/_chats/people/${person.id}`;
	const messages = person.messages();
	return layout(person.name, control, `people/${person.id}`, html`
		<header>
			${avatar(person.name)}
			<div class="who"><h1>${person.name}</h1><p class="muted">id ${person.id}, talks to @${botUsername}</p></div>
			${STATES[person.state]}
			<a class="button" href="${base}#end">Refresh</a>
			${blockButton(person, base)}
		</header>
		<form id="press" hidden method="post" action="${base}/press"></form>
		<form id="open" hidden method="post" action="${base}/open"></form>
		<div class="thread">
			${messages.length === 0 ? html`<p class="day">No messages yet</p>` : null}
			${messages.map((message) => bubble(message, botUsername))}
			${notice === null ? null : html`<p class="toast" role="status">${notice}</p>`}
		</div>
		<div class="composer" id="end">${composer(person, base)}</div>
		${membershipCard(control, person, base)}`);
}

function bubble(message: MessageView, botUsername: string): Html {
	return html`<article class="bubble ${message.from}">
		<div class="text">${richText(message, botUsername)}</div>
		<time datetime="${message.at}">${message.at.slice(11, 16)}</time>
		${message.buttons.length === 0 ? null : html`<div class="keys">
			${message.buttons.map((button, index) => key(message.id, button, index, botUsername))}
		</div>`}
	</article>`;
}

function key(messageId: number, button: Button, index: number, botUsername: string): Html {
	const label = html`${button.text}`;
	if (button.url !== undefined) return pageLink(button.url, html`${label} ↗`, botUsername, 'key');
	return html`<button form="press" name="at" value="${messageId}.${index}" class="key">${label}</button>`;
}

function composer(person: Person, base: string): Html {
	if (person.state === 'deleted') return html`<p class="muted">Nothing can be sent to or from a deleted account.</p>`;
	if (person.state !== 'open') {
		const title = person.state === 'blocked' ? 'Restart bot' : 'Start';
		return html`<form method="post" action="${base}/start"><button class="primary wide">${title}</button></form>`;
	}
	return html`<form class="row" method="post" action="${base}/send">
		<input name="text" placeholder="Message or /command" aria-label="Message" required autofocus autocomplete="off">
		<button class="primary">Send</button>
	</form>`;
}

function blockButton(person: Person, base: string): Html | null {
	if (person.state === 'deleted') return null;
	const [path, title] = person.state === 'blocked' ? ['unblock', 'Unblock bot'] : ['block', 'Block bot'];
	return html`<form method="post" action="${base}/${path}"><button>${title}</button></form>`;
}

/** Where the person is a member, and a line for links that came from elsewhere. */
function membershipCard(control: TelegramControl, person: Person, base: string): Html {
	const rows = control.chats().map((chat) => html`<li>
		${avatar(chat.title)}<span class="entry"><b>${chat.title}</b><small>${chat.type}</small></span>
		${person.isMember(chat.id)
			? html`${chip('member', 'good')}
				<form method="post" action="${base}/leave"><button name="chat" value="${chat.id}">Leave</button></form>`
			: chip('not a member', 'neutral')}
	</li>`);
	return html`<section class="card">
		<h2>Open a link</h2>
		<p class="muted">An invite link, or the bot's deep link from a page outside Telegram.</p>
		<form class="row" method="post" action="${base}/open">
			<input name="url" placeholder="https://t.me/…" aria-label="Link" required autocomplete="off">
			<button>Open</button>
		</form>
		<h2>Channels and groups</h2>
		<ul class="memberships">${rows}</ul>
	</section>`;
}
