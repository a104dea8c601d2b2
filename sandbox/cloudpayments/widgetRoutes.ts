import { join } from 'node:path';
import type { Request, Response } from 'express';
import express, { Router } from 'express';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { refuseForeignPages } from '../shared/loopback';
import { bankCard } from './bankPage';
import type { Typed } from './cardForm';
import { cardFields, cardHints, cardOf, cardProblem, freshForm, payerOf, readTyped } from './cardForm';
import { farExpiry } from './cards';
import type { Checkout, WidgetParameters } from './checkout';
import { asInput, parseJson } from './input';
import type { Outcome } from './layout';
import { amountText, frameLayout } from './layout';
import type { PaymentTerms, Transaction } from './objects';
import { bankAnswer } from './orderRoutes';
import { reasonOf } from './reasons';
import { Refusal } from './refusal';
import type { Service } from './service';

/** Pages of this machine may hold the frame, as any page may hold that of the real widget. */
const POLICY = [
	"default-src 'none'", "style-src 'self'", "script-src 'self'", 'img-src data:', "base-uri 'none'",
	'frame-ancestors http://127.0.0.1:* http://localhost:*',
].join('; ');

const PATH = '/widget/frame';

/** The widget's script and the pages in its dialog (providers/cloudpayments.md §7). */
export function widgetRoutes({ site, payments }: Service, checkout: Checkout): Router {
	const router = Router();
	router.get('/widget/cloudpayments.js', (_request, response) => {
		response.set('Cache-Control', 'no-cache').sendFile(join(__dirname, 'assets', 'cloudpayments.js'));
	});
	router.use(PATH, refuseForeignPages, express.urlencoded({ extended: false, limit: '200kb' }));

	/** Runs with the parameters of the page, or says in the dialog what is wrong with them. */
	const withParameters = async (
		given: unknown,
		response: Response,
		run: (parameters: WidgetParameters) => Promise<void> | void,
	): Promise<void> => {
		try {
			// The browser may have sent anything; what counts is checked where it is used.
			await run(asInput(parseJson(String(given))) as unknown as WidgetParameters);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			const outcome: Outcome = { type: 'error', status: 'fail', message: error.message };
			sendFrame(response, frameLayout('Ошибка', outcome, html`<section class="card">
				<h1>Платёж невозможен</h1><p>${error.message}</p></section>`), 400);
		}
	};
	const show = (
		response: Response,
		parameters: WidgetParameters,
		typed: Typed,
		notice: string | null,
		outcome: Outcome | null,
		status: number,
	) => {
		const terms = checkout.widgetTerms(parameters, payerOf(typed));
		sendFrame(response, frameLayout('Оплата', outcome, payForm(terms, parameters, typed, notice)), status);
	};
	const finish = (response: Response, parameters: WidgetParameters, payment: Transaction, typed: Typed) => {
		const { status, transactionId, reasonCode } = payment;
		if (status === 'AwaitingAuthentication') return response.redirect(303, bankPath(transactionId, parameters));
		const data = { transactionId, ReasonCode: reasonCode };
		if (status !== 'Declined') {
			const outcome: Outcome = { type: 'payment', status: 'success', data };
			return sendFrame(response, frameLayout('Оплачено', outcome, html`<section class="card">
				<h1>Оплачено</h1><p class="total">${amountText(payment.amountMinor, payment.currency)}</p></section>`), 200);
		}
		const { text: message } = reasonOf(reasonCode ?? 0);
		show(response, parameters, typed, message, { type: 'payment', status: 'fail', message, data }, 402);
	};
	const untouched = ({ email }: WidgetParameters) => freshForm(email ?? null, farExpiry(site.clock.now()));

	router.get(PATH, async (request, response) => {
		await withParameters(request.query.parameters, response, (parameters) => {
			show(response, parameters, untouched(parameters), null, null, 200);
		});
	});
	router.post(PATH, async (request, response) => {
		await withParameters(asInput(request.body).parameters, response, async (parameters) => {
			const typed = readTyped(request.body);
			const problem = cardProblem(typed);
			if (problem !== null) return show(response, parameters, typed, problem, null, 400);
			finish(response, parameters, await checkout.payWidget(parameters, payerOf(typed), cardOf(typed)), typed);
		});
	});
	router.get(`${PATH}/bank/:payment`, async (request, response) => {
		await withParameters(request.query.parameters, response, (parameters) => {
			const payment = site.transaction(request.params.payment);
			const action = bankPath(payment.transactionId, parameters);
			sendFrame(response, frameLayout('Банк', null, bankCard(payment, action)), 200);
		});
	});
	router.post(`${PATH}/bank/:payment`, async (request: Request<{ payment: string }>, response, next) => {
		const answer = bankAnswer.safeParse(request.body);
		if (!answer.success) return next();
		await withParameters(request.query.parameters, response, (parameters) => {
			const payment = payments.authenticate(site.transaction(request.params.payment), answer.data === 'ok');
			finish(response, parameters, payment, untouched(parameters));
		});
	});
	return router;
}

function bankPath(transactionId: number, parameters: WidgetParameters): string {
	return `${PATH}/bank/${transactionId}?${new URLSearchParams({ parameters: JSON.stringify(parameters) }).toString()}`;
}

function payForm(terms: PaymentTerms, parameters: WidgetParameters, typed: Typed, notice: string | null): Html {
	const total = amountText(terms.amountMinor, terms.currency);
	return html`
		${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
		<section class="card">
			<p class="total">${total}</p>
			<p class="muted">${terms.description}</p>
			<form method="post" action="${PATH}" class="fields">
				<input type="hidden" name="parameters" value="${JSON.stringify(parameters)}">
				${cardFields(typed)}
				<button class="primary">Оплатить ${total}</button>
			</form>
			${cardHints()}
		</section>`;
}

function sendFrame(response: Response, page: Html, status: number): void {
	response.status(status).set('Content-Security-Policy', POLICY).type('html').send(page.text);
}
