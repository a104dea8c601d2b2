import { z } from 'zod';

import { basisPoints, count, id, instant, positive, signed } from './fields';
import { parseInput } from './inputError';

const lineSchema = z.object({
	id,
	/** What is due for the whole line after every discount, in kopecks; never to be multiplied by a quantity. */
	costKopecks: count,
});

const recordSchema = z.object({
	id,
	/** `completed` earns; anything else holds no points. */
	status: z.string().trim().toLowerCase().min(1, 'must not be empty'),
	visitAt: instant,
	/** Version of the record: a lower one is older. */
	changedAt: instant,
	/** Records of one visit share it. */
	visitId: id.nullish(),
	comment: z.string().nullish(),
	services: z.array(lineSchema),
	goods: z.array(lineSchema).default([]),
	/** false with `completion: attended_and_paid`: earns nothing. Left out: whoever set the status looked at it. */
	paid: z.boolean().optional(),
	/** null: nobody is linked yet, so nothing is earned. Left out: the record is this customer's. */
	userId: id.nullish(),
	/** The rate the ledger captured when it first awarded the record. Left out, the tier decides. */
	rateBps: basisPoints.nullish(),
});

const at = instant;
const key = id;

const eventSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('record'), at, record: recordSchema }),
	z.object({
		type: z.literal('burn'),
		at,
		key,
		points: positive,
		/** The bill that is paid in part with points; needed when the rules limit that part. */
		billKopecks: count.nullish(),
	}),
	z.object({ type: z.literal('burn_cancel'), at, key }),
	z.object({
		type: z.literal('adjust'),
		at,
		key,
		points: signed,
		expiresAt: instant.nullish(),
	}),
	z.object({ type: z.literal('tick'), at }),
]);

const LIST = 'must be a list of events';

const listSchema = z.array(eventSchema, { required_error: LIST, invalid_type_error: LIST });

const eventsSchema = listSchema.superRefine((events, context) => {
	let owner: string | undefined;
	events.forEach((event, index) => {
		const userId = event.type === 'record' ? event.record.userId : undefined;
		if (userId === undefined || userId === null) return;
		owner ??= userId;
		if (userId === owner) return;
		context.addIssue({
			code: z.ZodIssueCode.custom,
			path: [index, 'record', 'userId'],
			message: `"${userId}" is another customer than "${owner}": calculate each customer alone`,
		});
	});
});

/** What happened, as it is written down (domain/loyalty.md §3.8). */
export type LoyaltyEvent = z.input<typeof eventSchema>;
/** The same, checked; times in milliseconds of the epoch, ids as texts. */
export type KnownEvent = z.output<typeof eventSchema>;
export type RecordVersion = z.output<typeof recordSchema>;

/** Checks the history of one customer. @throws LoyaltyInputError that names the field and the reason */
export function parseEvents(input: unknown): KnownEvent[] {
	return parseInput(eventsSchema, input, 'events');
}
