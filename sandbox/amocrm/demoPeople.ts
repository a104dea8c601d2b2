import type { GivenPerson } from './people';

/**
 * Invented customers of the school, so that the stand-in has something to show and to mix up. The course platform's first
 * customer is found by Telegram id, the second by phone, the third by e-mail; the others are new.
 */
export const DEMO_PEOPLE: readonly GivenPerson[] = [
	{
		name: 'Анна Образцова',
		phone: '+7 (999) 000-00-01',
		email: 'anna@example.com',
		telegramId: '700000001',
		leads: [
			{
				name: 'Оплата Математика - Анна Образцова',
				price: 4990,
				status: 'В работе',
				fields: {
					Предметы: ['Математика'],
					Направление: 'ЕГЭ',
					'Сумма последней оплаты': 4990,
					'Всего оплачено': 4990,
					'Количество покупок': 1,
				},
			},
			{ name: 'Пробный урок', status: 'lost', updatedAt: '2026-03-01T09:00:00Z' },
		],
	},
	{
		name: 'Борис Примеров',
		phone: '89990000002',
		email: 'boris@example.com',
		leads: [{ name: 'Консультация', pipeline: 'Yandex', price: 0 }],
	},
	{
		name: 'Вера Тестова',
		email: 'pupil3@example.com',
		leads: [
			{ name: 'Оплата Физика - Вера Тестова', pipeline: 'Partners', status: 'Автооплата', price: 3490 },
			{ name: 'Заявка с сайта', status: 'Неразобранное' },
		],
	},
];
