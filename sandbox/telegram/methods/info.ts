import { OWNER } from '../chat';
import { botMemberJson, memberJson } from '../memberships';
import type { Method } from './method';
import { accountOf, groupOf, targetOf } from './targets';

export const getMe: Method = (_call, { bot }) => ({
	...bot.toUser(),
	can_join_groups: true,
	can_read_all_group_messages: false,
	supports_inline_queries: false,
	can_connect_to_business: false,
	has_main_web_app: false,
});

export const getChat: Method = (call, world) => {
	const target = targetOf(call, world);
	if ('account' in target) return { ...target.account.toChat(), accent_color_id: 0, max_reaction_count: 11 };
	const primary = target.chat.links.find((link) => link.isPrimary && !link.isRevoked);
	return {
		...target.chat.toJson(),
		accent_color_id: 0,
		max_reaction_count: 11,
		...(primary ? { invite_link: primary.url } : {}),
	};
};

export const getChatMember: Method = (call, world) => {
	const chat = groupOf(call, world, 'chat not found');
	const id = call.userId();
	if (id === world.bot.id) return botMemberJson(world, chat);
	const user = id === OWNER.id ? OWNER : accountOf(call, world).toUser();
	return memberJson(user, chat.membershipOf(id, world.clock.unix()));
};
