import type { Dialect } from './dialect';
import { blockLines } from './lines';

const asIs = (text: string) => text;

/** Text without any markup: safe in every messenger and mail. */
export const plain: Dialect = {
	heading: (text, level) => (level === 1 ? text : `◆ ${text}`),
	block: (block) => blockLines(block, asIs, asIs),
};
