import { toMinor } from '../../nodes/shared/money';
import { parseMoscow } from './clock';
import type { PhpTree } from './phpForm';
import { textOf } from './phpForm';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';
import { SubscriptionError } from './subscriptions';

const IDENTITIES = ['profile', 'customer_phone', 'customer_email'] as const;
const DATE_IDENTITIES: readonly string[] = ['profile', 'customer_phone'];

type RestMethod = (parameters: PhpTree, subscriptions: Subscriptions) => void;

/** The REST methods of the page by their path segment (providers/prodamus.md §5). */
export const REST_METHODS: ReadonlyMap<string, RestMethod> = new Map<string, RestMethod>([
	['setActivity', setActivity],
	['setSubscriptionPaymentDate', setPaymentDate],
	['setSubscriptionDiscount', setDiscount],
]);

function setActivity(parameters: PhpTree, subscriptions: Subscriptions): void {
	const manager = textOf(parameters, 'active_manager');
	const user = textOf(parameters, 'active_user');
	const [given, by] = user === '' ? ([manager, 'manager'] as const) : ([user, 'user'] as const);
	if (given !== '0' && given !== '1') throw new SubscriptionError('active_manager or active_user must be 0 or 1');
	for (const { profileId } of find(parameters, subscriptions)) {
		if (given === '0') subscriptions.deactivate(profileId, by);
		else subscriptions.reactivate(profileId);
	}
}

function setPaymentDate(parameters: PhpTree, subscriptions: Subscriptions): void {
	const authType = textOf(parameters, 'auth_type');
	if (!DATE_IDENTITIES.includes(authType)) throw new SubscriptionError('auth_type is not supported');
	if (textOf(parameters, authType) === '') throw new SubscriptionError(`${authType} not found in request`);
	const date = parseMoscow(textOf(parameters, 'date'));
	if (!date) throw new SubscriptionError('date must be yyyy-mm-dd hh:mm');
	for (const { profileId } of find(parameters, subscriptions)) subscriptions.setNextPayment(profileId, date);
}

function setDiscount(parameters: PhpTree, subscriptions: Subscriptions): void {
	const minor = toMinor(textOf(parameters, 'discount_value'), 'RUB');
	const renewals = textOf(parameters, 'num');
	if (minor === null) throw new SubscriptionError('discount_value is not a number');
	if (!/^\d{1,4}$/.test(renewals)) throw new SubscriptionError('num must be a whole number');
	for (const { profileId } of find(parameters, subscriptions)) {
		subscriptions.setDiscount(profileId, minor, Number(renewals));
	}
}

/** The subscriptions a request means: by plan (one or several) and by one mark of the buyer. Never none. */
function find(parameters: PhpTree, subscriptions: Subscriptions): readonly Subscription[] {
	const given = parameters.subscription ?? '';
	const plans = typeof given === 'string' ? [given] : Object.values(given);
	const identity = IDENTITIES.find((name) => textOf(parameters, name) !== '');
	if (!identity) throw new SubscriptionError(`one of ${IDENTITIES.join(', ')} is required`);
	const value = textOf(parameters, identity);
	const belongs: Record<(typeof IDENTITIES)[number], (subscription: Subscription) => boolean> = {
		profile: ({ profileId }) => profileId === value,
		customer_phone: ({ phone }) => phone === value,
		customer_email: ({ email }) => email === value,
	};
	const found = subscriptions.all.filter(
		(subscription) => plans.includes(subscription.plan.id) && belongs[identity](subscription),
	);
	if (found.length === 0) throw new SubscriptionError('subscription not found');
	return found;
}
