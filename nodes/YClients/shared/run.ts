import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { YClientsClient } from './client';

/**
 * One operation for one item; a list becomes one item each.
 *
 * @param connect gives the client; operations that only calculate do not need a credential
 */
export type Operation = (
	this: IExecuteFunctions,
	itemIndex: number,
	connect: () => Promise<YClientsClient>,
) => Promise<IDataObject | IDataObject[]>;
