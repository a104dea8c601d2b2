import type { Attendance } from './booking';
import type { GivenRecord } from './givenRecord';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PAST_DAYS = 30;
const ATTENDANCES: readonly Attendance[] = [1, 1, 1, 1, -1, 0];
const SERVICES = [3068094, 3068101, 3068200, 3068210];
const MASTERS = [9001, 9002, 9003];

/**
 * A generator of ordinary records, spread over the thirty days before `now`: mostly attended, each tenth a walk-in,
 * three visits to a client.
 *
 * @param count how many there will be
 */
export function everyday(count: number, now: number): (index: number) => GivenRecord {
	return (index) => {
		const startsAt = now - PAST_DAYS * DAY_MS + Math.floor((index * PAST_DAYS * DAY_MS) / count);
		const person = Math.floor(index / 3) + 1;
		const number = String(person).padStart(7, '0');
		const client = { name: `Гость ${person}`, phone: `+7999${number}`, email: `guest${person}@example.com` };
		return {
			client: index % 10 === 9 ? null : client,
			staffId: MASTERS[index % MASTERS.length],
			services: [{ serviceId: SERVICES[index % SERVICES.length] }],
			startsAt: new Date(startsAt).toISOString(),
			attendance: ATTENDANCES[index % ATTENDANCES.length],
			paid: index % ATTENDANCES.length < 4,
			createdAt: new Date(startsAt - DAY_MS).toISOString(),
			changedAt: new Date(Math.min(now, startsAt + HOUR_MS)).toISOString(),
		};
	};
}
