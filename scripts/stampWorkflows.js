const { createHash } = require('node:crypto');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Version and fingerprint of every workflow as it was last stamped, so that no change goes out under an old number. */
const STAMPS = 'workflows/versions.json';

/**
 * Paths of all workflow files, relative to `root`.
 *
 * @param {string} root the checkout
 * @returns {string[]}
 */
function workflowFiles(root) {
	return readdirSync(join(root, 'workflows'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name }) =>
			readdirSync(join(root, 'workflows', name))
				.filter((file) => file.endsWith('.json'))
				.map((file) => `workflows/${name}/${file}`),
		)
		.sort();
}

/**
 * What changes when the workflow's behaviour or look changes; the version itself does not count.
 *
 * @param {{meta: {version: string}}} workflow
 * @returns {string} SHA-256 in hex
 */
function fingerprint(workflow) {
	const { meta, ...rest } = workflow;
	const { version: _version, ...otherMeta } = meta;
	return createHash('sha256').update(JSON.stringify({ ...rest, meta: otherMeta })).digest('hex');
}

/**
 * Stamps of all workflows, by file.
 *
 * @param {string} root the checkout
 * @returns {Record<string, {version: string, fingerprint: string}>}
 * @throws {Error} naming the workflows that changed without a higher version
 */
function stampWorkflows(root) {
	const known = JSON.parse(readFileSync(join(root, STAMPS), 'utf8'));
	/** @type {Record<string, {version: string, fingerprint: string}>} */
	const stamps = {};
	/** @type {string[]} */
	const unbumped = [];
	for (const file of workflowFiles(root)) {
		const workflow = JSON.parse(readFileSync(join(root, file), 'utf8'));
		const stamp = { version: workflow.meta.version, fingerprint: fingerprint(workflow) };
		const before = known[file];
		if (before && before.fingerprint !== stamp.fingerprint && !isHigher(stamp.version, before.version)) {
			unbumped.push(`${file} (still ${stamp.version})`);
		}
		stamps[file] = stamp;
	}
	if (unbumped.length > 0) {
		throw new Error(`These workflows changed; raise meta.version in them: ${unbumped.join(', ')}`);
	}
	return stamps;
}

/** @param {string} version @param {string} before */
function isHigher(version, before) {
	const old = before.split('.').map(Number);
	const difference = version
		.split('.')
		.map((part, position) => Number(part) - Number(old[position]))
		.find((step) => step !== 0);
	return difference !== undefined && difference > 0;
}

/** @param {string} root the checkout */
function writeStamps(root) {
	writeFileSync(join(root, STAMPS), `${JSON.stringify(stampWorkflows(root), null, 2)}\n`);
}

module.exports = { STAMPS, workflowFiles, fingerprint, stampWorkflows, writeStamps };
