import { z } from 'zod';
import { readReceipt } from '../customerReceipt';
import type { Endpoint } from '../endpoint';
import { success } from '../endpoint';
import { readInput, text } from '../input';
import { MINUTE_MS } from '../moments';
import { decimal } from '../noticeFields';
import type { Receipt } from '../objects';
import type { Service } from '../service';
import { found, newId } from '../site';

const newReceipt = z.object({
	Inn: text.pipe(z.string().regex(/^(\d{10}|\d{12})$/)),
	Type: text.pipe(z.enum(['Income', 'IncomeReturn', 'Expense', 'ExpenseReturn'])),
	CustomerReceipt: z.record(z.unknown()),
	InvoiceId: text.optional(),
	AccountId: text.optional(),
});
const idOnly = z.object({ Id: text });

/** Receipts under 54-FZ; the cash register takes a minute. */
export function receiptEndpoints({ site }: Service): readonly Endpoint[] {
	const isProcessed = ({ createdAt }: Receipt) => site.clock.now() >= Date.parse(createdAt) + MINUTE_MS;
	return [
		{
			path: 'kkt/receipt',
			isJsonOnly: true,
			serve: (input) => {
				const given = readInput(newReceipt, input);
				const amountMinor = readReceipt(given.CustomerReceipt, null);
				const id = newId('', 8);
				site.receipts.set(id, {
					id,
					inn: given.Inn,
					type: given.Type,
					invoiceId: given.InvoiceId ?? null,
					accountId: given.AccountId ?? null,
					amountMinor,
					customerReceipt: given.CustomerReceipt,
					createdAt: site.clock.iso(),
				});
				return { Success: true, Message: 'Queued', Model: { Id: id, ErrorCode: 0 } };
			},
		},
		{
			path: 'kkt/receipt/status/get',
			isJsonOnly: true,
			serve: (input) => {
				const receipt = site.receipts.get(readInput(idOnly, input).Id);
				if (!receipt) return success('NotFound');
				return success(isProcessed(receipt) ? 'Processed' : 'Queued');
			},
		},
		{
			path: 'kkt/receipt/get',
			isJsonOnly: true,
			serve: (input) => {
				const receipt = found(site.receipts.get(readInput(idOnly, input).Id));
				const data = isProcessed(receipt) ? fiscalData(receipt) : null;
				return success({ ...receipt.customerReceipt, AdditionalData: data });
			},
		},
	];
}

function fiscalData({ id, inn, type, invoiceId, accountId, amountMinor, createdAt }: Receipt): object {
	return {
		Id: id,
		Inn: inn,
		Type: type,
		InvoiceId: invoiceId,
		AccountId: accountId,
		Amount: Number(decimal(amountMinor)),
		DateTime: createdAt,
		DocumentNumber: 1,
		SessionNumber: 1,
		FiscalSign: '0000000000',
		DeviceNumber: 'SANDBOX',
		RegNumber: '0000000000000000',
		FiscalNumber: '0000000000000000',
		Ofd: 'Sandbox',
	};
}
