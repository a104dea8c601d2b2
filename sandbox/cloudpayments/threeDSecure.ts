import type { Transaction } from './objects';

/** What a shop needs to send the payer to the page of the card's bank (providers/cloudpayments.md §2). */
export function threeDSecureModel({ transactionId }: Transaction, site: string): Record<string, unknown> {
	return {
		TransactionId: transactionId,
		PaReq: Buffer.from(String(transactionId)).toString('base64'),
		GoReq: null,
		AcsUrl: `${site}/acs`,
		ThreeDsCallbackId: `cb_${transactionId}`,
		IFrameIsAllowed: true,
	};
}

/** What the bank's page sends back with the payer. */
export function paResOf(transactionId: string, isOk: boolean): string {
	return Buffer.from(`${transactionId} ${isOk ? 'Y' : 'N'}`).toString('base64');
}

/** Whether the bank says yes to this very payment. */
export function readPaRes(paRes: string, { transactionId }: Transaction): boolean {
	return paRes === paResOf(String(transactionId), true);
}
