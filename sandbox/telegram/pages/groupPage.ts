import { chip } from '../../shared/chip';
import type { Html } from '../../shared/html';
import { html } from '../../shared/html';
import type { LinkView, MemberView, TelegramControl } from '../control';
import { avatar, layout } from './layout';
import { richText } from './richText';

/** A channel or group: who is in it, by which links, and what was posted. */
export function groupPage(
	control: TelegramControl,
	chat: ReturnType<TelegramControl['chats']>[number],
	botUsername: string,
): Html {
	const names = new Map(control.people().map((person) => [person.id, person.name]));
	const nameOf = (id: string) => names.get(id) ?? `id ${id}`;
	const members = control.members(chat.id);
	const posts = control.chatMessages(chat.id);
	return layout(chat.title, control, `chats/${chat.id}`, html`
		<header>
			${avatar(chat.title)}
			<div class="who"><h1>${chat.title}</h1><p class="muted">${chat.type}, id ${chat.id}</p></div>
			<a class="button" href="/_chats/chats/${chat.id}">Refresh</a>
		</header>
		${table('Members', ['Person', 'Status', 'Came by'], members.map((one) => memberRow(one, nameOf)), 'Nobody.')}
		${table(
			'Invite links',
			['Name', 'Link', 'Kind', 'Places', 'Expires (UTC)', 'State', 'Used by'],
			control.links(chat.id).map((link) => linkRow(link, nameOf)),
			'The bot has made none yet.',
		)}
		<section class="card">
			<h2>Messages</h2>
			${posts.length === 0 ? html`<p class="muted">None.</p>` : null}
			<div class="posts">${posts.map((post) => html`<article class="bubble bot">
				<div class="text">${richText(post, botUsername)}</div>
				<time datetime="${post.at}">${post.at.slice(11, 16)}</time>
			</article>`)}</div>
		</section>`);
}

function table(heading: string, titles: readonly string[], rows: readonly Html[], whenEmpty: string): Html {
	const body = html`<div class="scroll"><table>
		<thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
		<tbody>${rows}</tbody>
	</table></div>`;
	const empty = html`<p class="muted">${whenEmpty}</p>`;
	return html`<section class="card"><h2>${heading}</h2>${rows.length === 0 ? empty : body}</section>`;
}

function memberRow({ userId, status, linkName }: MemberView, nameOf: (id: string) => string): Html {
	const kind = status === 'left' ? 'neutral' : status === 'kicked' ? 'bad' : 'good';
	return html`<tr><td>${nameOf(userId)}</td><td>${chip(status, kind)}</td><td>${linkName ?? '—'}</td></tr>`;
}

function linkRow(link: LinkView, nameOf: (id: string) => string): Html {
	const kind = link.createsJoinRequest ? 'join request' : link.isPrimary ? 'primary' : 'invite';
	const places = `${link.placesTaken} of ${link.memberLimit === 0 ? 'any number' : link.memberLimit}`;
	return html`<tr>
		<td>${link.name || '—'}</td>
		<td class="code">${link.url}</td>
		<td>${kind}${link.creator === 'owner' ? ' (owner)' : ''}</td>
		<td>${places}</td>
		<td>${link.expiresAt?.slice(0, 16).replace('T', ' ') ?? 'never'}</td>
		<td>${link.isRevoked ? chip('revoked', 'bad') : chip('not revoked', 'good')}</td>
		<td>${link.joinedUserIds.map(nameOf).join(', ') || '—'}</td>
	</tr>`;
}
