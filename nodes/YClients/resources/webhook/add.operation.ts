import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { register } from '../../shared/registration';
import type { Operation } from '../../shared/run';
import { readUrl, settingsOutput, urlField } from './fields';

export const description: INodeProperties[] = [urlField('add')];

/** Has the branch notify an address about records. Others' addresses and flags stay. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject> {
	const url = readUrl.call(this, itemIndex);
	const { changed, settings } = await register(await connect(), url);
	return { changed, ...settingsOutput(settings) };
};
