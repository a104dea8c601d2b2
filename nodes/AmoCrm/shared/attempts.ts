/** A write whose outcome nobody knows is looked at and sent again so often at most. */
export const MAX_ATTEMPTS = 3;
/** amoCRM may still be at it when it has given up answering. */
export const SETTLE_MS = 1_000;
