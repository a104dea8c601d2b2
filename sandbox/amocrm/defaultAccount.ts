import type { CustomField, EntityKind, FieldEnum, FieldType, Pipeline } from './account';
import { Account, LOST, WON } from './account';

/** Ids of one pipeline: its own and those of its statuses besides 142 and 143. */
export interface PipelineIds {
	readonly id: number;
	/** The incoming status, `type` 1. */
	readonly unsorted: number;
	readonly fresh: number;
	readonly inWork: number;
	readonly autoPayment: number;
}

function pipelineIds(id: number): PipelineIds {
	return { id, unsorted: id * 10, fresh: id * 10 + 1, inWork: id * 10 + 2, autoPayment: id * 10 + 3 };
}

/** Ids of the pipelines and statuses of the default account; they never change. */
export const PIPELINE_IDS = { site: pipelineIds(7001), partners: pipelineIds(7002), yandex: pipelineIds(7003) };

/** Ids of the default account's fields (PA4, PA7); tracking fields are addressed by code. */
export const FIELD_IDS = {
	lead: {
		subjects: 8101,
		direction: 8102,
		lastPaymentSum: 8103,
		totalPaid: 8104,
		purchaseCount: 8105,
		lastPaymentAt: 8106,
		paymentId: 8107,
		invoiceId: 8108,
	},
	contact: { phone: 8201, email: 8202, telegramId: 8203, telegramUsername: 8204, grade: 8205 },
} as const;

/** Choices of the subjects field, in the order of their ids from 81011 up. */
export const SUBJECTS = [
	'Математика', 'Русский язык', 'Обществознание', 'Физика', 'Информатика', 'Биология', 'Химия', 'История',
	'Английский язык',
] as const;

/** Choices of the direction field, in the order of their ids from 81021 up. */
export const DIRECTIONS = ['ЕГЭ', 'ОГЭ'] as const;

/** Codes of the tracking fields of a lead. */
export const TRACKING_CODES = [
	'UTM_SOURCE', 'UTM_MEDIUM', 'UTM_CAMPAIGN', 'UTM_TERM', 'UTM_CONTENT', 'UTM_REFERRER', 'ROISTAT', 'REFERRER', 'FROM',
	'GCLIENTID', '_YM_UID', '_YM_COUNTER', 'GCLID', 'YCLID', 'FBCLID',
] as const;

const FIRST_TRACKING_ID = 8301;

/** The account of an online school: three pipelines and the fields its payments fill. */
export function defaultAccount(): Account {
	const { lead, contact } = FIELD_IDS;
	return new Account(
		[
			pipeline('Site', PIPELINE_IDS.site),
			pipeline('Partners', PIPELINE_IDS.partners),
			pipeline('Yandex', PIPELINE_IDS.yandex),
		],
		[
			{ id: 9001, name: 'Интеграция', email: 'integration@school.example' },
			{ id: 9002, name: 'Ольга Примерова', email: 'manager@school.example' },
		],
		[
			field('leads', lead.subjects, 'Предметы', 'multiselect', choices(lead.subjects, SUBJECTS)),
			field('leads', lead.direction, 'Направление', 'select', choices(lead.direction, DIRECTIONS)),
			field('leads', lead.lastPaymentSum, 'Сумма последней оплаты', 'numeric'),
			field('leads', lead.totalPaid, 'Всего оплачено', 'numeric'),
			field('leads', lead.purchaseCount, 'Количество покупок', 'numeric'),
			field('leads', lead.lastPaymentAt, 'Время последней оплаты', 'date_time'),
			field('leads', lead.paymentId, 'ID платежа', 'text'),
			field('leads', lead.invoiceId, 'ID счёта', 'text'),
			...TRACKING_CODES.map((code, index): CustomField => ({
				...field('leads', FIRST_TRACKING_ID + index, code.toLowerCase(), 'tracking_data'),
				code,
			})),
			{
				...field('contacts', contact.phone, 'Телефон', 'multitext', codes(contact.phone, PHONE_CODES)),
				code: 'PHONE',
			},
			{ ...field('contacts', contact.email, 'Email', 'multitext', codes(contact.email, EMAIL_CODES)), code: 'EMAIL' },
			field('contacts', contact.telegramId, 'Telegram ID', 'text'),
			field('contacts', contact.telegramUsername, 'Telegram username', 'text'),
			field('contacts', contact.grade, 'Класс', 'select', choices(contact.grade, ['9 класс', '10 класс', '11 класс'])),
		],
	);
}

const PHONE_CODES = ['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER'];
const EMAIL_CODES = ['WORK', 'PRIV', 'OTHER'];

function pipeline(name: string, ids: PipelineIds): Pipeline {
	return {
		id: ids.id,
		name,
		statuses: [
			{ id: ids.unsorted, name: 'Неразобранное', type: 1, color: '#c1c1c1' },
			{ id: ids.fresh, name: 'Новая заявка', type: 0, color: '#99ccff' },
			{ id: ids.inWork, name: 'В работе', type: 0, color: '#ffff99' },
			{ id: ids.autoPayment, name: 'Автооплата', type: 0, color: '#ffcc66' },
			{ id: WON, name: 'Успешно реализовано', type: 0, color: '#ccff66' },
			{ id: LOST, name: 'Закрыто и не реализовано', type: 0, color: '#d5d8db' },
		],
	};
}

function field(
	entity: EntityKind,
	id: number,
	name: string,
	type: FieldType,
	enums: readonly FieldEnum[] | null = null,
): CustomField {
	return { id, entity, name, type, code: null, enums };
}

function choices(fieldId: number, values: readonly string[]): FieldEnum[] {
	return values.map((value, index) => ({ id: fieldId * 10 + index + 1, value, code: null }));
}

function codes(fieldId: number, values: readonly string[]): FieldEnum[] {
	return values.map((value, index) => ({ id: fieldId * 10 + index + 1, value, code: value }));
}
