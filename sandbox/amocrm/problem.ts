import { STATUS_CODES } from 'node:http';

/** One complaint about one element of a request; `path` counts inside the element. */
export interface Violation {
	readonly code: string;
	readonly path: string;
	readonly detail: string;
}

/** Complaints about the batch element that carries `request_id`. */
export interface ElementErrors {
	readonly request_id: string;
	readonly errors: readonly Violation[];
}

/** An answer of type `application/problem+json` (providers/amocrm.md §8.1). */
export class Problem extends Error {
	constructor(
		readonly status: number,
		detail: string,
		private readonly validationErrors: readonly ElementErrors[] = [],
		/** Only answers of the token endpoint have one. */
		private readonly hint?: string,
	) {
		super(detail);
	}

	body(): object {
		return {
			...(this.hint === undefined ? {} : { hint: this.hint }),
			...(this.validationErrors.length === 0 ? {} : { 'validation-errors': this.validationErrors }),
			title: STATUS_CODES[this.status] ?? 'Error',
			type: `https://httpstatus.es/${this.status}`,
			status: this.status,
			detail: this.message,
		};
	}
}

/** Collects what is wrong with one element. */
export class Violations {
	constructor(
		readonly errors: Violation[] = [],
		private readonly prefix = '',
	) {}

	/** The same collection for a part of the element: its paths begin with `part` and a dot. */
	under(part: string): Violations {
		return new Violations(this.errors, `${this.prefix}${part}.`);
	}

	add(code: string, path: string, detail: string): void {
		this.errors.push({ code, path: `${this.prefix}${path}`, detail });
	}

	/** An id, code or label that does not exist: the whole request fails with it. */
	notSupported(path: string): void {
		this.add('NotSupportedChoice', path, 'The value you selected is not a valid choice.');
	}

	wrongType(path: string, type: string): void {
		this.add('InvalidType', path, `This value should be of type ${type}.`);
	}

	missing(path: string): void {
		this.add('FieldMissing', path, 'This field is missing.');
	}

	tooMany(path: string, most: number): void {
		this.add('TooMany', path, `This collection should contain ${most} element or less.`);
	}
}
