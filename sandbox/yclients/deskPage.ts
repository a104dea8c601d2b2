import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { LIGHT_AND_DARK, pageHead } from '../shared/pageHead';
import type { Attendance, Booking } from './booking';
import { costOf } from './booking';
import type { Service } from './service';
import type { Delivery } from './webhooks';

/** What a client typed into the form of online booking. */
export type TypedBooking = Readonly<Record<string, string>>;

interface PageState {
	/** Why the last action was refused. */
	readonly notice: string | null;
	readonly typed: TypedBooking;
}

/** Most rows of the page; more would only slow it down. */
const SHOWN_RECORDS = 80;
const SHOWN_DELIVERIES = 12;
const DAY_MS = 86_400_000;

const STATES: Readonly<Record<Attendance, readonly [text: string, kind: string]>> = {
	[-1]: ['Не пришёл', 'bad'],
	0: ['Ожидание', 'neutral'],
	1: ['Пришёл', 'good'],
	2: ['Подтверждён', 'soft'],
};

/** Bookings from today on with the buttons of the desk, the booking form and the newest webhooks. */
export function deskPage(service: Service, deliveries: readonly Delivery[], { notice, typed }: PageState): Html {
	const { salon } = service;
	const { time } = salon.branch;
	const today = time.startOfDay(time.day(salon.clock.now())) ?? 0;
	const coming = salon.bookings.all
		.filter(({ startsAt }) => startsAt >= today)
		.sort((left, right) => left.startsAt - right.startsAt || left.id - right.id);
	const shown = coming.slice(0, SHOWN_RECORDS);
	const hidden = coming.length - shown.length;
	const days = [...new Set(shown.map(({ startsAt }) => time.day(startsAt)))];
	return layout(salon.branch.title, html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<div class="columns">
			<div class="journal">
				<header>
					<h1>Журнал записи</h1>
					<p class="muted">С сегодняшнего дня: ${coming.length}, всего: ${salon.bookings.all.length}</p>
				</header>
				${shown.length === 0 ? html`<section class="card empty">
					<p>Записей на сегодня и дальше нет. Запишитесь как клиент в форме рядом.</p></section>` : null}
				${days.map((day) => {
					return dayList(service, day, shown.filter(({ startsAt }) => time.day(startsAt) === day));
				})}
				${hidden > 0 ? html`<p class="muted">и ещё ${hidden}</p>` : null}
			</div>
			<aside>
				${bookingForm(service, typed)}
				${deliveryList(deliveries)}
			</aside>
		</div>`);
}

function dayList(service: Service, day: string, bookings: readonly Booking[]): Html {
	const { clock, branch } = service.salon;
	const isToday = day === branch.time.day(clock.now());
	const date = new Date(`${day}T00:00:00Z`);
	const title = date.toLocaleDateString('ru-RU', {
		timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long',
	});
	return html`<section>
		<h2>${isToday ? 'Сегодня, ' : ''}${title}</h2>
		<ol class="records">${bookings.map((booking) => card(service, booking))}</ol>
	</section>`;
}

function card({ salon }: Service, booking: Booking): Html {
	const { branch } = salon;
	const client = booking.clientId === null ? null : salon.client(booking.clientId);
	const master = branch.staff.find(({ id }) => id === booking.staffId);
	const [state, kind] = booking.isDeleted ? ['Удалена', 'bad'] : STATES[booking.attendance];
	const contacts = client && [client.phone, client.email].filter(Boolean).join(' · ');
	return html`<li class="card record ${booking.isDeleted ? 'deleted' : ''}" id="record-${booking.id}">
		<time>${branch.time.wall(booking.startsAt).slice(11, 16)}</time>
		<div class="what">
			<p class="line"><b>${client?.name ?? 'Без клиента'}</b> <span class="chip ${kind}">${state}</span></p>
			${contacts ? html`<p class="muted">${contacts}</p>` : null}
			<p>${booking.lines.map(({ title }) => title).join(', ')}
				<span class="muted">· ${master?.name ?? ''}</span></p>
			${booking.comment === '' ? null : html`<p class="comment">${booking.comment}</p>`}
			<p class="muted">${notes(booking)}</p>
		</div>
		<p class="sum">${rubles(costOf(booking))}</p>
		${booking.isDeleted ? html`<div class="buttons">${button(booking, 'restore', 'Вернуть')}</div>` : html`
			<div class="buttons">
				${booking.attendance === 1 ? null : button(booking, 'came', 'Пришёл', 'primary')}
				${booking.attendance === -1 ? null : button(booking, 'missed', 'Не пришёл')}
				${booking.attendance === 0
					? button(booking, 'confirm', 'Подтвердил')
					: button(booking, 'undo', 'Отменить отметку')}
			</div>
			${changes(branch.time.iso(booking.startsAt), booking)}`}
	</li>`;
}

function notes({ id, isOnline, isPaid }: Booking): string {
	return [`№ ${id}`, ...(isOnline ? ['онлайн'] : []), ...(isPaid ? ['оплачено'] : [])].join(', ');
}

/** What is needed more rarely: folded, also without scripts. */
function changes(startsAt: string, booking: Booking): Html {
	const { id, comment, lines } = booking;
	return html`<details><summary>Изменить</summary><div class="changes">
		<form method="post" action="/_desk/${id}/price">
			<label>Цена: ${lines[0]?.title ?? ''}, ₽
				<input name="price" inputmode="decimal" required value="${priceText(lines[0]?.costMinor ?? 0)}"></label>
			<button>Изменить цену</button>
		</form>
		<form method="post" action="/_desk/${id}/move">
			<label>Дата и время
				<input name="at" type="datetime-local" required value="${startsAt.slice(0, 16)}"></label>
			<button>Перенести</button>
		</form>
		<form method="post" action="/_desk/${id}/comment">
			<label>Комментарий <input name="comment" value="${comment}"></label>
			<button>Сохранить</button>
		</form>
		<div class="row">${button(booking, 'resend', 'Отправить вебхук ещё раз')}
			${button(booking, 'delete', 'Удалить запись', 'danger')}</div>
	</div></details>`;
}

function bookingForm({ salon }: Service, typed: TypedBooking): Html {
	const { branch, clock } = salon;
	const tomorrow = `${branch.time.day(clock.now() + DAY_MS)}T12:00`;
	const field = (name: string, label: string, more: Html) => html`<label>${label}
		<input name="${name}" value="${typed[name] ?? ''}" ${more}></label>`;
	const option = (name: string, id: number, text: string) => {
		return html`<option value="${id}"${typed[name] === String(id) ? html` selected` : null}>${text}</option>`;
	};
	return html`<section class="card">
		<h2>Онлайн-запись</h2>
		<p class="muted">Как её видит клиент салона</p>
		<form class="fields" method="post" action="/_desk/book">
			<label>Услуга <select name="service">${branch.services.map((offer) => {
				return option('service', offer.id, `${offer.title}, ${rubles(offer.priceMinor)}`);
			})}</select></label>
			<label>Мастер <select name="staff">
				${option('staff', 0, 'Любой')}${branch.staff.map(({ id, name }) => option('staff', id, name))}
			</select></label>
			<label>Дата и время
				<input name="at" type="datetime-local" required value="${typed.at ?? tomorrow}"></label>
			${field('name', 'Имя', html`required autocomplete="off" placeholder="Анна"`)}
			${field('phone', 'Телефон', html`required inputmode="tel" placeholder="+7 900 000-00-00"`)}
			${field('email', 'E-mail', html`type="email" placeholder="anna@example.com"`)}
			${field('comment', 'Комментарий', html`placeholder="Код клиента: ABC12345"`)}
			<button class="primary">Записаться</button>
		</form>
	</section>`;
}

function deliveryList(deliveries: readonly Delivery[]): Html {
	const newest = deliveries.slice(-SHOWN_DELIVERIES).reverse();
	return html`<section class="card">
		<h2>Вебхуки</h2>
		${newest.length === 0 ? html`<p class="muted">Ещё не отправлялись.</p>` : null}
		<ol class="deliveries">${newest.map(({ event, resource, resourceId, status, error, durationMs }) => html`<li>
			<span class="chip ${status !== null && status < 300 ? 'good' : 'bad'}">${status ?? 'нет ответа'}</span>
			<span>${resource} ${resourceId}, ${event}</span>
			<span class="muted">${error ?? `${durationMs} мс`}</span>
		</li>`)}</ol>
	</section>`;
}

function button({ id }: Booking, action: string, title: string, kind = ''): Html {
	return html`<form method="post" action="/_desk/${id}/${action}"><button class="${kind}">${title}</button></form>`;
}

function rubles(minor: number): string {
	const digits = minor % 100 === 0 ? 0 : 2;
	return `${(minor / 100).toLocaleString('ru-RU', { minimumFractionDigits: digits })}\u00a0₽`;
}

function priceText(minor: number): string {
	return (minor / 100).toFixed(minor % 100 === 0 ? 0 : 2);
}

function layout(title: string, body: Html): Html {
	return html`<!doctype html>
<html lang="ru">
${pageHead(`${title} · песочница`, LIGHT_AND_DARK)}
<body>
	<p class="ribbon">Песочница: местная замена YCLIENTS, салона и людей не существует</p>
	<header class="top"><a class="brand" href="/_desk"><span aria-hidden="true"></span>${title}</a></header>
	<main>${body}</main>
</body>
</html>`;
}
