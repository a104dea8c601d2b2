import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { z } from 'zod';

import type { Stage } from './buyer';
import { BuyerError, reach } from './buyer';

/** What became of the sale. */
export interface CourseResult {
	readonly userId: string;
	readonly inviteLink: string;
	/** From the click on "Pay" to the message with the link. */
	readonly deliveryMs: number;
}

const messageSchema = z.object({
	from: z.enum(['bot', 'person']),
	text: z.string(),
	buttons: z.array(z.object({ text: z.string(), url: z.string().optional() })),
});
type ChatMessage = z.infer<typeof messageSchema>;

const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

/**
 * One buyer of pipeline stripe-telegram-course (domain/requirements.md ST1 to ST3): asks the bot, pays at Stripe, gets a
 * personal link and joins the channel.
 *
 * @throws BuyerError naming the step that failed
 */
export async function play({ sandbox, print }: Stage): Promise<CourseResult> {
	const http = axios.create({ maxRedirects: 0, timeout: 30_000, validateStatus: () => true, proxy: false });
	const telegram = new TelegramApp(http, sandbox.telegram);

	print('1. Opening the bot and sending /pay');
	await telegram.open({ firstName: 'Vera', username: 'vera_sandbox' });
	await telegram.act('start', {});
	await telegram.nextMessage('a welcome');
	await telegram.act('send', { text: '/pay' });
	const offer = await telegram.nextMessage('a pay button');
	print(`   bot: ${firstLine(offer)}`);
	const payUrl = buttonUrl(offer, 'pay button');

	print('2. Following the button to Stripe Checkout');
	const redirect = await reach(`the pay link ${payUrl}`, async () => await http.get(payUrl));
	const checkoutUrl = String(redirect.headers.location ?? '');
	if (redirect.status !== 303 || checkoutUrl === '') throw unexpected('The pay link did not lead to Stripe', redirect);
	print(`   ${checkoutUrl}`);

	print('3. Paying by card');
	const paidAt = performance.now();
	const form = new URLSearchParams({ email: 'vera@example.com', name: 'Vera', method: 'card' });
	const paid = await reach(`the checkout page ${checkoutUrl}`, async () => await http.post(checkoutUrl, form));
	if (paid.status !== 303) throw unexpected('The payment was not taken', paid);
	print(`   sent back to ${String(paid.headers.location)}`);

	const access = await telegram.nextMessage('the invite');
	const deliveryMs = Math.round(performance.now() - paidAt);
	const inviteLink = buttonUrl(access, 'invite link');
	print(`   bot, ${deliveryMs} ms after the payment: ${firstLine(access)}`);

	print(`4. Joining the channel by ${inviteLink}`);
	const outcome = await telegram.join(inviteLink);
	if (outcome !== 'joined') throw new BuyerError(`The invite did not let the buyer in: ${outcome}`);
	print('   joined');
	print('');
	print(`Look at the chat: ${sandbox.telegram}/_chats, at the payment: ${sandbox.stripe}/_dashboard`);
	return { userId: telegram.userId, inviteLink, deliveryMs };
}

/** The buyer's Telegram, driven by the stand-in's control API. */
class TelegramApp {
	userId = '';
	private seen = 0;

	constructor(
		private readonly http: AxiosInstance,
		private readonly url: string,
	) {}

	async open(person: { firstName: string; username: string }): Promise<void> {
		const answer = await this.control('user', person);
		this.userId = z.object({ id: z.string() }).parse(answer.data).id;
	}

	async act(action: string, body: Record<string, string>): Promise<AxiosResponse> {
		return await this.control(action, { user: this.userId, ...body });
	}

	async join(link: string): Promise<string> {
		const { data } = await this.act('open-invite', { link });
		return z.object({ outcome: z.string() }).parse(data).outcome;
	}

	/** The next message of the bot. */
	async nextMessage(what: string): Promise<ChatMessage> {
		const deadline = Date.now() + PATIENCE_MS;
		for (;;) {
			const { data } = await this.http.get<unknown>(`${this.url}/_control/messages`, { params: { user: this.userId } });
			const said = z.array(messageSchema).parse(data).filter(({ from }) => from === 'bot');
			const next = said[this.seen];
			if (next) {
				this.seen += 1;
				return next;
			}
			if (Date.now() > deadline) {
				throw new BuyerError(`The bot did not send ${what} within ${PATIENCE_MS / 1000} s. See ${this.url}/_chats`);
			}
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
	}

	private async control(action: string, body: object): Promise<AxiosResponse> {
		const answer = await reach(`the stand-in for Telegram at ${this.url}`, async () => {
			return await this.http.post(`${this.url}/_control/${action}`, body);
		});
		if (answer.status !== 200) throw unexpected(`Telegram did not take "${action}"`, answer);
		return answer;
	}
}

function buttonUrl(message: ChatMessage, what: string): string {
	const url = message.buttons.find((button) => button.url !== undefined)?.url;
	if (url === undefined) throw new BuyerError(`The message has no ${what}: ${message.text}`);
	return url;
}

function firstLine({ text }: ChatMessage): string {
	return text.trim().split('\n')[0] ?? '';
}

function unexpected(what: string, answer: AxiosResponse): BuyerError {
	const body = typeof answer.data === 'string' ? answer.data : JSON.stringify(answer.data);
	return new BuyerError(`${what} (${answer.status}): ${body.slice(0, 300)}`);
}
