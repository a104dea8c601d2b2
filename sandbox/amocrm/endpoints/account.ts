import type { CustomField, EntityKind } from '../account';
import type { Crm } from '../crm';
import { listAnswer } from '../crm';
import type { Endpoint } from '../endpoint';
import { NO_CONTENT, ok } from '../endpoint';
import { Problem } from '../problem';

/** Custom fields of one page, however many the caller wants (providers/amocrm.md §7). */
const MOST_FIELDS = 50;

/** The account itself, users, pipelines and custom fields (providers/amocrm.md §1, §5–§7). */
export function accountEndpoints(crm: Crm): Endpoint[] {
	const { account, modes, renderer } = crm;
	return [
		{
			method: 'GET',
			pattern: '/account',
			serve: ({ query }) =>
				ok({
					id: account.id,
					name: account.name,
					subdomain: account.subdomain,
					current_user_id: account.users[0].id,
					country: 'RU',
					currency: 'RUB',
					currency_symbol: '₽',
					language: 'ru',
					is_unsorted_on: true,
					...(query.with.has('is_api_filter_enabled')
						? { is_api_filter_enabled: modes.current.filtersAnnounced }
						: {}),
					_links: renderer.link('account'),
					...(query.with.has('datetime_settings')
						? { _embedded: { datetime_settings: dateSettings(modes.current.timeZone) } }
						: {}),
				}),
		},
		{
			method: 'GET',
			pattern: '/users',
			serve: (call) => {
				if (!modes.current.isAdmin) throw new Problem(403, 'Only administrators may list users');
				return listAnswer(crm, call, 'users', account.users, (user) => ({
					...user,
					lang: 'ru',
					rights: { is_admin: user.id === account.users[0].id, is_free: false, is_active: true },
					_links: renderer.link(`users/${user.id}`),
				}));
			},
		},
		{
			method: 'GET',
			pattern: '/leads/pipelines',
			serve: () =>
				ok({
					_total_items: account.pipelines.length,
					_links: renderer.link('leads/pipelines'),
					_embedded: { pipelines: account.pipelines.map((pipeline, index) => renderer.pipeline(pipeline, index)) },
				}),
		},
		{
			method: 'GET',
			pattern: '/leads/pipelines/:id',
			serve: ({ ids: [id = 0] }) => {
				const index = account.pipelines.findIndex((pipeline) => pipeline.id === id);
				const pipeline = account.pipelines[index];
				return pipeline ? ok(renderer.pipeline(pipeline, index)) : NO_CONTENT;
			},
		},
		fieldsEndpoint(crm, 'contacts'),
		fieldsEndpoint(crm, 'leads'),
	];
}

function fieldsEndpoint(crm: Crm, kind: EntityKind): Endpoint {
	return {
		method: 'GET',
		pattern: `/${kind}/custom_fields`,
		serve: (call) => {
			const types = call.filters.list('filter[type]');
			const fields = crm.account.fieldsOf(kind).filter(({ type }) => types?.includes(type) ?? true);
			const render = (field: CustomField, index: number) => crm.renderer.field(field, index);
			return listAnswer(crm, call, 'custom_fields', fields, render, MOST_FIELDS);
		},
	};
}

function dateSettings(timeZone: string): object {
	const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(new Date());
	const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') || '+00:00';
	return {
		date_pattern: 'd.m.Y H:i',
		short_date_pattern: 'd.m.Y',
		short_time_pattern: 'H:i',
		date_format: 'd.m.Y',
		time_format: 'H:i:s',
		timezone: timeZone,
		timezone_offset: offset,
	};
}
