import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { demand } from '../../shared/transport';

export const description: INodeProperties[] = [];

/** Whether the keys are right: `{success: true}`, or an error that says why not. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	await demand.call(this, itemIndex, { path: 'test' });
	return { success: true };
}
