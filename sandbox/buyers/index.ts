import type { Play } from './buyer';
import { play as cloudpaymentsBilling } from './cloudpaymentsBilling';
import { play as platformAmocrm } from './platformAmocrm';
import { play as prodamusChakra } from './prodamusChakra';
import { play as stripeTelegramCourse } from './stripeTelegramCourse';
import { play as yclientsLoyalty } from './yclientsLoyalty';

/** The buyers by the name of their pipeline. */
export const BUYERS: ReadonlyMap<string, Play> = new Map<string, Play>([
	['cloudpayments-billing', cloudpaymentsBilling],
	['platform-amocrm', platformAmocrm],
	['prodamus-chakra', prodamusChakra],
	['stripe-telegram-course', stripeTelegramCourse],
	['yclients-loyalty', yclientsLoyalty],
]);
