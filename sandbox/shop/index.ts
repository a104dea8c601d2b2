import { join } from 'node:path';
import express from 'express';
import { listenOnLoopback } from '../shared/listen';
import { payPage } from './payPage';

export interface ShopOptions {
	/** 0 picks a free port. */
	readonly port: number;
	/** Where the shop's page finds n8n, without a trailing slash. */
	readonly n8nUrl: string;
	/** The script of CloudPayments' widget. */
	readonly widgetUrl: string;
	readonly log: (line: string) => void;
}

export interface Shop {
	/** Address without a trailing slash; `/reading?order_id=` is the page a buyer comes back to, `/pay?order_id=` the one with a widget. */
	readonly url: string;
	close(): Promise<void>;
}

/**
 * Serves a shop's static pages on 127.0.0.1, the way any web hosting would: the browser itself talks to n8n.
 *
 * @throws Error when the port is taken
 */
export async function startShop({ port, n8nUrl, widgetUrl, log }: ShopOptions): Promise<Shop> {
	const origin = new URL(n8nUrl).origin;
	const policy = [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		`connect-src ${origin}`,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
	const app = express().disable('x-powered-by');
	app.use((_request, response, next) => {
		// The order number in the address opens the reading: it must not leak to other sites.
		response.set({
			'Content-Security-Policy': policy,
			'Referrer-Policy': 'no-referrer',
			'X-Content-Type-Options': 'nosniff',
			'Cache-Control': 'no-cache',
		});
		next();
	});
	app.get('/settings.js', (_request, response) => {
		response.type('js').send(`export const n8nUrl = ${JSON.stringify(n8nUrl)};\n`);
	});
	app.use(payPage({ n8nUrl, widgetUrl }));
	app.use(express.static(join(__dirname, 'public'), { extensions: ['html'] }));
	const listening = await listenOnLoopback(app, port, 'shop (option ports.shop)');
	log(`Shop: ${listening.url} sells through ${n8nUrl}`);
	return listening;
}
