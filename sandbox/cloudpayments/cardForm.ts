import { z } from 'zod';
import type { Html } from '../shared/html';
import { html } from '../shared/html';
import type { TestCard, TypedCard } from './cards';
import { DEFAULT_CARD, TEST_CARDS } from './cards';
import type { Payer } from './orders';
import { reasonOf } from './reasons';

/** What a payer has typed, right or wrong. */
export interface Typed {
	readonly card: string;
	readonly expDate: string;
	readonly cvv: string;
	readonly name: string;
	readonly email: string;
	readonly saveCard: boolean;
}

const line = (length: number) => z.string().trim().max(length).default('');

const typedSchema = z.object({
	card: line(40),
	expDate: line(5),
	cvv: line(4),
	name: line(100),
	email: line(200),
	saveCard: z.literal('on').optional().transform((box) => box === 'on'),
});

/** The fields as they came; what is too long is not kept. */
export function readTyped(body: unknown): Typed {
	return typedSchema.safeParse(body ?? {}).data ?? typedSchema.parse({});
}

/** A form that nobody has touched: filled in, so that one click pays. */
export function freshForm(email: string | null, expDate: string): Typed {
	const card = grouped(DEFAULT_CARD);
	return { card, expDate, cvv: '123', name: 'IVAN PETROV', email: email ?? '', saveCard: true };
}

/** What is wrong with the fields, in words for the payer; null when they can be sent to the bank. */
export function cardProblem({ card, expDate, cvv, email }: Typed): string | null {
	if (!/^(\d ?){13,19}$/.test(card)) return 'Проверьте номер карты.';
	if (!/^(0[1-9]|1[0-2])\/\d\d$/.test(expDate)) return 'Срок действия карты пишется так: 12/30.';
	if (!/^\d{3}$/.test(cvv)) return 'Код на обороте карты — три цифры.';
	return emailProblem(email);
}

export function emailProblem(email: string): string | null {
	const isRight = email === '' || z.string().email().safeParse(email).success;
	return isRight ? null : 'Проверьте адрес почты.';
}

export function cardOf({ card, expDate }: Typed): TypedCard {
	return { number: card, expDate };
}

export function payerOf({ email, name, saveCard }: Typed): Payer {
	return { email: email || null, name: name || null, saveCard };
}

/** The fields of a card with the test cards below them. */
export function cardFields(typed: Typed): Html {
	return html`
		<label>Номер карты
			<input name="card" inputmode="numeric" autocomplete="off" required maxlength="40" list="cards"
				value="${typed.card}"></label>
		<datalist id="cards">${TEST_CARDS.map((card) => {
			return html`<option value="${grouped(card.number)}">${wordsOf(card)}</option>`;
		})}</datalist>
		<div class="pair">
			<label>Срок
				<input name="expDate" inputmode="numeric" autocomplete="off" required maxlength="5" placeholder="ММ/ГГ"
					value="${typed.expDate}"></label>
			<label>CVV
				<input name="cvv" inputmode="numeric" autocomplete="off" required maxlength="4" value="${typed.cvv}"></label>
		</div>
		<label>Имя на карте
			<input name="name" autocomplete="off" maxlength="100" value="${typed.name}"></label>
		<label>Электронная почта
			<input name="email" type="email" autocomplete="email" maxlength="200" value="${typed.email}"
				placeholder="name@example.com"></label>
		<label class="tick"><input type="checkbox" name="saveCard" ${typed.saveCard ? html`checked` : null}>
			Запомнить карту</label>`;
}

/** The test cards and what they do. */
export function cardHints(): Html {
	return html`<details>
		<summary>Тестовые карты</summary>
		<table class="hints">${TEST_CARDS.map((card) => html`<tr>
			<td class="code">${grouped(card.number)}</td>
			<td>${wordsOf(card)}</td>
		</tr>`)}</table>
	</details>`;
}

function wordsOf({ asksFor3ds, reasonCode, tokenReasonCode }: TestCard): string {
	const result = reasonCode === 0 ? 'проходит' : reasonOf(reasonCode).text.toLowerCase();
	const later = reasonCode === 0 && tokenReasonCode !== 0 ? ', но списание по токену — нет' : '';
	return `${asksFor3ds ? '3-D Secure, ' : ''}${result}${later}`;
}

function grouped(number: string): string {
	return number.replace(/\B(?=(\d{4})+$)/g, ' ');
}
