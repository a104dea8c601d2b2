/** A failure the user can do something about: shown as it is, without a stack. */
export class RuntimeProblem extends Error {
	override name = 'RuntimeProblem';
}
