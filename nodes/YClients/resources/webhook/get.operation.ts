import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { getSettings } from '../../shared/registration';
import type { Operation } from '../../shared/run';
import { settingsOutput } from './fields';

/** Who is notified about what. */
export const execute: Operation = async function (
	this: IExecuteFunctions,
	_itemIndex,
	connect,
): Promise<IDataObject> {
	return settingsOutput(await getSettings(await connect()));
};
