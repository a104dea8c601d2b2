import type { IDisplayOptions, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

type Show = NonNullable<IDisplayOptions['show']>;

/** The chat an operation works on. */
export function chatIdField(show: Show, description: string): INodeProperties {
	return {
		displayName: 'Chat ID',
		name: 'chatId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. -1001234567890',
		description,
		displayOptions: { show },
	};
}

/** The person an operation is about. */
export function userIdField(show: Show): INodeProperties {
	return {
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 700000001',
		description: 'Telegram ID of the person, a number',
		displayOptions: { show },
	};
}

/** The options of an operation: its own, and those all operations have. */
export function optionsField(show: Show, own: INodeProperties[] = []): INodeProperties {
	const common: INodeProperties[] = [
		{
			displayName: 'Keep Input Fields',
			name: 'includeInput',
			type: 'boolean',
			default: false,
			description: 'Whether to keep the fields of the input item and put the result into "telegram"',
		},
		{
			displayName: 'Maximum Wait (Seconds)',
			name: 'maxWaitSeconds',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 60,
			description: 'How long to wait, per item, when Telegram asks for a pause. A longer pause fails the item.',
		},
	];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show },
		options: [...own, ...common].sort((left, right) => (left.displayName < right.displayName ? -1 : 1)),
	};
}

/** A text parameter without the spaces around it; numbers become text. */
export function readText(this: IExecuteFunctions, itemIndex: number, name: string): string {
	return String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
}

/** @throws RangeError when it is no chat of Telegram */
export function readChatId(this: IExecuteFunctions, itemIndex: number): string {
	const chatId = readText.call(this, itemIndex, 'chatId');
	if (!/^(?:-?[1-9]\d{0,15}|@\w+)$/.test(chatId)) {
		throw new RangeError('The chat ID must be a number such as -1001234567890, or a public name such as @my_channel');
	}
	return chatId;
}

/**
 * A person's id as Telegram's methods take it; 52 bits at most, which a number holds exactly.
 *
 * @throws RangeError when it is none
 */
export function readUserId(this: IExecuteFunctions, itemIndex: number): number {
	const userId = readText.call(this, itemIndex, 'userId');
	if (!/^[1-9]\d{0,15}$/.test(userId) || !Number.isSafeInteger(Number(userId))) {
		throw new RangeError('The user ID must be a number such as 700000001, not a name');
	}
	return Number(userId);
}
