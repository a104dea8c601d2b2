import { randomBytes } from 'node:crypto';

/** Form of a client code: `ABC12345`. */
export const DEFAULT_CODE_PATTERN = '^[A-Z]{3}[0-9]{5}$';

const LABEL = 'Код клиента';

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
	[...'АВЕКМНОРСТУХ'].map((letter, index) => [letter, 'ABEKMHOPCTYX'.charAt(index)]),
);
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;

/** Without I and O, which people take for 1 and 0. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Bytes {@link clientCodeFrom} needs: enough for every code to be as likely as any other. */
const SEED_BYTES = 12;

/** What stands behind the labels of a comment. */
export interface FoundCodes {
	/** Each once, in Latin capitals. */
	codes: string[];
	/** Whether something that is no code stands behind a label. */
	hasUnreadable: boolean;
}

/**
 * Finds client codes in a text (providers/yclients.md §6): in any letter case, with Cyrillic look-alikes, behind
 * the label `Код клиента`. Nothing is guessed: what does not match the pattern completely is no code.
 *
 * @param pattern regular expression of a code in Latin capitals
 * @throws RangeError when the pattern is no regular expression
 */
export function findClientCodes(comment: string, pattern: string = DEFAULT_CODE_PATTERN): FoundCodes {
	const isCode = codeTest(pattern);
	const tokens = labelledTokens(comment).map(({ token }) => token);
	return { codes: [...new Set(tokens.filter(isCode))], hasUnreadable: !tokens.every(isCode) };
}

/** Whether a text, folded by {@link foldCode}, is a code by the pattern. @throws RangeError */
export function codeTest(pattern: string): (token: string) => boolean {
	const whole = regExpOrNull(`^(?:${pattern})$`);
	if (!whole) throw new RangeError(`The code pattern "${pattern}" is no regular expression`);
	return (token) => whole.test(token);
}

function regExpOrNull(source: string): RegExp | null {
	try {
		return new RegExp(source, 'u');
	} catch {
		return null;
	}
}

/** Brings a code as it is typed to the form it is compared in: Latin capitals. */
export function foldCode(code: string): string {
	return fold(code).folded.trim();
}

/**
 * A new code of the default form; about 1.4 billion are possible, so uniqueness is for the one who stores it to
 * check.
 */
export function newClientCode(): string {
	return clientCodeFrom(randomBytes(SEED_BYTES));
}

/** The code a seed gives. @throws RangeError when the seed is too short */
export function clientCodeFrom(seed: Uint8Array): string {
	if (seed.length < SEED_BYTES) throw new RangeError(`A client code needs ${SEED_BYTES} random bytes`);
	let number = BigInt(`0x${Buffer.from(seed).toString('hex')}`);
	const take = (choices: number) => {
		const choice = Number(number % BigInt(choices));
		number /= BigInt(choices);
		return choice;
	};
	const letters = Array.from({ length: 3 }, () => LETTERS.charAt(take(LETTERS.length)));
	return `${letters.join('')}${String(take(100_000)).padStart(5, '0')}`;
}

/**
 * Puts a client's code in front of a comment. Codes that stand there are taken out first: two codes of two people
 * would send the booking to review.
 */
export function withClientCode(comment: string, code: string): string {
	let rest = comment;
	for (const { start, end } of labelledTokens(comment).reverse()) rest = rest.slice(0, start) + rest.slice(end);
	rest = rest.replace(/^[\s.,;]+/, '').trimEnd();
	return rest === '' ? `${LABEL}: ${code}` : `${LABEL}: ${code}. ${rest}`;
}

/** A label and what stands behind it, folded; `start` and `end` are positions in the original text. */
interface LabelledToken {
	token: string;
	start: number;
	end: number;
}

const LABELLED = new RegExp(
	[
		// "Промокод клиента" is another label.
		'(?<![\\p{L}\\p{N}_])',
		`${fold('код').folded}\\s+${fold('клиента').folded}`,
		'(?![\\p{L}\\p{N}_])',
		'\\s*[:=\\-–—]?\\s*',
		'([\\p{L}\\p{N}_]+(?:-[\\p{L}\\p{N}_]+)*)',
	].join(''),
	'gu',
);

function labelledTokens(comment: string): LabelledToken[] {
	const { folded, origins } = fold(comment);
	return [...folded.matchAll(LABELLED)].map((match) => ({
		token: match[1] ?? '',
		start: origins[match.index] ?? 0,
		end: origins[match.index + match[0].length] ?? comment.length,
	}));
}

/** The text in capitals and Latin look-alikes, and for each of its units where it came from. */
function fold(original: string): { folded: string; origins: number[] } {
	let folded = '';
	const origins: number[] = [];
	let at = 0;
	for (const character of original) {
		if (!INVISIBLE.test(character)) {
			for (const letter of character.normalize('NFKC').toUpperCase()) {
				const shown = LOOK_ALIKES.get(letter) ?? letter;
				folded += shown;
				origins.push(...Array.from(shown.split(''), () => at));
			}
		}
		at += character.length;
	}
	return { folded, origins };
}
