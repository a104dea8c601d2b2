import type { AxiosInstance, AxiosResponse } from 'axios';
import { BuyerError } from './buyer';

/** Where a payment left the buyer. */
export interface PaidAt {
	/** The shop's page the buyer is sent back to; null when the link names none. */
	readonly returnUrl: string | null;
	readonly method: string;
}

/**
 * Pays on the stand-in's page as a person does: opens the link, types the phone when asked, takes the first method.
 *
 * @throws BuyerError when the page refuses
 */
export async function payOnPage(http: AxiosInstance, paymentUrl: string, phone: string): Promise<PaidAt> {
	const opened = await http.get<string>(paymentUrl);
	const page = asksForPhone(opened) ? await typePhone(http, opened, paymentUrl, phone) : opened;
	const action = attribute(page, /<form[^>]* action="([^"]+\/pay)"/, 'a form to pay with');
	const method = attribute(page, /name="method" value="([^"]+)"/, 'a payment method');
	const paid = await http.post<string>(absolute(action, paymentUrl), new URLSearchParams({ method }));
	if (paid.status === 303) return { returnUrl: String(paid.headers.location), method };
	if (paid.status !== 200) throw new BuyerError(`The payment was refused (${paid.status}): ${headline(paid.data)}`);
	return { returnUrl: null, method };
}

function asksForPhone(page: AxiosResponse<string>): boolean {
	return page.data.includes('name="customer_phone"');
}

async function typePhone(
	http: AxiosInstance,
	page: AxiosResponse<string>,
	paymentUrl: string,
	phone: string,
): Promise<AxiosResponse<string>> {
	const action = attribute(page, /<form[^>]* action="([^"]+\/contact)"/, 'a form for the phone');
	const form = new URLSearchParams({ customer_phone: phone });
	const sent = await http.post<string>(absolute(action, paymentUrl), form);
	if (sent.status !== 303) throw new BuyerError(`The page did not take the phone: ${headline(sent.data)}`);
	return await http.get<string>(absolute(String(sent.headers.location), paymentUrl));
}

function attribute(page: AxiosResponse<string>, pattern: RegExp, what: string): string {
	const found = pattern.exec(page.data)?.[1];
	if (!found) throw new BuyerError(`The payment page has not ${what} (${page.status}): ${headline(page.data)}`);
	return found;
}

function absolute(path: string, base: string): string {
	return new URL(path, base).href;
}

/** The heading of a page with the line below it, without markup. */
function headline(page: string): string {
	const text = (pattern: RegExp) => (pattern.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, ' ').trim();
	return [text(/<h1>(.*?)<\/h1>/s), text(/<h1>.*?<\/h1>\s*<p>(.*?)<\/p>/s)].filter(Boolean).join('. ');
}
