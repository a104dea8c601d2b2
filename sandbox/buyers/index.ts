import type { Play } from './buyer';
import { play as platformAmocrm } from './platformAmocrm';
import { play as prodamusChakra } from './prodamusChakra';
import { play as stripeTelegramCourse } from './stripeTelegramCourse';

/** The buyers by the name of their pipeline. */
export const BUYERS: ReadonlyMap<string, Play> = new Map<string, Play>([
	['platform-amocrm', platformAmocrm],
	['prodamus-chakra', prodamusChakra],
	['stripe-telegram-course', stripeTelegramCourse],
]);
