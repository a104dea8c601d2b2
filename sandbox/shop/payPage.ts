import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';

const PAGE = join(__dirname, '../../workflows/cloudpayments-billing/pay.html');

/** What people change in the page, and what it becomes here. */
interface Addresses {
	readonly n8nUrl: string;
	readonly widgetUrl: string;
}

/** `/pay`: the payment page of the billing workflows, with the addresses of this sandbox put in. */
export function payPage({ n8nUrl, widgetUrl }: Addresses): Router {
	const page = readFileSync(PAGE, 'utf8')
		.replace('https://widget.cloudpayments.ru/bundles/cloudpayments.js', widgetUrl)
		.replace('https://n8n.example.com', new URL(n8nUrl).origin)
		.replace('https://example.com/', '/');
	const widget = new URL(widgetUrl).origin;
	const policy = [
		"default-src 'none'",
		`script-src 'unsafe-inline' ${widget}`,
		"style-src 'unsafe-inline'",
		`connect-src ${new URL(n8nUrl).origin}`,
		`frame-src ${widget}`,
		"base-uri 'none'",
		"frame-ancestors 'none'",
	].join('; ');
	return Router().get('/pay', (_request, response) => {
		response.set('Content-Security-Policy', policy).type('html').send(page);
	});
}
