import type { INodeProperties } from 'n8n-workflow';

import * as answerButton from './answerButton.operation';
import * as send from './send.operation';

export const operations = { answerButton: answerButton.execute, send: send.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Answer Button',
				value: 'answerButton',
				description: 'Tell Telegram that the press of a button has been noticed',
				action: 'Answer the press of a button',
			},
			{
				name: 'Send',
				value: 'send',
				description: 'Send a message with buttons to a person or a chat',
				action: 'Send a message',
			},
		],
		default: 'send',
	},
	...answerButton.description,
	...send.description,
];
