import { z } from 'zod';

const idSchema = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+$/)]).transform(String);

/** One value of a custom field. Older accounts say `enum` where newer ones say `enum_code`. */
const storedValueSchema = z
	.object({
		value: z.unknown(),
		enum_id: z.number().nullish(),
		enum_code: z.string().nullish(),
		enum: z.string().nullish().catch(null),
	})
	.passthrough();

const storedFieldSchema = z.object({
	field_id: z.coerce.number().int(),
	field_name: z.string().nullish(),
	field_code: z.string().nullish(),
	field_type: z.string().nullish(),
	values: z.array(storedValueSchema).nullish().transform((values) => values ?? []),
});

const storedFieldsSchema = z
	.array(storedFieldSchema)
	.nullish()
	.transform((fields) => fields ?? []);

/** A filled custom field as amoCRM stores it; an empty one is absent (providers/amocrm.md §7). */
export type StoredField = z.infer<typeof storedFieldSchema>;
export type StoredValue = z.infer<typeof storedValueSchema>;

const linkedIds = z
	.array(z.object({ id: idSchema }))
	.nullish()
	.transform((rows) => (rows ?? []).map(({ id }) => id));

export interface Contact {
	id: string;
	name: string;
	/** Unix seconds. */
	updatedAt: number;
	isDeleted: boolean;
	fields: StoredField[];
	/** Of all pipelines, open or not; ids are all that amoCRM gives with a contact. */
	leadIds: string[];
}

const contactSchema = z
	.object({
		id: idSchema,
		name: z.string().nullish(),
		updated_at: z.number().nullish(),
		is_deleted: z.boolean().nullish(),
		custom_fields_values: storedFieldsSchema,
		_embedded: z.object({ leads: linkedIds }).nullish(),
	})
	.transform(
		(row): Contact => ({
			id: row.id,
			name: row.name ?? '',
			updatedAt: row.updated_at ?? 0,
			isDeleted: row.is_deleted === true,
			fields: row.custom_fields_values,
			leadIds: row._embedded?.leads ?? [],
		}),
	);

export interface Lead {
	id: string;
	name: string;
	/** Whole units of the account's currency. */
	price: number;
	pipelineId: string;
	statusId: string;
	/** Unix seconds. */
	updatedAt: number;
	createdAt: number;
	isDeleted: boolean;
	fields: StoredField[];
	/** Only when asked for; the main contact first. */
	contactIds: string[];
}

const leadSchema = z
	.object({
		id: idSchema,
		name: z.string().nullish(),
		price: z.coerce.number().nullish(),
		pipeline_id: idSchema,
		status_id: idSchema,
		updated_at: z.number().nullish(),
		created_at: z.number().nullish(),
		is_deleted: z.boolean().nullish(),
		custom_fields_values: storedFieldsSchema,
		_embedded: z
			.object({ contacts: z.array(z.object({ id: idSchema, is_main: z.boolean().nullish() })).nullish() })
			.nullish(),
	})
	.transform(
		(row): Lead => ({
			id: row.id,
			name: row.name ?? '',
			price: row.price ?? 0,
			pipelineId: row.pipeline_id,
			statusId: row.status_id,
			updatedAt: row.updated_at ?? 0,
			createdAt: row.created_at ?? 0,
			isDeleted: row.is_deleted === true,
			fields: row.custom_fields_values,
			contactIds: [...(row._embedded?.contacts ?? [])]
				.sort((one, other) => Number(other.is_main ?? false) - Number(one.is_main ?? false))
				.map(({ id }) => id),
		}),
	);

/** A row of `custom_fields`: what a field is called, what it takes and which choices it has. */
export interface FieldDefinition {
	id: number;
	name: string;
	code: string | null;
	type: string;
	enums: Array<{ id: number; value: string }>;
}

const fieldDefinitionSchema = z.object({
	id: z.coerce.number().int(),
	name: z.string(),
	code: z
		.string()
		.nullish()
		.transform((code) => code ?? null),
	type: z.string(),
	enums: z
		.array(z.object({ id: z.coerce.number().int(), value: z.coerce.string() }))
		.nullish()
		.transform((enums) => enums ?? []),
});

export interface Status {
	id: string;
	name: string;
	/** The "incoming" status that amoCRM puts before every pipeline. */
	isUnsorted: boolean;
}

export interface Pipeline {
	id: string;
	name: string;
	isMain: boolean;
	isArchive: boolean;
	statuses: Status[];
}

const pipelineSchema = z
	.object({
		id: idSchema,
		name: z.string(),
		is_main: z.boolean().nullish(),
		is_archive: z.boolean().nullish(),
		_embedded: z
			.object({
				statuses: z.array(z.object({ id: idSchema, name: z.string(), type: z.number().nullish() })).nullish(),
			})
			.nullish(),
	})
	.transform(
		(row): Pipeline => ({
			id: row.id,
			name: row.name,
			isMain: row.is_main === true,
			isArchive: row.is_archive === true,
			statuses: (row._embedded?.statuses ?? []).map(({ id, name, type }) => ({ id, name, isUnsorted: type === 1 })),
		}),
	);

export interface Note {
	id: string;
	text: string;
}

const noteSchema = z
	.object({
		id: idSchema,
		params: z
			.object({ text: z.string().nullish().catch(null) })
			.nullish()
			.catch(null),
	})
	.transform((row): Note => ({ id: row.id, text: row.params?.text ?? '' }));

export interface User {
	id: string;
	name: string | null;
	email: string | null;
}

const userSchema = z
	.object({ id: idSchema, name: z.string().nullish(), email: z.string().nullish() })
	.transform((row): User => ({ id: row.id, name: row.name ?? null, email: row.email ?? null }));

const linkSchema = z.object({ _links: z.object({ next: z.object({ href: z.string().min(1) }) }) });

/** Reads one row; null when it is not what it should be. */
type RowReader<T> = (row: unknown) => T | null;

const reader =
	<T>(schema: z.ZodType<T, z.ZodTypeDef, unknown>): RowReader<T> =>
	(row) =>
		schema.safeParse(row).data ?? null;

export const readContact = reader<Contact>(contactSchema);
export const readLead = reader<Lead>(leadSchema);
export const readFieldDefinition = reader<FieldDefinition>(fieldDefinitionSchema);
export const readPipeline = reader<Pipeline>(pipelineSchema);
export const readNote = reader<Note>(noteSchema);
export const readUser = reader<User>(userSchema);

/** Stored custom fields that came back into the node from an earlier one; not fields at all count as none. */
export const readStoredFields = (value: unknown): StoredField[] => storedFieldsSchema.safeParse(value).data ?? [];

/** The raw rows of a list answer, in an envelope or bare; the answer to "nothing found" has none. */
export function rowsOf(answer: unknown, collection: string): unknown[] {
	if (Array.isArray(answer)) return answer;
	const rows = z.object({ _embedded: z.object({ [collection]: z.array(z.unknown()) }) }).safeParse(answer);
	return rows.data?._embedded[collection] ?? [];
}

/** Rows of a list that can be read; one that cannot does not hide the others. */
export function listOf<T>(answer: unknown, collection: string, readRow: RowReader<T>): T[] {
	return rowsOf(answer, collection)
		.map(readRow)
		.filter((row): row is NonNullable<typeof row> => row !== null);
}

/** Whether another page follows (providers/amocrm.md §2). */
export function hasNextPage(answer: unknown): boolean {
	return linkSchema.safeParse(answer).success;
}
