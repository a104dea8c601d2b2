import type { Html } from '../../shared/html';
import { html } from '../../shared/html';
import { startPayloadOf } from '../deepLink';
import { inviteHashOf } from '../inviteLink';
import type { Entity, FormattedText } from '../text/entities';

const WRAPPERS: Readonly<Record<string, (inner: Html) => Html>> = {
	bold: (inner) => html`<b>${inner}</b>`,
	italic: (inner) => html`<i>${inner}</i>`,
	underline: (inner) => html`<u>${inner}</u>`,
	strikethrough: (inner) => html`<s>${inner}</s>`,
	spoiler: (inner) => html`<span class="spoiler">${inner}</span>`,
	code: (inner) => html`<code>${inner}</code>`,
	pre: (inner) => html`<code class="block">${inner}</code>`,
	blockquote: (inner) => html`<span class="quote">${inner}</span>`,
	bot_command: (inner) => html`<span class="command">${inner}</span>`,
};

/** Where a link on the page leads: into Telegram (a button of the form `open`) or to the web. */
export function pageLink(url: string, inner: Html, botUsername: string, className: string): Html {
	if (inviteHashOf(url) !== null || startPayloadOf(url, botUsername) !== null) {
		return html`<button form="open" name="url" value="${url}" class="${className}">${inner}</button>`;
	}
	const address = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
	if (!/^https?:/i.test(address)) return html`<span class="${className}" title="${url}">${inner}</span>`;
	return html`<a href="${address}" class="${className}" target="_blank" rel="noopener noreferrer">${inner}</a>`;
}

/** A text with its entities as markup. */
export function richText({ text, entities }: FormattedText, botUsername: string): Html {
	const edges = new Set([0, text.length, ...entities.flatMap(({ offset, length }) => [offset, offset + length])]);
	const cuts = [...edges].sort((left, right) => left - right);
	const parts = cuts.slice(1).map((end, index) => {
		const start = cuts[index] ?? 0;
		const around = entities.filter(({ offset, length }) => offset <= start && offset + length >= end);
		const wrap = (inner: Html, entity: Entity) => {
			if (entity.type === 'url' || entity.type === 'text_link') {
				const url = entity.url ?? text.slice(entity.offset, entity.offset + entity.length);
				return pageLink(url, inner, botUsername, 'link');
			}
			return WRAPPERS[entity.type]?.(inner) ?? inner;
		};
		return around.reduceRight(wrap, html`${text.slice(start, end)}`);
	});
	return html`${parts}`;
}
