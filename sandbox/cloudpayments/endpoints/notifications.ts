import { z } from 'zod';
import type { NotificationType } from '../addresses';
import { NOTIFICATION_TYPES } from '../addresses';
import type { Endpoint } from '../endpoint';
import { DONE, success } from '../endpoint';
import { flag, readInput, text, url } from '../input';
import { Refusal } from '../refusal';
import type { Service } from '../service';

/** What is left out falls back to its default, however it was set before (providers/cloudpayments.md §3). */
const settings = z.object({
	IsEnabled: flag.default(false),
	Address: url.optional(),
	HttpMethod: text.transform((method) => method.toUpperCase()).pipe(z.enum(['GET', 'POST'])).default('GET'),
	Encoding: text.default('UTF8'),
	Format: text.default('CloudPayments'),
});

/** Where the notifications of each type go. */
export function notificationEndpoints({ addresses }: Service): readonly Endpoint[] {
	const read = (type: NotificationType): Endpoint => ({
		path: `site/notifications/${type}/get`,
		serve: () => {
			const { isEnabled, address, httpMethod } = addresses.get(type);
			return success({
				IsEnabled: isEnabled, Address: address, HttpMethod: httpMethod, Encoding: 'UTF8', Format: 'CloudPayments',
			});
		},
	});
	const update = (type: NotificationType): Endpoint => ({
		path: `site/notifications/${type}/update`,
		serve: (input) => {
			if (type === 'check') throw new Refusal('Check can be set in the cabinet only');
			const given = readInput(settings, input);
			if (given.Encoding !== 'UTF8') throw new Refusal('The sandbox sends UTF8 only');
			if (given.Format !== 'CloudPayments') throw new Refusal('The sandbox sends the CloudPayments format only');
			addresses.set(type, {
				isEnabled: given.IsEnabled, address: given.Address ?? null, httpMethod: given.HttpMethod,
			});
			return DONE;
		},
	});
	return NOTIFICATION_TYPES.flatMap((type) => [read(type), update(type)]);
}
