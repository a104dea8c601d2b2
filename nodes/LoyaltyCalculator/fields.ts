import { z } from 'zod';

const ISO_WITH_OFFSET = z.datetimeRegex({ offset: true });
const DIGITS = /^-?\d{1,16}$/;

/** A field that is read in one step, because histories are long. `read` gives null for what is not accepted. */
function field<Input, Output>(message: string, read: (input: Input) => Output | null) {
	return z.custom<Input>().transform((input, context): Output => {
		const output = read(input);
		if (output !== null) return output;
		context.addIssue({ code: z.ZodIssueCode.custom, message });
		return z.NEVER;
	});
}

function whole(message: string, isAccepted: (number: number) => boolean) {
	return field<number | string, number>(message, (input) => {
		const number = typeof input === 'string' && DIGITS.test(input) ? Number(input) : input;
		return typeof number === 'number' && Number.isSafeInteger(number) && isAccepted(number) ? number : null;
	});
}

/** A text or a whole number; comes out as text. */
export const id = field<string | number, string>('must be a text or a whole number', (input) => {
	if (Number.isSafeInteger(input)) return String(input);
	return typeof input === 'string' && input.trim() !== '' ? input.trim() : null;
});

/** An ISO time with its offset, also in the form `+0300`, or a `Date`; comes out in milliseconds of the epoch. */
export const instant = field<string | Date, number>(
	'must be a time with its offset, such as 2026-03-10T12:00:00+03:00, from 1970 on',
	(input) => {
		if (!(input instanceof Date) && !(typeof input === 'string' && ISO_WITH_OFFSET.test(input))) return null;
		const time = new Date(input).getTime();
		return time >= 0 ? time : null;
	},
);

/** A whole number from zero up, or its digits as text, as databases give large numbers. */
export const count = whole('must be a whole number from 0 up', (number) => number >= 0);

/** A whole number from one up. */
export const positive = whole('must be a whole number above 0', (number) => number > 0);

/** A whole number above or below zero. */
export const signed = whole('must be a whole number, not 0', (number) => number !== 0);

/** A part in basis points: 500 is 5%. */
export const basisPoints = whole(
	'must be whole basis points from 0 to 10000 (100%); 5% is 500',
	(number) => number >= 0 && number <= 10_000,
);

/** A number of days or months; a century is enough for any programme. */
export const duration = whole(
	'must be a whole number from 0 to 36500',
	(number) => number >= 0 && number <= 36_500,
);
