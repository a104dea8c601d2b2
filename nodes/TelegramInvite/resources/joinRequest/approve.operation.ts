import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Bot } from '../../shared/bot';
import { decide, decisionFields } from './decide';

export const description = decisionFields('approve');

/** Lets somebody in who has asked. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	return await decide.call(this, itemIndex, bot, { method: 'approveChatJoinRequest', outcome: 'approved' });
}
