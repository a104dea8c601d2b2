/** A refused payment as the bank puts it. */
export interface Reason {
	readonly name: string;
	/** `CardHolderMessage` */
	readonly text: string;
}

const BANK = 'Свяжитесь с вашим банком или воспользуйтесь другой картой';
const DETAILS = 'Проверьте правильность введённых данных карты';
const OTHER_CARD = 'Воспользуйтесь другой картой';
const LATER = 'Повторите попытку позже';
const SHOP = 'Магазин не принял платёж';

/** providers/cloudpayments.md §4 and §10. */
const REASONS: ReadonlyMap<number, readonly [name: string, text: string]> = new Map([
	[0, ['Approved', 'Оплата успешно проведена']],
	[3001, ['WrongOrderNumber', SHOP]],
	[3002, ['WrongAccountId', SHOP]],
	[3003, ['WrongAmount', SHOP]],
	[3004, ['OrderExpired', 'Срок оплаты заказа истёк']],
	[3005, ['CheckRejected', SHOP]],
	[3006, ['CheckUnavailable', LATER]],
	[3007, ['CheckTimeout', LATER]],
	[3008, ['PaymentNotAccepted', SHOP]],
	[5001, ['ReferToCardIssuer', BANK]],
	[5003, ['InvalidMerchant', BANK]],
	[5004, ['PickUpCard', BANK]],
	[5005, ['DoNotHonor', BANK]],
	[5006, ['Error', DETAILS]],
	[5012, ['InvalidTransaction', OTHER_CARD]],
	[5013, ['AmountError', 'Проверьте корректность суммы']],
	[5014, ['InvalidCardNumber', DETAILS]],
	[5015, ['NoSuchIssuer', DETAILS]],
	[5017, ['CustomerCancellation', OTHER_CARD]],
	[5019, ['TransactionError', BANK]],
	[5030, ['FormatError', LATER]],
	[5031, ['BankNotSupportedBySwitch', OTHER_CARD]],
	[5033, ['ExpiredCardPickup', BANK]],
	[5034, ['SuspectedFraud', BANK]],
	[5036, ['RestrictedCard', OTHER_CARD]],
	[5041, ['LostCard', BANK]],
	[5043, ['StolenCard', BANK]],
	[5051, ['InsufficientFunds', 'Недостаточно средств на карте']],
	[5054, ['ExpiredCard', DETAILS]],
	[5055, ['InvalidPIN', OTHER_CARD]],
	[5057, ['TransactionNotPermitted', BANK]],
	[5058, ['TransactionNotPermittedToCard', BANK]],
	[5059, ['SuspectedFraud', BANK]],
	[5061, ['ExceedsApprovalAmount', 'Превышен лимит карты']],
	[5062, ['RestrictedCard', OTHER_CARD]],
	[5063, ['SecurityViolation', OTHER_CARD]],
	[5065, ['ExceedWithdrawalFrequency', BANK]],
	[5082, ['IncorrectCVV', 'Неверно указан код CVV']],
	[5091, ['Timeout', LATER]],
	[5092, ['CannotReachNetwork', LATER]],
	[5096, ['SystemError', LATER]],
	[5204, ['UnableToProcess', BANK]],
	[5206, ['AuthenticationFailed', BANK]],
	[5207, ['AuthenticationUnavailable', BANK]],
	[5300, ['AntiFraud', OTHER_CARD]],
	[5303, ['AcquirerTerminalLimitsExceeded', BANK]],
	[6001, ['SbpPaymentRejected', BANK]],
]);

/** What the stand-in itself refuses a payment for. */
export const REASON = {
	approved: 0,
	insufficientFunds: 5051,
	noSuchIssuer: 5015,
	expiredCard: 5054,
	unableToProcess: 5204,
	authenticationFailed: 5206,
	sbpRejected: 6001,
} as const;

/** The words for a code; any other code is some refusal of the bank. */
export function reasonOf(code: number): Reason {
	const [name, text] = REASONS.get(code) ?? ['UnableToProcess', BANK];
	return { name, text };
}

/** What the shop's answer to Check means for the payment; null for a code Check does not have (§4). */
export function reasonOfCheck(code: number): number | null {
	return new Map([[0, 0], [10, 3001], [11, 3002], [12, 3003], [13, 3008], [20, 3004]]).get(code) ?? null;
}
