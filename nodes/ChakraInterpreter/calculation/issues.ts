/** Codes of domain/chakras.md §4; `BAD_OPTION` names a setting (scale, order, layout…) that cannot be used. */
export type IssueCode =
	| 'BAD_DATE_FORMAT'
	| 'NO_SUCH_DATE'
	| 'DATE_IN_FUTURE'
	| 'DATE_TOO_OLD'
	| 'EMPTY_INPUT'
	| 'BAD_POINTS_SHAPE'
	| 'WRONG_COUNT'
	| 'POINT_WITHOUT_KEY'
	| 'UNKNOWN_CHAKRA'
	| 'DUPLICATE_POINT'
	| 'MISSING_CHAKRA'
	| 'VALUE_NOT_A_NUMBER'
	| 'VALUE_NOT_INTEGER'
	| 'VALUE_OUT_OF_RANGE'
	| 'BAD_OPTION';

/** What was accepted but deserves a look. */
export type WarningCode = 'DATE_HAS_TIME' | 'DUPLICATE_SAME' | 'VALUE_CLAMPED' | 'CHART_INCONSISTENT';

/** One problem of an input: `path` is the place in it, for example `points[3].value`. */
export interface Issue {
	code: IssueCode;
	path: string;
	message: string;
}

export interface Warning {
	code: WarningCode;
	path: string;
	message: string;
}

/** Thrown once per wrong input; `issues` lists everything that is wrong with it, not only the first finding. */
export class ChakraInputError extends Error {
	constructor(readonly issues: Issue[]) {
		super(issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
		this.name = 'ChakraInputError';
	}
}

/** Collects the findings of one input while it is read. */
export class Findings {
	readonly issues: Issue[] = [];

	readonly warnings: Warning[] = [];

	issue(code: IssueCode, path: string, message: string): void {
		this.issues.push({ code, path, message });
	}

	warn(code: WarningCode, path: string, message: string): void {
		this.warnings.push({ code, path, message });
	}
}

/** A value of any type as a message may show it: short, on one line, structures by their kind. */
export function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object' && value !== null) return 'an object';
	if (typeof value !== 'string') return typeof value === 'symbol' ? 'a symbol' : String(value).slice(0, 40);
	const line = value.slice(0, 40).replace(/\s+/g, ' ');
	return `"${line}${value.length > 40 ? '…' : ''}"`;
}
