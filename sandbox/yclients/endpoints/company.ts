import type { ServiceOffer } from '../branch';
import { notFound } from '../apiError';
import type { Call, Endpoint } from '../endpoint';
import { answer } from '../endpoint';
import { roubles } from '../money';
import type { Service } from '../service';

/** The branch, its services and staff, the rights of the user. */
export function companyEndpoints({ salon, views, modes }: Service): readonly Endpoint[] {
	const { branch, clock } = salon;
	const company = () => ({
		id: branch.companyId,
		title: branch.title,
		public_title: branch.title,
		main_group_id: branch.chainId,
		main_group: { id: branch.chainId, title: 'Сеть «Лотос»' },
		country_id: 7,
		city: 'Москва',
		active: 1,
		timezone: branch.time.offsetMinutes(clock.now()) / 60,
		timezone_name: branch.time.zone,
		currency_short_title: '₽',
	});
	const serviceJson = (offer: ServiceOffer) => ({
		id: offer.id,
		booking_title: offer.title,
		title: offer.title,
		category_id: 83,
		price_min: roubles(offer.priceMinor),
		price_max: roubles(offer.priceMinor),
		discount: 0,
		comment: '',
		active: 1,
		api_id: '',
		is_multi: false,
		duration: offer.lengthSeconds,
		staff: branch.staff.map(({ id }) => ({ id, seance_length: offer.lengthSeconds })),
	});
	const serviceOf = (call: Call) => {
		const offer = branch.services.find(({ id }) => id === call.id('service'));
		if (!offer) throw notFound('Услуга не найдена');
		return serviceJson(offer);
	};
	const staffOf = (call: Call) => {
		const master = branch.staff.find(({ id }) => id === call.id('staff'));
		if (!master) throw notFound('Сотрудник не найден');
		return views.staffJson(master.id);
	};
	return [
		{ method: 'GET', path: '/companies', access: 'user', serve: () => answer([company()], 200, { count: 1 }) },
		{ method: 'GET', path: '/company/:company', access: 'partner', serve: () => answer(company()) },
		{
			method: 'GET', path: '/company/:company/services', access: 'user',
			serve: () => answer(branch.services.map(serviceJson)),
		},
		{
			method: 'GET', path: '/company/:company/services/:service', access: 'user',
			serve: (call) => answer(serviceOf(call)),
		},
		{
			method: 'GET', path: '/company/:company/staff', access: 'partner',
			serve: () => answer(branch.staff.map(({ id }) => views.staffJson(id))),
		},
		{
			method: 'GET', path: '/company/:company/staff/:staff', access: 'partner',
			serve: (call) => answer(staffOf(call)),
		},
		{
			method: 'GET', path: '/user/permissions/:company', access: 'user',
			serve: () => {
				const { phonesAccess, recordClientsAccess, contactsAccess } = modes.current;
				const { webhooksAccess, loyaltyAccess } = modes.current;
				return answer({
					timetable: { timetable_access: true, timetable_phones_access: phonesAccess },
					record_form: { record_form_access: true, record_form_client_access: recordClientsAccess },
					clients: { clients_access: true, clients_phones_email_access: contactsAccess },
					loyalty: { loyalty_access: true, loyalty_cards_manual_transactions_access: loyaltyAccess },
					settings: { settings_access: true, webhook_read_access: webhooksAccess },
				});
			},
		},
	];
}
