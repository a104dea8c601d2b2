import { REASON } from './reasons';

/** What may be told of a card. */
export interface CardFace {
	readonly firstSix: string;
	readonly lastFour: string;
	readonly type: string;
	/** `MM/YY` */
	readonly expDate: string;
}

/** A test card (providers/cloudpayments.md §11). */
export interface TestCard {
	readonly number: string;
	readonly asksFor3ds: boolean;
	/** What the bank says to the payer; 0 is yes. */
	readonly reasonCode: number;
	/** What it says to a later charge of the card's token. */
	readonly tokenReasonCode: number;
}

const group = (
	numbers: readonly string[],
	asksFor3ds: boolean,
	reasonCode: number,
	tokenReasonCode: number,
): readonly TestCard[] => numbers.map((number) => ({ number, asksFor3ds, reasonCode, tokenReasonCode }));

const { approved, insufficientFunds } = REASON;

export const TEST_CARDS: readonly TestCard[] = [
	...group(['4242424242424242', '5555555555554444', '2200000000000004'], true, approved, approved),
	...group(['4000000000003055', '5205000000003055', '2202000000003055'], false, approved, approved),
	...group(['4111111111111111', '5200828282828210', '2200000022222222'], false, approved, insufficientFunds),
	...group(['4012888888881881', '5105105105105100', '2202202202202200'], true, insufficientFunds, insufficientFunds),
	...group(['4000056655665556', '5404000000000043', '2203000000000043'], false, insufficientFunds, insufficientFunds),
];

/** The card of a buyer who has no wishes. */
export const DEFAULT_CARD = '4242424242424242';

/** A card as a buyer types it. */
export interface TypedCard {
	/** Digits; blanks between them do not matter. */
	readonly number: string;
	/** `MM/YY`, any future date. */
	readonly expDate: string;
}

/** A card with what its bank will say. */
export interface ReadCard extends Omit<TestCard, 'number'> {
	readonly face: CardFace;
}

/** Only the test cards are known to the bank; an expired one is refused. @param now milliseconds since 1970 */
export function readCard({ number, expDate }: TypedCard, now: number): ReadCard {
	const digits = number.replace(/\D/g, '');
	const face = { firstSix: digits.slice(0, 6), lastFour: digits.slice(-4), type: typeOf(digits), expDate };
	const known = TEST_CARDS.find((card) => card.number === digits);
	const refused = (reasonCode: number) => ({ face, asksFor3ds: false, reasonCode, tokenReasonCode: reasonCode });
	if (!known) return refused(REASON.noSuchIssuer);
	return isExpired(expDate, now) ? refused(REASON.expiredCard) : { ...known, face };
}

function typeOf(digits: string): string {
	if (digits.startsWith('4')) return 'Visa';
	return digits.startsWith('22') ? 'MIR' : 'MasterCard';
}

function isExpired(expDate: string, now: number): boolean {
	const [month = 0, year = 0] = expDate.split('/').map(Number);
	return Date.UTC(2000 + year, month, 1) <= now;
}

/** An expiry date some years ahead. */
export function farExpiry(now: number): string {
	return `12/${String(new Date(now).getUTCFullYear() + 4).slice(-2)}`;
}
