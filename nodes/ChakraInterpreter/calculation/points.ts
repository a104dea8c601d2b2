import { fold } from './arcana';
import { findChakra, normaliseKey } from './aliases';
import { CHAKRA_IDS, type ChakraId } from './chakras';
import { type Findings, describe } from './issues';
import { type Chart, type ChartRow, totalsOf } from './matrix';
import { type PointsShape, isMap, shapeOfPoints } from './pointsShape';
import { type ScaleMeaning, type State, type ValueScale, scoreOf, stateOf } from './scale';
import { readValue } from './value';

/** One point of a client, read and checked. */
export interface PointItem {
	/** Null for a named point that belongs to no chakra. */
	chakra: ChakraId | null;
	/** A level, an arcana number, or the key (emotions) of a chart row. */
	value: number;
	scale: ValueScale;
	/** 0..100; levels only. */
	score?: number;
	/** Levels only. */
	state?: State;
	/** Name of a point that is not a chakra. */
	name?: string;
	aspect?: string;
	/** All three numbers of the row when the points were a ready chart. */
	row?: ChartRow;
}

export interface PointsReading {
	/** Bottom up; points without a chakra last, in the order given. */
	items: PointItem[];
	/** Chakra of the highest and lowest score, the lower one of the body on a tie; null without levels. */
	strongest: ChakraId | null;
	weakest: ChakraId | null;
	/** Chakras nothing was said about. They get no text and no assumed value. */
	missing: ChakraId[];
	/** Column totals when the points were a complete ready chart. */
	totals?: ChartRow;
}

export interface PointsOptions {
	scale: ValueScale;
	scaleMeaning: ScaleMeaning;
	order: 'bottom_up' | 'top_down';
	requireAll: boolean;
	clamp: boolean;
}

/** What a point is about. */
interface Identity {
	chakra: ChakraId | null;
	name?: string;
	aspect?: string;
}

/** A point whose identity is known and whose value is still as written. */
interface Candidate extends Identity {
	path: string;
	valuePath: string;
	value: unknown;
}

type Found = Omit<PointItem, 'score' | 'state'>;

const CHAKRA_FIELDS = ['chakra', 'чакра'];
const KEY_FIELDS = ['key', 'id'];
const VALUE_FIELDS = ['value', 'score', 'level', 'percent', 'points', 'балл', 'бал'];
const LONGEST_NAME = 100;
const ROW_COLUMNS = ['physics', 'energy', 'emotions'] as const;

/**
 * Reads the points of a client (domain/chakras.md §4). Findings are collected, so a client learns
 * of everything at once.
 *
 * @returns null when the shape itself cannot be read; otherwise what could be read, to be used only without issues
 */
export function readPoints(
	raw: unknown,
	options: PointsOptions,
	path: string,
	findings: Findings,
): PointsReading | null {
	const shape = shapeOfPoints(raw);
	if (shape.kind === 'bad' || shape.kind === 'empty') {
		if (shape.kind === 'bad') findings.issue('BAD_POINTS_SHAPE', path, shape.message);
		else findings.issue('EMPTY_INPUT', path, 'There are no points');
		return null;
	}
	const reader = new PointsReader(options, path, findings);
	return reader.read(shape) ? reader.finish() : null;
}

/** One pass over one input: keeps what was accepted, so that duplicates and gaps can be told. */
class PointsReader {
	private readonly accepted = new Map<string, Found>();

	/** Chakras the client spoke of, even when the value was unusable. */
	private readonly mentioned = new Set<ChakraId>();

	constructor(
		private readonly options: PointsOptions,
		private readonly path: string,
		private readonly findings: Findings,
	) {}

	/** @returns false when the points cannot be told apart at all */
	read(shape: Exclude<PointsShape, { kind: 'bad' | 'empty' }>): boolean {
		switch (shape.kind) {
			case 'numbers':
				return this.readNumbers(shape.values);
			case 'list':
				shape.entries.forEach((entry, index) => this.readEntry(entry, `${this.path}[${index}]`));
				return true;
			case 'map':
				for (const [key, value] of shape.entries) {
					const valuePath = this.keyPath(key);
					const chakra = this.chakraOf(key, valuePath);
					if (chakra) this.readLevel({ chakra, path: valuePath, valuePath, value });
				}
				return true;
			case 'chart':
				for (const [key, value] of shape.entries) this.readRow(key, value);
				return true;
		}
	}

