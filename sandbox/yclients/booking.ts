/** 2 confirmed, 1 came and was served, 0 waiting, -1 did not come. */
export type Attendance = -1 | 0 | 1 | 2;

/** One line of the bill; amounts are for the whole line, in kopecks, unless they say unit. */
export interface ServiceLine {
	readonly serviceId: number;
	readonly title: string;
	readonly amount: number;
	readonly unitMinor: number;
	readonly discountPercent: number;
	/** After the percent. */
	readonly manualMinor: number;
	/** What is really due; below `manualMinor` when loyalty pays part. */
	readonly costMinor: number;
}

/** A record as the salon keeps it. Every change makes a new object; moments are milliseconds since 1970. */
export interface Booking {
	readonly id: number;
	/** Records of one visit share it. */
	readonly visitId: number;
	readonly staffId: number;
	/** Null for a walk-in. */
	readonly clientId: number | null;
	readonly lines: readonly ServiceLine[];
	readonly startsAt: number;
	readonly lengthSeconds: number;
	readonly attendance: Attendance;
	readonly comment: string;
	readonly isOnline: boolean;
	readonly isPaid: boolean;
	readonly isDeleted: boolean;
	/** External id given at creation. */
	readonly apiId: string;
	/** 0 for an individual visit. */
	readonly activityId: number;
	/** Seats taken in a group activity. */
	readonly clientsCount: number;
	readonly createdAt: number;
	/** Whole seconds. */
	readonly changedAt: number;
}

/** Computes the line of a service. @param costMinor what is due when loyalty pays part */
export function serviceLine(
	given: Pick<ServiceLine, 'serviceId' | 'title' | 'amount' | 'unitMinor' | 'discountPercent'>,
	costMinor?: number,
): ServiceLine {
	const manualMinor = Math.round((given.unitMinor * given.amount * (100 - given.discountPercent)) / 100);
	return { ...given, manualMinor, costMinor: costMinor ?? manualMinor };
}

/** What is due for the record, in kopecks. */
export function costOf({ lines }: Booking): number {
	return lines.reduce((sum, { costMinor }) => sum + costMinor, 0);
}

/** Whether the master is busy with both at the same time. */
export function overlaps(
	left: Pick<Booking, 'staffId' | 'startsAt' | 'lengthSeconds'>,
	right: Pick<Booking, 'staffId' | 'startsAt' | 'lengthSeconds'>,
): boolean {
	return left.staffId === right.staffId &&
		left.startsAt < right.startsAt + right.lengthSeconds * 1000 &&
		right.startsAt < left.startsAt + left.lengthSeconds * 1000;
}
