import type { Request, Response } from 'express';
import { Router } from 'express';
import type { Html } from '../shared/html';
import type { Faults } from './faults';
import { LinkError } from './link';
import { canceledPage, contactPage, deniedPage, paidPage, payPage } from './pages';
import type { Link, Payform, Payment } from './payform';
import type { PhpTree } from './phpForm';
import { textOf } from './phpForm';
import { readParameters } from './readParameters';
import type { RequestLog } from './requestLog';
import { sendPage } from '../shared/sendPage';
import type { PageSettings } from './settings';
import { signTree } from './signature';

/** Links and what the buyer does on their pages (providers/prodamus.md §2). */
export function payRoutes(payform: Payform, settings: PageSettings, requests: RequestLog, faults: Faults): Router {
	/** Unsigned links are accepted, as the real page does; a wrong signature is not. */
	const open = (parameters: PhpTree): Link => {
		if (requests.signatureOf(parameters) === 'wrong') {
			throw new LinkError('Ошибка проверки подписи платёжной ссылки');
		}
		const link = payform.open(parameters);
		payform.requirePayable(link);
		return link;
	};
	/** Opens the link and writes down how that went. */
	const openRecorded = (request: Request, parameters: PhpTree): Link => {
		try {
			const link = open(parameters);
			requests.record(request, 'link', parameters, link.contact.phone === null ? 'asks for the phone' : 'payable');
			return link;
		} catch (error) {
			requests.record(request, 'link', parameters, error instanceof Error ? error.message : String(error));
			throw error;
		}
	};
	const payable = (request: Request<{ code: string }>): Link => {
		const link = payform.linkByCode(request.params.code);
		payform.requirePayable(link);
		return link;
	};
	const show = (response: Response, link: Link, notice: string | null = null) => {
		const page = link.contact.phone === null ? contactPage : payPage;
		sendPage(response, page(link, settings.mode, notice), notice === null ? 200 : 400);
	};
	/** Back to the shop if the link says where, otherwise to a page of our own. */
	const leave = (response: Response, payment: Payment, address: string | null, page: Html) => {
		if (address === null) sendPage(response, page);
		else response.redirect(303, returnAddress(address, payment, settings.secret));
	};

	const router = Router();
	router.all('/', async (request, response, next) => {
		if (request.method !== 'GET' && request.method !== 'POST') return next();
		const parameters = await readParameters(request);
		if (textOf(parameters, 'do') !== 'link') return show(response, openRecorded(request, parameters));
		await faults.middleware(request, response, () => {
			const answer = shortLink(() => `${settings.url}/${openRecorded(request, parameters).code}/`);
			faults.answer(response, () => {
				if (answer.startsWith('http') && textOf(parameters, 'type') === 'json') response.json({ payment_link: answer });
				else response.type('text/plain').send(answer);
			});
		});
	});
	router.get('/:code/', (request, response) => show(response, payable(request)));
	router.post('/:code/contact', async (request, response) => {
		const link = payable(request);
		const typed = await readParameters(request);
		const isAccepted = payform.setContact(link, textOf(typed, 'customer_phone'), textOf(typed, 'customer_email'));
		if (isAccepted) response.redirect(303, `/${link.code}/`);
		else show(response, link, 'Проверьте номер телефона: нужен номер с кодом страны');
	});
	router.post('/:code/pay', async (request, response) => {
		const typed = await readParameters(request);
		const link = payable(request);
		const payment = payform.pay(link, textOf(typed, 'method'));
		if (payment.status === 'order_denied') sendPage(response, deniedPage(link, settings.mode));
		else leave(response, payment, link.order.urlSuccess, paidPage(link.order, settings.mode));
	});
	router.post('/:code/deny', (request, response) => {
		const link = payable(request);
		payform.deny(link);
		sendPage(response, deniedPage(link, settings.mode));
	});
	router.post('/:code/cancel', (request, response) => {
		const link = payable(request);
		leave(response, payform.cancel(link), link.order.urlReturn, canceledPage(settings.mode));
	});
	return router;
}

/** Answers of `do=link` are text with status 200 even when they tell an error. */
function shortLink(make: () => string): string {
	try {
		return make();
	} catch (error) {
		if (error instanceof LinkError) return `Ошибка: ${error.message}`;
		throw error;
	}
}

/** The shop's page with the `_payform_*` parameters, signed among themselves. */
function returnAddress(address: string, payment: Payment, secret: string): string {
	const result = {
		_payform_status: payment.status,
		_payform_id: payment.id,
		_payform_order_id: payment.link.order.orderNum,
	};
	const target = new URL(address);
	for (const [key, value] of Object.entries({ ...result, _payform_sign: signTree(result, secret) })) {
		target.searchParams.set(key, value);
	}
	return target.href;
}