	finish(): PointsReading {
		const place = ({ chakra }: Found) => (chakra ? CHAKRA_IDS.indexOf(chakra) : CHAKRA_IDS.length);
		const items = [...this.accepted.values()]
			.sort((a, b) => place(a) - place(b))
			.map((found) => withState(found, this.options.scaleMeaning));
		const missing = CHAKRA_IDS.filter((id) => !this.mentioned.has(id));
		if (this.options.requireAll) {
			for (const id of missing) {
				this.findings.issue('MISSING_CHAKRA', `${this.path}.${id}`, `The point of ${id} is required`);
			}
		}
		return { items, ...extremes(items), missing, ...totalsOfItems(items) };
	}

	private readNumbers(values: unknown[]): boolean {
		if (values.length !== CHAKRA_IDS.length) {
			const message = `A list of numbers needs exactly seven, one per chakra, not ${values.length}; score a quiz first`;
			this.findings.issue('WRONG_COUNT', this.path, message);
			return false;
		}
		values.forEach((value, index) => {
			const place = this.options.order === 'bottom_up' ? index : CHAKRA_IDS.length - 1 - index;
			const valuePath = `${this.path}[${index}]`;
			this.readLevel({ chakra: CHAKRA_IDS[place] ?? null, path: valuePath, valuePath, value });
		});
		return true;
	}

	private readEntry(entry: unknown, path: string): void {
		if (!isMap(entry)) {
			this.findings.issue('BAD_POINTS_SHAPE', path, 'A point is an object with a chakra or name and a value');
			return;
		}
		const fields = new Map(Object.entries(entry).map(([key, value]) => [key.trim().toLowerCase(), value] as const));
		const valueField = VALUE_FIELDS.find((field) => fields.get(field) !== undefined) ?? 'value';
		const identity = this.identityOf(fields, path);
		const written = { path, valuePath: `${path}.${valueField}`, value: fields.get(valueField) };
		if (identity) this.readLevel({ ...written, ...identity });
		else this.readNumber(written.value, written.valuePath, this.options.scale);
	}

	/** @returns null when the point has no usable identity; the issue is recorded */
	private identityOf(fields: ReadonlyMap<string, unknown>, path: string): Identity | null {
		const firstGiven = (names: readonly string[]) => names.find((field) => isGiven(fields.get(field)));
		const name = textOf(fields.get('name'));
		const aspect = textOf(fields.get('aspect'));
		const namedChakra = findChakra(name);
		const isNamedPoint = name !== undefined && !namedChakra;
		const chakraField = firstGiven(CHAKRA_FIELDS) ?? (name === undefined ? firstGiven(KEY_FIELDS) : undefined);
		if (chakraField) {
			const chakra = this.chakraOf(fields.get(chakraField), `${path}.${chakraField}`);
			return chakra && { chakra, aspect, name: isNamedPoint ? name : undefined };
		}
		if (namedChakra) return { chakra: namedChakra, aspect };
		if (isNamedPoint) {
			// The key or id of a named point may be a database number: it counts only when it does name a chakra.
			const keyField = firstGiven(KEY_FIELDS);
			return { chakra: keyField ? findChakra(fields.get(keyField)) : null, aspect, name };
		}
		this.findings.issue('POINT_WITHOUT_KEY', path, 'The point has neither a chakra nor a name');
		return null;
	}

	private readLevel(candidate: Candidate): void {
		const { chakra, name, aspect, path, valuePath } = candidate;
		const scale = name !== undefined || aspect !== undefined ? 'arcana' : this.options.scale;
		if (chakra) this.mentioned.add(chakra);
		const value = this.readNumber(candidate.value, valuePath, scale);
		if (value === null) return;
		const found = { chakra, value, scale, ...(name && { name }), ...(aspect && { aspect }) };
		const identity = name ? `name ${normaliseKey(name) || name}` : `chakra ${chakra} ${normaliseKey(aspect ?? '')}`;
		this.accept(identity, found, path);
	}

