import type { Request, Response } from 'express';
import express, { Router } from 'express';
import { z } from 'zod';
import { refuseForeignPages } from '../shared/loopback';
import { sendPage } from '../shared/sendPage';
import { bankCard } from './bankPage';
import type { Typed } from './cardForm';
import { cardOf, cardProblem, emailProblem, freshForm, payerOf, readTyped } from './cardForm';
import { farExpiry } from './cards';
import type { Checkout } from './checkout';
import { layout, messagePage } from './layout';
import type { Order, Transaction } from './objects';
import { closedOrderPage, orderPage } from './orderPages';
import { reasonOf } from './reasons';
import type { Service } from './service';

/** What the buttons of the bank's page send. */
export const bankAnswer = z.object({ answer: z.enum(['ok', 'fail']) }).transform(({ answer }) => answer);

interface PaymentPath {
	order: string;
	payment: string;
}

/** The pages of payment links and of SBP links. They work without scripts. */
export function orderRoutes({ site, payments }: Service, checkout: Checkout): Router {
	const router = Router();
	router.use(['/d', '/q'], refuseForeignPages, express.urlencoded({ extended: false, limit: '10kb' }));

	const show = (response: Response, order: Order, typed: Typed, notice: string | null, status: number) => {
		sendPage(response, orderPage(order, typed, notice), status);
	};
	const untouched = (order: Order) => freshForm(order.email, farExpiry(site.clock.now()));
	/** Back to the shop if the link says where, otherwise to a page of our own. */
	const leave = (response: Response, order: Order, payment: Transaction, typed: Typed) => {
		if (payment.status === 'AwaitingAuthentication' || payment.status === 'Pending') {
			return response.redirect(303, `/d/${order.id}/bank/${payment.transactionId}`);
		}
		if (payment.status !== 'Declined') return response.redirect(303, order.successUrl ?? `/d/${order.id}`);
		if (order.failUrl !== null) return response.redirect(303, order.failUrl);
		show(response, order, typed, reasonOf(payment.reasonCode ?? 0).text, 402);
	};
	/** The order of the address, if it can be paid. */
	const payable = (request: Request<{ order: string }>, response: Response): Order | null => {
		const order = site.orders.get(request.params.order);
		if (order?.status === 'Created') return order;
		if (order) sendPage(response, closedOrderPage(order), request.method === 'GET' ? 200 : 409);
		else sendPage(response, messagePage('Нет такого счёта', 'Попросите магазин прислать новую ссылку.'), 404);
		return null;
	};
	const paymentAt = ({ order, payment }: PaymentPath): Transaction | undefined => {
		const found = site.transactions.get(Number(payment));
		return found?.orderId === order ? found : undefined;
	};

	router.get('/d/:order', (request, response) => {
		const order = payable(request, response);
		if (order) show(response, order, untouched(order), null, 200);
	});
	router.post('/d/:order/card', async (request: Request<{ order: string }>, response) => {
		const order = payable(request, response);
		if (!order) return;
		const typed = readTyped(request.body);
		const problem = cardProblem(typed);
		if (problem !== null) return show(response, order, typed, problem, 400);
		leave(response, order, await checkout.payOrder(order.id, payerOf(typed), cardOf(typed)), typed);
	});
	router.post('/d/:order/sbp', async (request: Request<{ order: string }>, response) => {
		const order = payable(request, response);
		if (!order) return;
		const typed = readTyped(request.body);
		const problem = emailProblem(typed.email);
		if (problem !== null) return show(response, order, typed, problem, 400);
		leave(response, order, await checkout.payOrderBySbp(order.id, payerOf(typed)), typed);
	});
	router.get('/d/:order/bank/:payment', (request, response, next) => {
		const payment = paymentAt(request.params);
		if (!payment) return next();
		const isOpen = payment.status === 'AwaitingAuthentication' || payment.status === 'Pending';
		if (!isOpen) return response.redirect(303, `/d/${request.params.order}`);
		sendPage(response, layout('Банк', bankCard(payment, request.path)));
	});
	router.post('/d/:order/bank/:payment', async (request: Request<PaymentPath>, response, next) => {
		const payment = paymentAt(request.params);
		const answer = bankAnswer.safeParse(request.body);
		if (!payment || !answer.success) return next();
		const isOk = answer.data === 'ok';
		if (payment.method === 'sbp') await payments.settleSbp(payment, isOk);
		else payments.authenticate(payment, isOk);
		const order = site.order(request.params.order);
		leave(response, order, payment, untouched(order));
	});

	/** An SBP link that is still open; otherwise its end is shown. */
	const openLink = (request: Request<{ payment: string }>, response: Response): Transaction | null => {
		const link = site.sbpLinks.get(Number(request.params.payment));
		const payment = link && site.transaction(link.transactionId);
		if (!payment) {
			sendPage(response, messagePage('Нет такой ссылки', 'Попросите магазин прислать новую.'), 404);
		} else if (payment.status !== 'Created' && payment.status !== 'Pending') {
			sendPage(response, endOf(payment));
		} else if (site.clock.iso() > link.expiresAt) {
			sendPage(response, messagePage('Срок ссылки истёк', 'Попросите магазин прислать новую.'), 410);
		} else return payment;
		return null;
	};
	router.get('/q/:payment', (request, response) => {
		const payment = openLink(request, response);
		if (payment) sendPage(response, layout('СБП', bankCard(payment, request.path)));
	});
	router.post('/q/:payment', async (request: Request<{ payment: string }>, response, next) => {
		const payment = openLink(request, response);
		if (!payment) return;
		const answer = bankAnswer.safeParse(request.body);
		if (!answer.success) return next();
		const { status } = await payments.settleSbp(payment, answer.data === 'ok');
		const successUrl = site.sbpLinks.get(payment.transactionId)?.successUrl ?? null;
		if (status === 'Completed' && successUrl !== null) response.redirect(303, successUrl);
		else sendPage(response, endOf(payment), status === 'Completed' ? 200 : 402);
	});
	return router;
}

function endOf({ status, reasonCode }: Transaction) {
	if (status === 'Completed') return messagePage('Оплачено', 'Платёж через СБП прошёл.');
	return messagePage('Не оплачено', reasonOf(reasonCode ?? 0).text);
}
