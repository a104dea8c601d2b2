import { waitUntil } from '../../../runtime/processes';
import type { Stack } from '../../../runtime/stack';

/** An event of the ledger. */
export interface OrderEvent extends Record<string, unknown> {
	id: string;
	kind: string;
	status: string;
	reason: string | null;
	attempts: number;
	last_error: string | null;
	result: Record<string, unknown> | null;
}

/** Everything known of an order, oldest first. */
export async function eventsOf({ ledger }: Stack, orderRef: string): Promise<OrderEvent[]> {
	return await ledger.query<OrderEvent>(
		'SELECT id, kind, status, reason, attempts, last_error, result FROM fulfillment.events WHERE order_ref = $1 ORDER BY id',
		[orderRef],
	);
}

/** Waits until as many events of an order are known and all of them are settled, and returns them. */
export async function settledEvents(stack: Stack, orderRef: string, count: number, timeoutMs: number): Promise<OrderEvent[]> {
	let events: OrderEvent[] = [];
	await waitUntil(
		async () => {
			events = await eventsOf(stack, orderRef);
			return events.length >= count && events.every(({ status }) => ['done', 'ignored', 'dead'].includes(status));
		},
		{ timeoutMs, everyMs: 100, otherwise: () => `Not settled with ${count} events: ${JSON.stringify(events)}` },
	);
	return events;
}
