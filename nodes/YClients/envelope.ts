import { z } from 'zod';

import type { ApiAnswer } from '../shared/http';
import { flag, objectOrNull, text } from './lenient';
import { YClientsError, type Failure } from './shared/yclientsError';

const MAX_REASON_LENGTH = 300;

/** What YCLIENTS answered, out of its envelope. */
export interface Reply {
	/** Null when there is none, as after a deletion. */
	data: unknown;
	/** Empty when there is none; PHP writes that as []. */
	meta: Record<string, unknown>;
}

/**
 * Takes an answer out of its envelope (providers/yclients.md §1). Some endpoints answer without one.
 *
 * @throws YClientsError for a refusal, also one that comes with HTTP 200, and for what is no answer of YCLIENTS
 */
export function readReply(answer: ApiAnswer): Reply {
	const { status, json, text: body } = answer;
	if (status < 200 || status >= 300) throw refusalOf(answer);
	if (status === 204 || body.trim() === '') return { data: null, meta: {} };
	if (typeof json !== 'object' || json === null) {
		throw new YClientsError(
			'unreadable',
			'YCLIENTS answered with something that is no JSON',
			'Check the base URL in the credential: this looks like a page for people.',
			status,
		);
	}
	const envelope = objectOrNull(json);
	if (!envelope) return { data: json, meta: {} };
	const isRefused = 'success' in envelope ? !flag.parse(envelope.success) : objectOrNull(envelope.errors) !== null;
	if (isRefused) throw refusalOf(answer);
	if (!('success' in envelope)) return { data: envelope, meta: {} };
	return { data: envelope.data ?? null, meta: objectOrNull(envelope.meta) ?? {} };
}

/** Whether an answer says that there were too many requests, in whatever way. */
export function isTooMany({ status, json, text: body }: ApiAnswer): boolean {
	if (status !== 403) return status === 429;
	return /too many requests|слишком много запросов|лимит запросов/i.test(reasonOf(json, body));
}

/** Whether something in front of YCLIENTS shuts the door: the API itself refuses in JSON. */
export function isBlock({ status, json }: ApiAnswer): boolean {
	return status === 403 && objectOrNull(json) === null;
}

/** The error for an answer that is a refusal. Its words are in the language of the account, so the status decides. */
export function refusalOf({ status, json, text: body }: ApiAnswer): YClientsError {
	const { failure, advice } = meaningOf(status, codeOf(json));
	return new YClientsError(failure, `YCLIENTS refused: ${reasonOf(json, body)}`, advice, status);
}

const MEANINGS: Readonly<Record<number, { failure: Failure; advice: string }>> = {
	400: { failure: 'refused', advice: 'YCLIENTS does not accept one of the fields of this node.' },
	401: {
		failure: 'unauthorized',
		advice: 'Check both tokens in the credential. A user token ends when its user changes the password.',
	},
	402: { failure: 'unpaid', advice: 'The licence of the branch has expired. Nothing works until it is paid.' },
	403: {
		failure: 'forbidden',
		advice:
			"Give the user of the user token the right, connect the application to the branch, and check the branch's licence.",
	},
	404: { failure: 'notFound', advice: 'Check the number, and the company ID in the credential.' },
	409: { failure: 'refused', advice: 'This does not go together with what is there already.' },
	422: { failure: 'refused', advice: 'One of the values is not accepted, or the rules of the branch forbid it.' },
};

/** Refusals of online booking (providers/yclients.md §1). */
const BOOKING_MEANINGS: Readonly<Record<number, string>> = {
	431: 'The phone is in a form YCLIENTS does not take. Write it with its country, such as +79990000001.',
	432: 'The code from the text message is wrong, or the branch asks for one: see the option SMS Code.',
	433: 'The time is taken. Offer another one.',
	434: 'The client is on the black list of the branch.',
	435: 'The name of the client is missing.',
	436: 'Nobody is free at this time. Offer another one.',
	437: 'The booking overlaps itself.',
	438: 'The branch has no such service. Check the service IDs.',
};

function meaningOf(status: number, code: number | null): { failure: Failure; advice: string } {
	const booking = BOOKING_MEANINGS[code ?? status] ?? BOOKING_MEANINGS[status];
	if (booking !== undefined) return { failure: 'refused', advice: booking };
	if (status >= 300 && status < 400) {
		return { failure: 'unreadable', advice: 'The address redirects: check the base URL in the credential.' };
	}
	return MEANINGS[status] ?? { failure: 'refused', advice: 'Check the fields of this node.' };
}

const codeSchema = z
	.union([z.number().int(), z.string().regex(/^\d{3}$/).transform(Number)])
	.nullable()
	.catch(null);

function codeOf(json: unknown): number | null {
	const envelope = objectOrNull(json);
	const places = [objectOrNull(envelope?.meta)?.code, objectOrNull(envelope?.errors)?.code, envelope?.code];
	return places.map((place) => codeSchema.parse(place ?? null)).find((code) => code !== null) ?? null;
}

/** The words of either error shape, with the fields they are about. */
function reasonOf(json: unknown, body: string): string {
	const envelope = objectOrNull(json);
	const meta = objectOrNull(envelope?.meta);
	const errors = objectOrNull(envelope?.errors) ?? objectOrNull(meta?.errors);
	const places = [meta?.message, errors?.message, envelope?.message];
	const message = places.map((words) => text.parse(words)).find((words) => words !== null);
	const fields = Object.entries(errors ?? {})
		.filter(([name]) => name !== 'message' && name !== 'code')
		.map(([name, words]) => `${name}: ${[words].flat().map(String).join(', ')}`);
	return plainText([message, ...fields].filter(Boolean).join('; ') || (envelope ? 'no reason given' : body));
}

function plainText(words: string): string {
	const plain = words
		.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (plain === '') return 'an answer without text';
	return plain.length > MAX_REASON_LENGTH ? `${plain.slice(0, MAX_REASON_LENGTH)}…` : plain;
}
