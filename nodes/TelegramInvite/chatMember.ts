import { z } from 'zod';

/** What the Bot API says about a person in a chat (providers/telegram.md §2); rights stand with administrators only. */
export const chatMemberSchema = z.object({
	status: z.string(),
	is_member: z.boolean().optional(),
	can_invite_users: z.boolean().optional(),
	can_restrict_members: z.boolean().optional(),
});

export type ChatMember = z.infer<typeof chatMemberSchema>;

const PRESENT: ReadonlySet<string> = new Set(['creator', 'administrator', 'member']);

/** Whether the person is in the chat now. Somebody restricted may be in it or not. */
export function isPresent({ status, is_member: isMember }: ChatMember): boolean {
	return PRESENT.has(status) || (status === 'restricted' && isMember === true);
}

/** Whether the person runs the chat; the Bot API removes nobody who does. */
export function isAdministrator({ status }: ChatMember): boolean {
	return status === 'creator' || status === 'administrator';
}
