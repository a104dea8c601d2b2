import { expandForm, type FormTree } from '../shared/formTree';

/** As many fields as n8n reads from a form, and more levels than any notification has (providers/prodamus.md §6). */
const LIMITS = { maxDepth: 16, maxKeys: 1000 };

/**
 * Turns a notification as n8n hands it over into the tree Prodamus signed: flat bracket keys are expanded, the
 * `{data, files}` wrapper of a multipart body is taken off, a JSON tree stays a tree (providers/prodamus.md §6).
 * Anything that is no set of fields gives an empty tree.
 *
 * @throws FormLimitError for more than 1000 fields or 16 levels
 */
export function parseBody(flatOrTree: unknown): FormTree {
	if (!isFieldSet(flatOrTree)) return {};
	return expandForm(isMultipart(flatOrTree) ? flatOrTree.data : flatOrTree, LIMITS);
}

function isFieldSet(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMultipart(body: object): body is { data: object; files: object } {
	return (
		Object.keys(body).sort().join() === 'data,files' &&
		'data' in body &&
		isFieldSet(body.data) &&
		'files' in body &&
		isFieldSet(body.files)
	);
}
