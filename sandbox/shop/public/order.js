import { n8nUrl } from '/settings.js';
import { showReading } from '/readingView.js';

const FIELDS = ['birth_date', 'name', 'phone', 'email', 'language'];

/** What is wrong with a field, by field and the code of the answer; otherwise the server's own words are shown. */
const MESSAGES = {
	birth_date: { REQUIRED: 'Укажите дату рождения', '*': 'Проверьте дату рождения' },
	phone: {
		ONE_OF_REQUIRED: 'Укажите телефон или почту',
		WRONG_FORMAT: 'Нужен номер с кодом страны, например +7 900 000-00-00',
	},
	email: { ONE_OF_REQUIRED: 'Укажите телефон или почту', WRONG_FORMAT: 'Проверьте адрес почты' },
	name: { TOO_LONG: 'Слишком длинное имя' },
};

const form = document.querySelector('#order');
const button = form.querySelector('button');
const notice = document.querySelector('#notice');

form.elements.birth_date.max = new Date().toISOString().slice(0, 10);

if (new URLSearchParams(location.search).get('_payform_status') === 'order_canceled') {
	showNotice('Оплата отменена. Можно заказать ещё раз.');
}

form.addEventListener('submit', async (event) => {
	event.preventDefault();
	clearErrors();
	const order = readForm();
	const issues = check(order);
	if (issues.length > 0) return showIssues(issues);
	await whileBusy(async () => {
		const answer = await send(order);
		if (answer) showAnswer(answer);
	});
});

function readForm() {
	const values = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** The same rules as on the server, told before the round trip. */
function check(order) {
	const issues = [];
	if (!order.birth_date) issues.push({ field: 'birth_date', code: 'REQUIRED' });
	if (!order.phone && !order.email) issues.push({ field: 'phone', code: 'ONE_OF_REQUIRED' });
	if (!form.elements.consent.checked) issues.push({ field: 'consent', code: 'REQUIRED', message: 'Без этого разбор не составить' });
	return issues;
}

async function send(order) {
	let response;
	try {
		response = await fetch(`${n8nUrl}/webhook/chakra/orders`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(order),
		});
	} catch {
		showNotice(`Сервис заказов не отвечает (${n8nUrl}). Запущен ли n8n? Попробуйте ещё раз через минуту.`);
		return null;
	}
	const answer = await response.json().catch(() => null);
	if (response.ok && answer?.order_id) return answer;
	if (response.status === 400 && Array.isArray(answer?.issues)) showIssues(answer.issues);
	else showNotice(`Заказ не принят: сервис ответил ${response.status}. Попробуйте ещё раз.`);
	return null;
}

function showAnswer(answer) {
	showReading(document.querySelector('#free-reading'), answer.free_reading ?? {});
	document.querySelector('#price').textContent = price(answer.amount, answer.currency);
	const pay = document.querySelector('#pay');
	const address = webAddress(answer.payment_url);
	if (address) pay.href = address;
	else pay.removeAttribute('href');
	document.querySelector('#pay-hint').textContent = answer.instant_payment
		? 'Откроется защищённая страница оплаты.'
		: 'Телефон не указан: страница оплаты сначала спросит его.';
	const result = document.querySelector('#result');
	result.hidden = false;
	result.focus({ preventScroll: true });
	result.scrollIntoView({ behavior: 'smooth', block: 'start' });
}

function price(amount, currency) {
	const number = Number(amount);
	if (!Number.isFinite(number)) return `${amount} ${currency}`;
	const minimumFractionDigits = Number.isInteger(number) ? 0 : 2;
	return new Intl.NumberFormat('ru-RU', { style: 'currency', currency, minimumFractionDigits }).format(number);
}

/** Only web addresses become a link: an answer with `javascript:` in it must not. */
function webAddress(text) {
	if (!URL.canParse(text)) return null;
	const url = new URL(text);
	return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

function showIssues(issues) {
	const unplaced = [];
	for (const issue of issues) {
		const words = MESSAGES[issue.field] ?? {};
		const message = words[issue.code] ?? words['*'] ?? issue.message;
		const place = document.querySelector(`#${CSS.escape(issue.field)}-error`);
		if (!place) {
			unplaced.push(message);
			continue;
		}
		place.textContent = message;
		place.hidden = false;
		document.querySelector(`#${CSS.escape(issue.field)}`)?.setAttribute('aria-invalid', 'true');
	}
	if (unplaced.length > 0) showNotice(unplaced.join('. '));
	form.querySelector('[aria-invalid]')?.focus();
}

function showNotice(text) {
	notice.textContent = text;
	notice.hidden = false;
}

function clearErrors() {
	notice.hidden = true;
	for (const place of form.querySelectorAll('.error')) place.hidden = true;
	for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
}

async function whileBusy(work) {
	const label = button.textContent;
	button.disabled = true;
	button.textContent = 'Считаем…';
	try {
		await work();
	} finally {
		button.disabled = false;
		button.textContent = label;
	}
}
