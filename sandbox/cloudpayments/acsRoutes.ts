import express, { Router } from 'express';
import { z } from 'zod';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import { sendPage } from '../shared/sendPage';
import { url } from './input';
import { layout, messagePage } from './layout';
import { paResOf } from './threeDSecure';

const arrival = z.object({ MD: z.string().regex(/^\d{1,16}$/), PaReq: z.string().min(1), TermUrl: url });

/** The page of the card's bank for shops with a card form of their own; their page sends the payer here. */
export function acsRoutes(): Router {
	const router = Router();
	router.post('/acs', express.urlencoded({ extended: false, limit: '10kb' }), (request, response) => {
		const { data } = arrival.safeParse(request.body);
		if (!data) return sendPage(response, messagePage('Страница банка', 'Нужны поля MD, PaReq и TermUrl.'), 400);
		const answer = (isOk: boolean, title: string, look: string): Html => html`
			<form method="post" action="${data.TermUrl}" class="fields">
				<input type="hidden" name="MD" value="${data.MD}">
				<input type="hidden" name="PaRes" value="${paResOf(data.MD, isOk)}">
				<button class="${look}">${title}</button>
			</form>`;
		sendPage(response, layout('Банк', html`<section class="card narrow">
			<h1>Страница банка: 3-D Secure</h1>
			${answer(true, 'Подтвердить', 'primary')}
			${answer(false, 'Отказаться', 'secondary')}
		</section>`));
	});
	return router;
}
