import { randomUUID } from 'node:crypto';

/** A course as the platform sells it. */
export interface Course {
	readonly packageId: string;
	readonly name: string;
	readonly subject: string;
	/** What the pupil prepares for. */
	readonly project: string;
	readonly lessons: number;
	/** Rubles. */
	readonly cost: number;
}

/** The buyer in the webhook; what he has not told is null. */
export interface PlatformUser {
	readonly first_name: string;
	readonly last_name: string;
	readonly phone: string | null;
	readonly email: string | null;
	readonly telegram_id: number | string | null;
	readonly telegram_tag: string | null;
}

/** Marks of the advertising; `compaign` is the platform's own spelling. */
export interface PlatformUtm {
	readonly source?: string;
	readonly medium?: string;
	readonly compaign?: string;
	readonly term?: string;
	readonly content?: string;
	readonly ym?: string;
}

export interface PlatformItem {
	readonly cost: number | string;
	readonly number_lessons: number;
	readonly course: { readonly name: string; readonly subject: { readonly name: string; readonly project: string } };
	readonly package_id: string;
}

/** `course_order` of the webhook (domain/requirements.md PA1). */
export interface CourseOrder {
	readonly status: string;
	/** The price before the discount: not what was paid. */
	readonly amount: number;
	readonly created_at: string;
	readonly updated_at: string;
	/** Promo code. */
	readonly code: string | null;
	readonly payment_id: string;
	readonly invoice_id: number | string;
	readonly payment_method: string;
	readonly currency: string;
	readonly course_order_items: readonly PlatformItem[];
	readonly user: PlatformUser;
	readonly utm: PlatformUtm;
	readonly domain: string;
}

/** The whole body of a webhook. */
export interface PlatformOrder {
	readonly course_order: CourseOrder;
}

/** What a sample shall have other than usual. */
export type OrderOverrides = Partial<Omit<CourseOrder, 'user' | 'utm'>> & {
	readonly user?: Partial<PlatformUser>;
	readonly utm?: PlatformUtm;
};

export const COURSES: readonly [Course, ...Course[]] = [
	{
		packageId: 'math-ege-8', name: 'Математика: профильный уровень', subject: 'Математика', project: 'ЕГЭ',
		lessons: 8, cost: 4990,
	},
	{
		packageId: 'russian-ege-8', name: 'Русский язык с нуля', subject: 'Русский язык', project: 'ЕГЭ',
		lessons: 8, cost: 3990,
	},
	{
		packageId: 'physics-ege-12', name: 'Физика: вся теория', subject: 'Физика', project: 'ЕГЭ',
		lessons: 12, cost: 5490,
	},
	{
		packageId: 'social-oge-8', name: 'Обществознание за год', subject: 'Обществознание', project: 'ОГЭ',
		lessons: 8, cost: 2990,
	},
];

const NAMES = [
	['Анна', 'Образцова'], ['Борис', 'Примеров'], ['Вера', 'Тестова'], ['Глеб', 'Учебный'], ['Дарья', 'Пробная'],
	['Егор', 'Тетрадкин'], ['Жанна', 'Задачкина'], ['Захар', 'Дневников'], ['Ирина', 'Букварёва'], ['Кирилл', 'Глобусов'],
] as const;
const DISCOUNT = 1000;

/** An invented customer, numbered from 1; the same number is always the same person. */
export function inventedUser(number: number): PlatformUser {
	const digits = String(number).padStart(7, '0');
	const [firstName, lastName] = NAMES[(number - 1) % NAMES.length] ?? NAMES[0];
	return {
		first_name: firstName,
		last_name: lastName,
		phone: `+7 (999) ${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`,
		email: `pupil${number}@example.com`,
		telegram_id: 700_000_000 + number,
		telegram_tag: `@pupil_${number}`,
	};
}

/** One line of the order. */
export function toItem({ packageId, name, subject, project, lessons, cost }: Course): PlatformItem {
	const course = { name, subject: { name: subject, project } };
	return { cost, number_lessons: lessons, course, package_id: packageId };
}

/**
 * A paid order with invented data, each with its own payment id. `amount` is more than the items cost, as after a promo
 * code (PA3).
 */
export function sampleOrder(overrides: OrderOverrides = {}): PlatformOrder {
	const items = overrides.course_order_items ?? [toItem(COURSES[0])];
	const now = platformTime(new Date());
	return {
		course_order: {
			status: 'success',
			amount: items.reduce((sum, { cost }) => sum + Number(cost), DISCOUNT),
			created_at: now,
			updated_at: now,
			code: 'START1000',
			payment_id: randomUUID(),
			invoice_id: nextInvoice(),
			payment_method: 'bank_card',
			currency: 'RUB',
			domain: 'school.example',
			...overrides,
			course_order_items: items,
			user: { ...inventedUser(1), ...overrides.user },
			utm: overrides.utm ?? {},
		},
	};
}

/** The same order after its money went back. */
export function refunded({ course_order: order }: PlatformOrder): PlatformOrder {
	return { course_order: { ...order, status: 'refunded', updated_at: platformTime(new Date()) } };
}

let lastInvoice = Date.now();

/** Growing, and not repeated after a restart. */
function nextInvoice(): number {
	lastInvoice += 1;
	return lastInvoice;
}

/** `2026-03-14T09:26:53.000000Z`, with the microseconds the platform's framework writes. */
function platformTime(moment: Date): string {
	return moment.toISOString().replace('Z', '000Z');
}