	private readRow(key: string, triple: unknown): void {
		const path = this.keyPath(key);
		const chakra = this.chakraOf(key, path);
		if (chakra) this.mentioned.add(chakra);
		if (!Array.isArray(triple)) {
			this.findings.issue('BAD_POINTS_SHAPE', path, 'Three numbers are expected: physics, energy, emotions');
			return;
		}
		if (triple.length !== ROW_COLUMNS.length) {
			const message = `Three numbers are expected: physics, energy, emotions, not ${triple.length}`;
			this.findings.issue('WRONG_COUNT', path, message);
			return;
		}
		const [physics, energy, emotions] = ROW_COLUMNS.map((_, index) =>
			this.readNumber(triple[index], `${path}[${index}]`, 'arcana'),
		);
		if (!chakra || !physics || !energy || !emotions) return;
		if (emotions !== fold(physics + energy)) {
			const message = `Emotions are ${emotions}, but physics and energy give ${fold(physics + energy)}`;
			this.findings.warn('CHART_INCONSISTENT', path, message);
		}
		const row = { physics, energy, emotions };
		this.accept(`chakra ${chakra}`, { chakra, value: emotions, scale: 'arcana', row }, path);
	}

	private accept(identity: string, found: Found, path: string): void {
		const earlier = this.accepted.get(identity);
		if (!earlier) {
			this.accepted.set(identity, found);
			return;
		}
		const label = describe(found.name ?? found.chakra);
		if (numbersOf(earlier) === numbersOf(found)) {
			this.findings.warn('DUPLICATE_SAME', path, `${label} is given twice with the same value; it is used once`);
			return;
		}
		this.findings.issue('DUPLICATE_POINT', path, `${label} is given twice with different values`);
	}

	private readNumber(raw: unknown, path: string, scale: ValueScale): number | null {
		return readValue(raw, { scale, clamp: this.options.clamp, path, findings: this.findings });
	}

	private chakraOf(key: unknown, path: string): ChakraId | null {
		const chakra = findChakra(key);
		if (!chakra) {
			this.findings.issue('UNKNOWN_CHAKRA', path, `${describe(key)} is not one of ${CHAKRA_IDS.join(', ')}`);
		}
		return chakra;
	}

	private keyPath(key: string): string {
		return `${this.path}.${key.slice(0, LONGEST_NAME)}`;
	}
}

function withState(found: Found, meaning: ScaleMeaning): PointItem {
	if (found.scale === 'arcana') return found;
	const score = scoreOf(found.value, found.scale);
	return { ...found, score, state: stateOf(score, meaning) };
}

function extremes(items: readonly PointItem[]): Pick<PointsReading, 'strongest' | 'weakest'> {
	const scored = items.flatMap(({ chakra, score }) => (chakra && score !== undefined ? [{ chakra, score }] : []));
	const best = (better: (a: number, b: number) => boolean) =>
		scored.reduce<{ chakra: ChakraId; score: number } | null>(
			(kept, next) => (kept && !better(next.score, kept.score) ? kept : next),
			null,
		)?.chakra ?? null;
	return { strongest: best((a, b) => a > b), weakest: best((a, b) => a < b) };
}

function totalsOfItems(items: readonly PointItem[]): Pick<PointsReading, 'totals'> {
	const rows = new Map(items.flatMap(({ chakra, row }) => (chakra && row ? [[chakra, row] as const] : [])));
	return rows.size === CHAKRA_IDS.length ? { totals: totalsOf(Object.fromEntries(rows) as Chart) } : {};
}

function numbersOf({ value, row }: Found): string {
	return row ? `${row.physics} ${row.energy} ${row.emotions}` : String(value);
}

function textOf(value: unknown): string | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	return value.trim().slice(0, LONGEST_NAME);
}

function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}
