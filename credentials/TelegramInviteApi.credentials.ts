import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class TelegramInviteApi implements ICredentialType {
	name = 'telegramInviteApi';

	displayName = 'Telegram Invite API';

	icon = { light: 'file:../icons/telegram-invite.svg', dark: 'file:../icons/telegram-invite.dark.svg' } as const;

	documentationUrl = 'https://core.telegram.org/bots/features#botfather';

	properties: INodeProperties[] = [
		{
			displayName: 'Bot Token',
			name: 'botToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: '123456789:AbC…',
			description: 'From @BotFather. Who has it can do everything the bot can.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.telegram.org',
			description: 'Change it only for a Bot API server of your own',
		},
	];
}
