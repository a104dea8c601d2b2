import type { Account, EntityKind, Pipeline } from './account';
import { LOST, WON } from './account';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { LIGHT_AND_DARK, pageHead } from '../shared/pageHead';
import type { ContactView, FieldView, LeadView, NoteView } from './views';

/** What the pages need to know of the account. */
export interface PageSettings {
	readonly account: Account;
	/** IANA name. */
	readonly timeZone: string;
}

/** Newest cards of a column and newest rows of the contact list; more would only slow the page down. */
const SHOWN_CARDS = 40;
const SHOWN_CONTACTS = 200;

/** Pipelines as columns of leads, the last changed on top, and the contacts below, the newest on top. */
export function boardPage(
	settings: PageSettings,
	leads: readonly LeadView[],
	contacts: readonly ContactView[],
): Html {
	const names = new Map(contacts.map(({ id, name }) => [id, name]));
	const recent = leads.filter(({ isDeleted }) => !isDeleted).sort(byRecentChange);
	const columns = settings.account.pipelines.map((pipeline) =>
		column(settings, pipeline, recent.filter(({ pipelineId }) => pipelineId === pipeline.id), names),
	);
	return layout('Сделки', html`
		<div class="board">${columns}</div>
		${contactList(settings, contacts)}`);
}

/** A lead with its fields and notes. */
export function leadPage(
	settings: PageSettings,
	lead: LeadView,
	contacts: readonly ContactView[],
	notes: readonly NoteView[],
): Html {
	return layout(lead.name, html`
		<p><a href="/_crm">← Все сделки</a></p>
		<div class="lead">
			<section class="card">
				<h1>${lead.name}</h1>
				<p>${statusChip(lead)} <span class="muted">${lead.pipeline}</span></p>
				<p class="sum">${rubles(lead.price)}</p>
				${tags(lead)}
				${fieldList(settings, 'leads', lead.fields)}
				<p class="muted">Сделка ${lead.id}, изменена ${moment(lead.updatedAt, settings)}</p>
				${contacts.map((contact) => html`<h2>${contact.name}</h2>
					${fieldList(settings, 'contacts', contact.fields)}`)}
			</section>
			<section class="card">
				<h2>Примечания</h2>
				${notes.length === 0 ? html`<p class="muted">Примечаний нет.</p>` : null}
				<ol class="notes">${[...notes].reverse().map((note) => html`<li>
					<p class="muted">${moment(note.createdAt, settings)}${note.service === null ? '' : ` · ${note.service}`}</p>
					<p class="text">${note.text}</p>
				</li>`)}</ol>
			</section>
		</div>`);
}

/** Nothing is there under this address. */
export function missingPage(): Html {
	return layout('Не найдено', html`<section class="card"><h1>Такой сделки нет</h1>
		<p><a href="/_crm">← Все сделки</a></p></section>`);
}

function byRecentChange(left: LeadView, right: LeadView): number {
	return right.updatedAt.localeCompare(left.updatedAt) || right.id - left.id;
}

function column(
	settings: PageSettings,
	{ name }: Pipeline,
	leads: readonly LeadView[],
	names: ReadonlyMap<number, string>,
): Html {
	const total = leads.reduce((sum, { price }) => sum + price, 0);
	const hidden = leads.length - SHOWN_CARDS;
	return html`<section class="column">
		<header><h2>${name}</h2><p class="muted">Сделок: ${leads.length}, ${rubles(total)}</p></header>
		${leads.length === 0 ? html`<p class="muted">Пока пусто</p>` : null}
		${leads.slice(0, SHOWN_CARDS).map((lead) => card(settings, lead, names))}
		${hidden > 0 ? html`<p class="muted">и ещё ${hidden}, старше этих</p>` : null}
	</section>`;
}

function card(settings: PageSettings, lead: LeadView, names: ReadonlyMap<number, string>): Html {
	const people = lead.contactIds.map((id) => names.get(id) ?? `Контакт ${id}`).join(', ');
	return html`<article class="card">
		<h3><a href="/_crm/leads/${lead.id}">${lead.name}</a></h3>
		<p class="who">${people || 'Без контакта'}</p>
		<p class="row"><span class="sum">${rubles(lead.price)}</span> ${statusChip(lead)}</p>
		${tags(lead)}
		${fieldList(settings, 'leads', lead.fields)}
	</article>`;
}

function contactList(settings: PageSettings, contacts: readonly ContactView[]): Html {
	const shown = contacts.filter(({ isDeleted }) => !isDeleted);
	const newest = [...shown].reverse().slice(0, SHOWN_CONTACTS);
	const fields = settings.account.fieldsOf('contacts');
	return html`<section class="card wide">
		<h2>Контакты <span class="muted">${shown.length}</span></h2>
		${shown.length === 0 ? html`<p class="muted">Контактов нет.</p>` : html`<div class="scroll"><table>
			<thead><tr><th>Имя</th>${fields.map(({ name }) => html`<th>${name}</th>`)}<th>Сделки</th></tr></thead>
			<tbody>${newest.map((contact) => html`<tr>
				<td>${contact.name}</td>
				${fields.map(({ name }) => html`<td>${fieldText(settings, 'contacts', name, contact.fields[name])}</td>`)}
				<td>${contact.leadIds.map((id) => html`<a href="/_crm/leads/${id}">${id}</a> `)}</td>
			</tr>`)}</tbody>
		</table></div>`}
	</section>`;
}

function fieldList(settings: PageSettings, kind: EntityKind, fields: Readonly<Record<string, FieldView>>): Html | null {
	const entries = Object.entries(fields);
	if (entries.length === 0) return null;
	return html`<dl>${entries.map(
		([name, value]) => html`<div><dt>${name}</dt><dd>${fieldText(settings, kind, name, value)}</dd></div>`,
	)}</dl>`;
}

function fieldText(settings: PageSettings, kind: EntityKind, name: string, value: FieldView | undefined): string {
	if (value === undefined) return '—';
	const type = settings.account.fieldBy(kind, name)?.type;
	if (typeof value !== 'number') return [value].flat().map((one) => (one === true ? 'да' : one || 'нет')).join(', ');
	if (type === 'date_time') return moment(new Date(value * 1000).toISOString(), settings);
	return value.toLocaleString('ru-RU');
}

function statusChip({ statusId, status }: LeadView): Html {
	const kind = statusId === WON ? 'good' : statusId === LOST ? 'bad' : 'neutral';
	return html`<span class="chip ${kind}">${status}</span>`;
}

function tags({ tags: names }: LeadView): Html | null {
	return names.length === 0 ? null : html`<p>${names.map((name) => html`<span class="tag">${name}</span> `)}</p>`;
}

function rubles(amount: number): string {
	return `${amount.toLocaleString('ru-RU')}\u00a0₽`;
}

function moment(utc: string, { timeZone }: PageSettings): string {
	return new Date(utc).toLocaleString('ru-RU', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
}

function layout(title: string, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, LIGHT_AND_DARK)}
<body>
	<p class="ribbon">Песочница: местная замена amoCRM, людей и оплат здесь не существует</p>
	<header class="top"><a class="brand" href="/_crm"><span aria-hidden="true"></span>Учёт сделок</a></header>
	<main>${body}</main>
</body>
</html>`;
}
