/** What a client sent as points, before any value is looked at. */
export type PointsShape =
	| { kind: 'empty' }
	| { kind: 'bad'; message: string }
	| { kind: 'numbers'; values: unknown[] }
	| { kind: 'list'; entries: unknown[] }
	| { kind: 'map'; entries: Array<[string, unknown]> }
	| { kind: 'chart'; entries: Array<[string, unknown]> };

const MOST_POINTS = 200;
/** Two hundred points with long names fit many times over; beyond it nobody wrote this by hand. */
const LONGEST_JSON = 100_000;

/**
 * Tells the accepted shapes apart (domain/chakras.md §4): a list of points, seven numbers, a map by chakra, a map of
 * triples, or a JSON string of any of these, which is parsed once.
 */
export function shapeOfPoints(raw: unknown): PointsShape {
	return typeof raw === 'string' ? shapeOfJson(raw) : shapeOfValue(raw);
}

/** Whether the value is a map in the JSON sense. */
export function isMap(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeOfJson(json: string): PointsShape {
	if (json.length > LONGEST_JSON) return bad(`The JSON text is longer than ${LONGEST_JSON} characters`);
	if (json.trim() === '') return { kind: 'empty' };
	try {
		return shapeOfValue(JSON.parse(json));
	} catch {
		return bad('The text is not valid JSON');
	}
}

function shapeOfValue(raw: unknown): PointsShape {
	if (raw === undefined || raw === null) return { kind: 'empty' };
	if (Array.isArray(raw)) return shapeOfList(raw);
	if (!isMap(raw)) return bad(`A list or a map of points is expected, not a ${typeof raw}`);
	return shapeOfMap(raw);
}

function shapeOfList(list: unknown[]): PointsShape {
	if (list.length === 0) return { kind: 'empty' };
	if (list.length > MOST_POINTS) return bad(tooMany(list.length));
	return list.some((entry) => typeof entry === 'object' && entry !== null)
		? { kind: 'list', entries: list }
		: { kind: 'numbers', values: list };
}

function shapeOfMap(map: Record<string, unknown>): PointsShape {
	const entries = Object.entries(map);
	if (entries.length === 0) return { kind: 'empty' };
	if (entries.length > MOST_POINTS) return bad(tooMany(entries.length));
	return { kind: entries.some(([, value]) => Array.isArray(value)) ? 'chart' : 'map', entries };
}

function bad(message: string): PointsShape {
	return { kind: 'bad', message };
}

function tooMany(count: number): string {
	return `${count} points are too many, the most is ${MOST_POINTS}`;
}
