import { z } from 'zod';

const MAX_TEXT_LENGTH = 300;

/** What Prodamus answers with: text, mostly Russian, and a link where one was asked for. */
export interface Answer {
	statusCode: number;
	/** Short plain text, fit for an error message. */
	text: string;
	/** The short link, when the body is one (providers/prodamus.md §2 "Answers"). */
	link: string | null;
}

const jsonLink = z.object({ payment_link: z.string() });

/** @param body text, or an object when the HTTP client has parsed JSON already */
export function readAnswer(statusCode: number, body: unknown): Answer {
	const candidate = jsonLink.safeParse(typeof body === 'string' ? parseJson(body) : body).data?.payment_link ?? body;
	const link = typeof candidate === 'string' && /^https?:\/\/\S+$/.test(candidate.trim()) ? candidate.trim() : null;
	return { statusCode, text: plainText(body), link };
}

/** What a person can do about a refusal of providers/prodamus.md §5. */
export function refusalAdvice(statusCode: number, text: string): string {
	if (/data modification is prohibited/i.test(text)) {
		return 'This subscription has ended and cannot be changed any more. The buyer has to subscribe again.';
	}
	if (/signature/i.test(text)) {
		return 'Compare the secret key in the credential with the one in the settings of this payment page.';
	}
	if (statusCode >= 300 && statusCode < 400)
		return 'The page redirects: put its final https:// address into the credential.';
	if (statusCode === 404) return 'Check the payment page URL in the credential.';
	if (statusCode >= 500) return 'Prodamus has trouble of its own. Try again later.';
	return 'Check the fields of this node against the payment page: Prodamus has not accepted one of them.';
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function plainText(body: unknown): string {
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	const words = text
		.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (words === '') return 'an answer without text';
	return words.length > MAX_TEXT_LENGTH ? `${words.slice(0, MAX_TEXT_LENGTH)}…` : words;
}
