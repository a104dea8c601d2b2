import type { Response } from 'express';
import type { Html } from './html';

const POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/** Answers with a page that runs no script and loads nothing foreign. */
export function sendPage(response: Response, page: Html, status = 200): void {
	response.status(status).set('Content-Security-Policy', POLICY).type('html').send(page.text);
}
