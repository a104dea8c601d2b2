import { ApiError } from './apiError';
import type { Booking } from './booking';
import type { BranchTime, MomentReading } from './branchTime';

type Condition = (booking: Booking) => boolean;

/** A way to read a filter's text. Null when it cannot be read. */
type Reader = (text: string) => Condition | null;

/**
 * The condition that the query of `GET /records` sets (providers/yclients.md §2). Days are the branch's and include
 * their ends; moments of change include theirs.
 *
 * @param staffName `staff_id`, or the name Altegio has beside it
 * @throws ApiError 400 naming the filter that cannot be read
 */
export function recordCondition(
	query: URLSearchParams,
	{ time, changedAfter, staffNames }: {
		readonly time: BranchTime;
		readonly changedAfter: MomentReading;
		readonly staffNames: readonly string[];
	},
): Condition {
	const sameAs = (value: (booking: Booking) => number | null): Reader => (text) => {
		return /^\d+$/.test(text) ? (booking) => value(booking) === Number(text) : null;
	};
	const from = (value: (booking: Booking) => number, moment: (text: string) => number | null): Reader => (text) => {
		const least = moment(text);
		return least === null ? null : (booking) => value(booking) >= least;
	};
	const before = (value: (booking: Booking) => number, moment: (text: string) => number | null): Reader => (text) => {
		const end = moment(text);
		return end === null ? null : (booking) => value(booking) < end;
	};
	const startOf = (text: string) => time.startOfDay(text);
	const endOf = (text: string) => time.startOfDay(text, 1);
	const exact = (text: string) => time.parse(text, changedAfter);
	const afterExact = (text: string) => {
		const moment = exact(text);
		return moment === null ? null : moment + 1;
	};
	const readers: ReadonlyArray<readonly [string, Reader]> = [
		...staffNames.map((name): [string, Reader] => [name, sameAs(({ staffId }) => staffId)]),
		['client_id', sameAs(({ clientId }) => clientId)],
		['created_user_id', sameAs(({ isOnline }) => (isOnline ? 0 : 4_100_001))],
		['start_date', from(({ startsAt }) => startsAt, startOf)],
		['end_date', before(({ startsAt }) => startsAt, endOf)],
		['c_start_date', from(({ createdAt }) => createdAt, startOf)],
		['c_end_date', before(({ createdAt }) => createdAt, endOf)],
		['changed_after', from(({ changedAt }) => changedAt, exact)],
		['changed_before', before(({ changedAt }) => changedAt, afterExact)],
	];
	const withDeleted = query.get('with_deleted') === '1';
	const conditions: Condition[] = [({ isDeleted }) => withDeleted || !isDeleted];
	for (const [name, read] of readers) {
		const text = query.get(name);
		if (text === null || text === '') continue;
		const condition = read(text);
		if (!condition) throw new ApiError(400, `Неверное значение фильтра ${name}`, { fields: { [name]: [text] } });
		conditions.push(condition);
	}
	return (booking) => conditions.every((holds) => holds(booking));
}
