import type { z } from 'zod';

/** A call that is refused (providers/yclients.md §1). */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly details: {
			/** Texts by field. */
			readonly fields?: Readonly<Record<string, readonly string[]>>;
			/** Code of online booking, 431 to 438. */
			readonly code?: number;
		} = {},
	) {
		super(message);
	}

	/** Two shapes are in use: 401, 404 and booking errors have `errors`, the others `success`. */
	body(): object {
		const { fields, code } = this.details;
		if (code !== undefined) return { errors: { code, message: this.message }, meta: { message: this.message } };
		if (this.status === 401 || this.status === 404) return { errors: { message: this.message }, meta: [] };
		return { success: false, data: null, meta: { message: this.message, ...(fields && { errors: fields }) } };
	}
}

export function notFound(what = 'Объект не найден'): ApiError {
	return new ApiError(404, what);
}

/** 422 naming the fields. */
export function invalid({ issues }: z.ZodError): ApiError {
	const fields: Record<string, string[]> = {};
	for (const { path, message } of issues) (fields[path.join('.') || 'body'] ??= []).push(message);
	return new ApiError(422, 'Произошла ошибка валидации', { fields });
}

/** Reads a body by its schema. @throws ApiError 422 naming the fields */
export function readBody<Schema extends z.ZodTypeAny>(schema: Schema, body: unknown): z.output<Schema> {
	const read = schema.safeParse(body ?? {});
	if (!read.success) throw invalid(read.error);
	return read.data as z.output<Schema>;
}
