import { type Comparison, median } from './rounds';

/** What can be measured by itself: `npm run bench -- <name>`. */
export interface Part {
	name: string;
	/** What is shown when it begins. */
	title: string;
	measure(log: (line: string) => void): Promise<Measured>;
}

export interface Measured {
	/** For the JSON. */
	result: unknown;
	/** For the table. */
	lines: string[];
}

const WIDTHS = { what: 84, figure: 12, ratio: 8 };

/** The head of the table. */
export function headLine(): string {
	return lineOf('what', 'subject', 'baseline', 'ratio');
}

/** The medians of two contestants. */
export function comparisonLine({ name, unit, subject, baseline, ratio }: Comparison): string {
	return lineOf(`${name} (${unit})`, median(subject).toFixed(1), median(baseline).toFixed(1), ratio.toFixed(2));
}

/** Two figures. @param digits behind the point */
export function pairLine(
	what: string,
	{ subject, baseline }: { subject: number; baseline: number },
	ratio: number,
	digits = 2,
): string {
	return lineOf(what, subject.toFixed(digits), baseline.toFixed(digits), ratio.toFixed(2));
}

function lineOf(what: string, subject: string, baseline: string, ratio: string): string {
	const figures = [subject, baseline].map((figure) => figure.padStart(WIDTHS.figure)).join(' ');
	return `${what.padEnd(WIDTHS.what)} ${figures} ${ratio.padStart(WIDTHS.ratio)}`;
}
