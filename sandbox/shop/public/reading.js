import { n8nUrl } from '/settings.js';
import { showReading } from '/readingView.js';

const PAUSE_MS = 1500;
/** After this the buyer asks again by hand, so that a page left open does not knock for ever. */
const PATIENCE_MS = 120_000;

const STATES = {
	not_paid: {
		title: 'Оплата ещё не пришла',
		text: 'Как только платёжная система подтвердит платёж, разбор откроется здесь сам. Обычно это несколько секунд.',
		isWaiting: true,
	},
	preparing: {
		title: 'Оплата получена, составляем разбор',
		text: 'Ещё немного: страница обновится сама.',
		isWaiting: true,
	},
	silent: {
		title: 'Сервис не отвечает',
		text: 'Пробуем ещё раз. Ваш платёж не потеряется.',
		isWaiting: true,
	},
	not_found: {
		title: 'Такого заказа нет',
		text: 'Проверьте адрес: номер заказа мог скопироваться не полностью.',
		isWaiting: false,
	},
	no_order: {
		title: 'Номер заказа не указан',
		text: 'Откройте страницу по ссылке, на которую вы вернулись после оплаты.',
		isWaiting: false,
	},
};

const status = document.querySelector('#status');
const again = document.querySelector('#again');
const orderId = new URLSearchParams(location.search).get('order_id') ?? '';

again.addEventListener('click', () => void watch());
document.querySelector('#print').addEventListener('click', () => print());
void watch();

async function watch() {
	again.hidden = true;
	const until = Date.now() + PATIENCE_MS;
	for (;;) {
		const answer = await ask();
		if (answer.state === 'ready') return showPaid(answer.reading);
		const { isWaiting } = STATES[answer.state];
		const hasPatience = isWaiting && Date.now() < until;
		showState(answer.state, hasPatience);
		if (!hasPatience) return;
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}

async function ask() {
	if (orderId === '') return { state: 'no_order' };
	try {
		const query = new URLSearchParams({ order_id: orderId });
		const response = await fetch(`${n8nUrl}/webhook/chakra/paid-interpretation?${query}`);
		if (response.status === 402) return { state: 'not_paid' };
		if (response.status === 202) return { state: 'preparing' };
		if (response.status === 404 || response.status === 400) return { state: 'not_found' };
		const answer = response.ok ? await response.json() : null;
		return answer?.status === 'ready' && answer.reading ? { state: 'ready', reading: answer.reading } : { state: 'silent' };
	} catch {
		return { state: 'silent' };
	}
}

function showState(state, isChecking) {
	const { title, text, isWaiting } = STATES[state];
	status.dataset.state = isChecking ? 'checking' : 'stopped';
	document.querySelector('#status-title').textContent = title;
	document.querySelector('#status-text').textContent = text;
	again.hidden = isChecking || !isWaiting;
	document.querySelector('#home').hidden = isChecking;
	const number = document.querySelector('#order-number');
	number.hidden = orderId === '';
	number.textContent = `Заказ ${orderId}`;
}

function showPaid(reading) {
	status.hidden = true;
	showReading(document.querySelector('#paid-reading'), reading);
	document.querySelector('#paid').hidden = false;
}
