/**
 * - `hard`: no further automatic charge; ask the buyer for a new first payment.
 * - `soft`, `temporary`: two more tries, then the provider blocks the card for 24 hours.
 * - null: the provider does not say; no automatic retry.
 */
export type DeclineClass = 'hard' | 'soft' | 'temporary' | null;

export interface Decline {
	/** `ReasonCode` of the provider. */
	code: string;
	/** The provider's name of the code; null for one that is not known here. */
	name: string | null;
	class: DeclineClass;
	/** `CardHolderMessage`: the provider's own words for the buyer. Better than ours where they are there. */
	providerText: string | null;
	/** What to tell the buyer otherwise. */
	buyerText: { ru: string; en: string };
}

const BUYER_TEXTS = {
	bank: { ru: 'Обратитесь в свой банк или возьмите другую карту', en: 'Ask your bank or use another card' },
	details: { ru: 'Проверьте данные карты', en: 'Check the details of the card' },
	otherCard: { ru: 'Попробуйте другую карту', en: 'Try another card' },
	amount: { ru: 'Проверьте сумму', en: 'Check the amount' },
	later: { ru: 'Попробуйте позже', en: 'Try again later' },
	money: { ru: 'На карте не хватает денег', en: 'There is not enough money on the card' },
	cvv: { ru: 'CVV указан неверно', en: 'The CVV code is wrong' },
	limit: { ru: 'Превышен лимит карты', en: 'The limit of the card is exceeded' },
	refused: { ru: 'Магазин не принял платёж. Напишите нам', en: 'The shop did not accept the payment. Write to us' },
	expired: { ru: 'Срок заказа истёк. Оформите новый', en: 'The order has expired. Make a new one' },
} as const;

type BuyerText = keyof typeof BUYER_TEXTS;

/** providers/cloudpayments.md §10; those below 4000 come from our own answer to Check (§4). */
const REASONS: ReadonlyMap<string, readonly [name: string, text: BuyerText, declineClass: DeclineClass]> = new Map([
	['3001', ['CheckWrongOrder', 'refused', null]],
	['3002', ['CheckWrongAccount', 'refused', null]],
	['3003', ['CheckWrongAmount', 'refused', null]],
	['3004', ['CheckOrderExpired', 'expired', null]],
	['3005', ['CheckRefused', 'refused', null]],
	['3006', ['CheckUnavailable', 'later', null]],
	['3007', ['CheckUnavailable', 'later', null]],
	['3008', ['CheckNotAccepted', 'refused', null]],
	['5001', ['ReferToCardIssuer', 'bank', 'hard']],
	['5003', ['InvalidMerchant', 'bank', 'hard']],
	['5004', ['PickUpCard', 'bank', null]],
	['5005', ['DoNotHonor', 'bank', 'hard']],
	['5006', ['Error', 'details', null]],
	['5012', ['InvalidTransaction', 'otherCard', 'hard']],
	['5013', ['AmountError', 'amount', 'soft']],
	['5014', ['InvalidCardNumber', 'details', 'soft']],
	['5015', ['NoSuchIssuer', 'details', null]],
	['5017', ['CustomerCancellation', 'otherCard', 'hard']],
	['5019', ['TransactionError', 'bank', null]],
	['5030', ['FormatError', 'later', 'soft']],
	['5031', ['BankNotSupportedBySwitch', 'otherCard', null]],
	['5033', ['ExpiredCardPickup', 'bank', 'hard']],
	['5034', ['SuspectedFraud', 'bank', 'hard']],
	['5036', ['RestrictedCard', 'otherCard', null]],
	['5041', ['LostCard', 'bank', null]],
	['5043', ['StolenCard', 'bank', null]],
	['5051', ['InsufficientFunds', 'money', 'temporary']],
	['5054', ['ExpiredCard', 'details', 'soft']],
	['5055', ['InvalidPIN', 'otherCard', 'soft']],
	['5057', ['TransactionNotPermitted', 'bank', 'hard']],
	['5058', ['TransactionNotPermittedToCard', 'bank', null]],
	['5059', ['SuspectedFraud', 'bank', null]],
	['5061', ['ExceedsApprovalAmount', 'limit', null]],
	['5062', ['RestrictedCard', 'otherCard', null]],
	['5063', ['SecurityViolation', 'otherCard', 'soft']],
	['5065', ['ExceedWithdrawalFrequency', 'bank', 'temporary']],
	['5082', ['IncorrectCVV', 'cvv', null]],
	['5091', ['Timeout', 'later', null]],
	['5092', ['CannotReachNetwork', 'later', null]],
	['5096', ['SystemError', 'later', 'temporary']],
	['5204', ['UnableToProcess', 'bank', null]],
	['5206', ['AuthenticationFailed', 'bank', null]],
	['5207', ['AuthenticationUnavailable', 'bank', null]],
	['5300', ['AntiFraud', 'otherCard', null]],
	['5303', ['AcquirerTerminalLimitsExceeded', 'bank', null]],
]);

/**
 * What a refused charge means for the buyer and for the machine; a code that is not known is one to try again later.
 */
export function readDecline(reasonCode: string | number, providerText: string | null = null): Decline {
	const code = String(reasonCode).trim();
	const [name, text, declineClass] = REASONS.get(code) ?? [null, 'later' as const, null];
	return { code, name, class: declineClass, providerText, buyerText: { ...BUYER_TEXTS[text] } };
}
