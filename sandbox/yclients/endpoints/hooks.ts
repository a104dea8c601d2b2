import { ApiError } from '../apiError';
import type { Endpoint } from '../endpoint';
import { answer } from '../endpoint';
import type { Service } from '../service';

/** The webhook settings of the branch (providers/yclients.md §4). */
export function hookEndpoints({ hooks, modes }: Service): readonly Endpoint[] {
	const refuseWithoutRight = () => {
		if (!modes.current.webhooksAccess) throw new ApiError(403, 'Недостаточно прав');
	};
	return [
		{
			method: 'GET', path: '/hooks_settings/:company', access: 'user',
			serve: () => {
				refuseWithoutRight();
				return answer(hooks.toJson());
			},
		},
		{
			method: 'POST', path: '/hooks_settings/:company', access: 'user',
			serve: ({ body }) => {
				refuseWithoutRight();
				hooks.replace(body);
				return answer(hooks.toJson(), 201);
			},
		},
	];
}
