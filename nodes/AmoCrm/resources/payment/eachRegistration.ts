import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Case, Registration } from '../../registration/registration';
import type { AmoClient } from '../../shared/client';
import { asError, type Results } from '../../shared/run';

/**
 * Works on all items together, because several payments cost fewer calls than each by itself. Parameters are read
 * first: unless the node may go on after an error, nothing is sent when one item is wrong.
 */
export async function eachRegistration(
	context: IExecuteFunctions,
	client: AmoClient,
	read: (context: IExecuteFunctions, itemIndex: number) => Registration,
	work: (client: AmoClient, registrations: readonly Registration[]) => Promise<Case[]>,
	toOutput: (one: Case) => IDataObject,
): Promise<Results> {
	const inputs = context.getInputData().map((_item, itemIndex) => attempt(() => read(context, itemIndex)));
	if (inputs.some((input) => input instanceof Error) && !context.continueOnFail()) {
		return inputs.map((input) => (input instanceof Error ? input : []));
	}
	const registrations = inputs.filter((input): input is Registration => !(input instanceof Error));
	const cases = await work(client, registrations);
	return inputs.map((input) => {
		if (input instanceof Error) return input;
		const one = cases.shift() as Case;
		return one.error ?? toOutput(one);
	});
}

function attempt(read: () => Registration): Registration | Error {
	try {
		return read();
	} catch (error) {
		return asError(error);
	}
}
