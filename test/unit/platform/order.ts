/** A body as the platform sends it (PA1). The people are invented. */
export const COURSE_ORDER = {
	status: 'success',
	amount: 3990,
	created_at: '2026-03-14T09:20:00+03:00',
	updated_at: '2026-03-14T09:26:53+03:00',
	code: 'SPRING',
	payment_id: 'pay-70011',
	invoice_id: 51_422,
	payment_method: 'sbp',
	currency: 'RUB',
	course_order_items: [
		{
			cost: '2490.50',
			number_lessons: 24,
			course: { name: 'Math, year', subject: { name: 'Math', project: 'ЕГЭ' } },
			package_id: 17,
		},
		{ cost: 1000, number_lessons: 8, course: { name: 'Physics', subject: { name: 'Physics', project: 'ОГЭ' } } },
	],
	user: {
		first_name: 'Anna',
		last_name: 'Example',
		phone: '8 (999) 000-00-01',
		email: ' anna@example.com ',
		telegram_id: 700_000_001,
		telegram_tag: '@anna_example',
	},
	utm: { source: 'site', medium: 'cpc', compaign: 'spring', term: null, content: '', ym: '123' },
	domain: 'school.example',
};

export type CourseOrderFields = Record<string, unknown>;

/** The body with some fields of the order changed; `undefined` takes one away. */
export function bodyWith(fields: CourseOrderFields = {}): { course_order: CourseOrderFields } {
	const order: CourseOrderFields = { ...COURSE_ORDER, ...fields };
	return { course_order: Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined)) };
}
