import { z } from 'zod';
import { ApiError, readBody } from '../apiError';
import type { Answer, Call, Endpoint } from '../endpoint';
import { answer, NO_CONTENT } from '../endpoint';
import type { LoyaltyCard, LoyaltyTransaction } from '../loyalty';
import { CARD_TYPE } from '../loyalty';
import { roubles, toMinor } from '../money';
import { pageOf, slicePage } from '../paging';
import type { Service } from '../service';

const newCard = z.object({
	loyalty_card_number: z.union([z.string().min(1), z.number()]).transform(String),
	loyalty_card_type_id: z.coerce.number().int(),
	phone: z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1)),
});
const manualTransaction = z.object({
	amount: z.coerce.number().finite().refine((amount) => toMinor(amount) !== 0, 'Сумма не может быть равна 0'),
	title: z.string().default(''),
});

/** Loyalty cards and their transactions (providers/yclients.md §8). */
export function loyaltyEndpoints({ salon, loyalty, modes }: Service): readonly Endpoint[] {
	const { branch } = salon;
	const type = { id: CARD_TYPE.id, title: CARD_TYPE.title, salon_group_id: branch.chainId };
	const cardJson = (card: LoyaltyCard) => ({
		id: card.id,
		balance: roubles(card.balanceMinor),
		points: 0,
		paid_amount: 0,
		sold_amount: 0,
		visits_count: 0,
		number: card.number,
		type_id: card.typeId,
		salon_group_id: branch.chainId,
		type,
		salon_group: { id: branch.chainId, title: 'Сеть «Лотос»' },
		programs: [],
	});
	/** These endpoints were seen without the envelope. */
	const loose = (data: object): Answer => (modes.current.drift ? { status: 200, body: data } : answer(data));
	const cards = (phone: string) => loose(loyalty.cardsOf(phone).map(cardJson));
	const transact = (call: Call) => {
		if (!modes.current.loyaltyAccess) throw new ApiError(403, 'Недостаточно прав');
		const { amount, title } = readBody(manualTransaction, call.body);
		return answer(cardJson(loyalty.post(call.id('card'), toMinor(amount), title)), 201);
	};
	const transactionJson = ({ title, ...entry }: LoyaltyTransaction) => ({
		id: entry.id,
		amount: roubles(entry.amountMinor),
		type_id: entry.typeId,
		card_id: entry.cardId,
		visit_id: entry.visitId,
		program_id: 0,
		salon_group_id: branch.chainId,
		company_id: branch.companyId,
		created_date: branch.time.stamp(entry.createdAt),
		...(modes.current.transactionTitles && { title }),
	});
	const wanted = (query: URLSearchParams): readonly LoyaltyTransaction[] => {
		const moment = (name: string, absent: number) => {
			const text = query.get(name);
			const read = text === null ? absent : branch.time.parse(text);
			if (read === null) throw new ApiError(400, `Неверное значение фильтра ${name}`);
			return read;
		};
		const [after, before] = [moment('created_after', 0), moment('created_before', Infinity)];
		const among = (name: string, value: number) => {
			const values = query.getAll(`${name}[]`);
			return values.length === 0 || values.includes(String(value));
		};
		return loyalty.transactions.filter(({ createdAt, typeId, visitId }) => {
			return createdAt >= after && createdAt <= before && among('types', typeId) &&
				among('visit_ids', visitId) && among('company_ids', branch.companyId);
		});
	};

	return [
		{
			method: 'GET', path: '/loyalty/card_types/salon/:company', access: 'user', serve: () => loose([type]),
		},
		{ method: 'GET', path: '/chain/:chain/loyalty/card_types', access: 'user', serve: () => loose([type]) },
		{
			method: 'GET', path: '/loyalty/card_types/client/:company/:phone', access: 'user',
			serve: () => loose([type]),
		},
		{
			method: 'GET', path: '/loyalty/client_cards/:client', access: 'user',
			serve: (call) => cards(salon.client(call.id('client')).phone),
		},
		{
			method: 'GET', path: '/loyalty/cards/:phone/:chain/:company', access: 'user',
			serve: (call) => cards(call.text('phone')),
		},
		{
			method: 'POST', path: '/loyalty/cards/:company', access: 'user',
			serve: ({ body }) => {
				const { loyalty_card_number: number, loyalty_card_type_id: typeId, phone } = readBody(newCard, body);
				return answer(cardJson(loyalty.issue(number, typeId, phone)), 201);
			},
		},
		{
			method: 'DELETE', path: '/loyalty/cards/:company/:card', access: 'user',
			serve: (call) => {
				loyalty.remove(call.id('card'));
				return NO_CONTENT;
			},
		},
		{
			method: 'POST', path: '/company/:company/loyalty/cards/:card/manual_transaction', access: 'user',
			serve: transact,
		},
		{
			method: 'POST', path: '/chain/:chain/loyalty/cards/:card/manual_transaction', access: 'user',
			serve: transact,
		},
		{
			method: 'GET', path: '/chain/:chain/loyalty/transactions', access: 'user',
			serve: ({ query }) => {
				const found = wanted(query);
				const page = pageOf(query, 25, 200);
				const rows = slicePage(found, page).map(transactionJson);
				return answer(rows, 200, { page: page.page, total_count: found.length });
			},
		},
		{
			method: 'GET', path: '/visit/loyalty/transactions/:visit', access: 'user',
			serve: (call) => {
				const visitId = call.id('visit');
				return answer(loyalty.transactions.filter((one) => one.visitId === visitId).map(transactionJson));
			},
		},
	];
}
