import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { fieldDefinitions, pipelines, users, type EntityType } from './api/catalogs';
import { statusPair } from './chooseLead';
import type { AmoClient } from './shared/client';
import { connect } from './shared/connection';

/** The lists of the editor, by what they are called in the descriptions of the fields. */
export const loadOptions = {
	getContactFields: async function (this: ILoadOptionsFunctions) {
		return await fieldOptions(this, 'contacts');
	},

	getLeadFields: async function (this: ILoadOptionsFunctions) {
		return await fieldOptions(this, 'leads');
	},

	getPipelines: async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const all = await pipelines(await connectEditor(this));
		return all.filter(({ isArchive }) => !isArchive).map(({ id, name }) => ({ name, value: id }));
	},

	/** Pairs: a status alone does not tell its pipeline. */
	getStatuses: async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const all = await pipelines(await connectEditor(this));
		return all.flatMap((pipeline) =>
			pipeline.statuses.map(({ id, name }) => ({
				name: `${pipeline.name}: ${name}`,
				value: statusPair({ pipelineId: pipeline.id, statusId: id }),
			})),
		);
	},

	/** Of the pipeline that is chosen; of all of them while none is. */
	getStatusesOfPipeline: async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const chosen = String(
			this.getCurrentNodeParameter('newLead.pipelineId') ??
				this.getCurrentNodeParameter('changes.pipelineId') ??
				this.getCurrentNodeParameter('pipelineId') ??
				'',
		);
		const all = await pipelines(await connectEditor(this));
		return all
			.filter(({ id }) => chosen === '' || id === chosen)
			.flatMap((pipeline) =>
				pipeline.statuses
					.filter(({ isUnsorted }) => !isUnsorted)
					.map(({ id, name }) => ({ name: chosen === '' ? `${pipeline.name}: ${name}` : name, value: id })),
			);
	},

	getUsers: async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return (await users(await connectEditor(this))).map(({ id, name }) => ({ name: name ?? `User ${id}`, value: id }));
	},
};

async function connectEditor(context: ILoadOptionsFunctions): Promise<AmoClient> {
	return await connect(context, context.getCurrentNodeParameter('authentication'));
}

async function fieldOptions(context: ILoadOptionsFunctions, entity: EntityType): Promise<INodePropertyOptions[]> {
	const fields = await fieldDefinitions(await connectEditor(context), entity);
	const options = fields.map(({ id, name, code, type }) => ({
		name,
		value: String(id),
		description: code === null ? type : `${type}, ${code}`,
	}));
	return [{ name: '[Not Used]', value: '' }, ...options];
}
