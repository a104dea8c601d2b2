import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { unregister } from '../../shared/registration';
import type { Operation } from '../../shared/run';
import { readUrl, settingsOutput, urlField } from './fields';

export const description: INodeProperties[] = [urlField('remove')];

/** Takes an address out of the branch's notifications. Others' addresses and flags stay. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject> {
	const url = readUrl.call(this, itemIndex);
	const { changed, settings } = await unregister(await connect(), url);
	return { changed, ...settingsOutput(settings) };
};
