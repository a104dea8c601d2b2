/** What a trigger takes: genuine notifications are a few kilobytes; n8n alone would take 16 MiB and more. */
export const MAX_BODY_BYTES = 1_048_576;
