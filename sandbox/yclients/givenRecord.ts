import { ApiError } from './apiError';
import type { Attendance, ServiceLine } from './booking';
import { serviceLine } from './booking';
import type { Branch } from './branch';

/** One service of a record to add; amounts in kopecks. */
export interface GivenService {
	/** @default the first service of the salon */
	readonly serviceId?: number;
	/** @default the service's own */
	readonly title?: string;
	/** For one unit. @default the service's own */
	readonly unitMinor?: number;
	/** @default 1 */
	readonly amount?: number;
	/** @default 0 */
	readonly discountPercent?: number;
	/** What is due for the whole line when loyalty pays part. @default unit × amount, less the discount */
	readonly costMinor?: number;
}

/** Who comes, found by phone or added. */
export interface GivenClient {
	readonly name: string;
	readonly phone?: string;
	readonly email?: string;
}

/** A record to add; what is left out is ordinary. Moments are ISO with an offset or `Z`. */
export interface GivenRecord {
	/** Null is a walk-in. @default a walk-in */
	readonly client?: GivenClient | null;
	/** Of a client that is there; goes before `client`. */
	readonly clientId?: number;
	/** @default the first master */
	readonly staffId?: number;
	/** @default one, the first of the salon */
	readonly services?: readonly GivenService[];
	/** @default in an hour */
	readonly startsAt?: string;
	/** @default the length of the services */
	readonly lengthSeconds?: number;
	readonly attendance?: Attendance;
	readonly comment?: string;
	/** Booked by the client himself. */
	readonly online?: boolean;
	readonly paid?: boolean;
	readonly deleted?: boolean;
	readonly apiId?: string;
	/** Visit to join. @default a visit of its own */
	readonly visitId?: number;
	/** Group activity. @default 0, none */
	readonly activityId?: number;
	/** @default 1 */
	readonly clientsCount?: number;
	/** @default now */
	readonly createdAt?: string;
	/** @default `createdAt` */
	readonly changedAt?: string;
}

/** @throws ApiError when the salon does not offer it */
export function lineOf(branch: Branch, given: GivenService): ServiceLine {
	const id = given.serviceId ?? branch.services[0]?.id;
	const offer = branch.services.find((service) => service.id === id);
	if (!offer) throw new ApiError(422, `Услуга ${id} не найдена`, { code: 438 });
	return serviceLine({
		serviceId: offer.id,
		title: given.title ?? offer.title,
		amount: given.amount ?? 1,
		unitMinor: given.unitMinor ?? offer.priceMinor,
		discountPercent: given.discountPercent ?? 0,
	}, given.costMinor);
}

/** How long the services take, in seconds. */
export function lengthOf(branch: Branch, lines: readonly ServiceLine[]): number {
	const lengths = new Map(branch.services.map(({ id, lengthSeconds }) => [id, lengthSeconds]));
	return lines.reduce((sum, { serviceId }) => sum + (lengths.get(serviceId) ?? 0), 0);
}

/** Milliseconds of an ISO moment, down to the second. @throws ApiError when it is none */
export function secondOf(iso: string): number {
	const moment = Math.floor(Date.parse(iso) / 1000) * 1000;
	if (Number.isNaN(moment)) throw new ApiError(422, `Неверная дата ${iso}`);
	return moment;
}
