/** A request that cannot be carried out; the message is that of the answer (providers/cloudpayments.md §2). */
export class Refusal extends Error {}
