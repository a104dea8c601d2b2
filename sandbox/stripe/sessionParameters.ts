import { z } from 'zod';
import { priceData } from './catalogue';
import { boolean, integer, metadata, refuse, text, url } from './parameters';

const MIN_EXPIRY_SECONDS = 30 * 60;
const MAX_EXPIRY_SECONDS = 24 * 3600;
/** A clock may differ a little. */
const EXPIRY_LEEWAY_SECONDS = 60;
const MAX_QUANTITY = 999_999;

const lineItem = z.object({
	price: text().optional(),
	price_data: priceData.optional(),
	quantity: integer.superRefine((quantity, ctx) => {
		if (quantity < 1 || quantity > MAX_QUANTITY) refuse(ctx, `Invalid quantity: 1 to ${MAX_QUANTITY}`);
	}).optional(),
}).strict().superRefine(({ price, price_data: data, quantity }, ctx) => {
	if ((price === undefined) === (data === undefined)) {
		refuse(ctx, 'You must specify either `price` or `price_data` for each line item.');
	}
	if (quantity === undefined) refuse(ctx, 'Quantity is required.', 'parameter_missing', ['quantity']);
});

const discount = z.object({ coupon: text().optional(), promotion_code: text().optional() }).strict();

const enabled = z.object({ enabled: boolean }).strict();

const dropdownOption = z.object({ label: text(100), value: text(100) }).strict();

const customField = z.object({
	key: text(200),
	label: z.object({ type: z.literal('custom'), custom: text(50) }).strict(),
	type: z.enum(['dropdown', 'numeric', 'text']),
	optional: boolean.optional(),
	dropdown: z.object({ options: z.array(dropdownOption) }).strict().optional(),
}).strict();

/** Body of `POST /v1/checkout/sessions` (providers/stripe.md §2). */
export const newSession = z.object({
	mode: z.enum(['payment', 'subscription', 'setup']),
	line_items: z.array(lineItem).optional(),
	success_url: url,
	cancel_url: url.optional(),
	client_reference_id: text(200).optional(),
	metadata: metadata.optional(),
	payment_intent_data: z.object({
		metadata: metadata.optional(),
		description: text(1000).optional(),
		receipt_email: text().optional(),
		statement_descriptor: text(22).optional(),
		setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
	}).strict().optional(),
	subscription_data: z.object({
		metadata: metadata.optional(),
		description: text(500).optional(),
		trial_period_days: integer.superRefine((days, ctx) => {
			if (days < 1 || days > 730) refuse(ctx, 'The minimum number of trial period days is 1, the maximum 730');
		}).optional(),
	}).strict().optional(),
	customer: text().optional(),
	customer_email: z.string().email('not an e-mail address').optional(),
	customer_creation: z.enum(['always', 'if_required']).optional(),
	expires_at: integer.superRefine((expiresAt, ctx) => {
		const ahead = expiresAt - Date.now() / 1000;
		const what = 'The `expires_at` timestamp must be';
		if (ahead < MIN_EXPIRY_SECONDS - EXPIRY_LEEWAY_SECONDS) {
			refuse(ctx, `${what} at least 30 minutes from Checkout Session creation.`);
		}
		if (ahead > MAX_EXPIRY_SECONDS + EXPIRY_LEEWAY_SECONDS) {
			refuse(ctx, `${what} less than 24 hours from Checkout Session creation.`);
		}
	}).optional(),
	locale: z.string().regex(/^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,3})?)$/, 'not a locale').optional(),
	allow_promotion_codes: boolean.optional(),
	automatic_tax: enabled.optional(),
	billing_address_collection: z.enum(['auto', 'required']).optional(),
	custom_fields: z.array(customField).max(3).optional(),
	discounts: z.array(discount).max(1).optional(),
	invoice_creation: enabled.optional(),
	payment_method_collection: z.enum(['always', 'if_required']).optional(),
	payment_method_types: z.array(z.enum(['card', 'sepa_debit', 'us_bank_account', 'link', 'paypal'])).min(1).optional(),
	phone_number_collection: enabled.optional(),
	submit_type: z.enum(['auto', 'book', 'donate', 'pay', 'subscribe']).optional(),
	tax_id_collection: enabled.optional(),
	ui_mode: z.enum(['hosted_page', 'hosted']).optional(),
}).strict().superRefine((given, ctx) => {
	const { mode } = given;
	if (mode !== 'setup' && !given.line_items?.length) {
		refuse(ctx, `You must pass \`line_items\` in \`${mode}\` mode.`, 'parameter_missing', ['line_items']);
	}
	const only = (name: keyof typeof given, isAllowed: boolean) => {
		if (given[name] === undefined || isAllowed) return;
		refuse(ctx, `You can not pass \`${name}\` in \`${mode}\` mode.`, undefined, [name]);
	};
	only('line_items', mode !== 'setup');
	only('payment_intent_data', mode === 'payment');
	only('invoice_creation', mode === 'payment');
	only('submit_type', mode === 'payment');
	only('subscription_data', mode === 'subscription');
	only('payment_method_collection', mode === 'subscription');
	only('customer_creation', mode !== 'subscription');
	const either = (one: keyof typeof given, other: keyof typeof given) => {
		if (given[one] === undefined || given[other] === undefined) return;
		refuse(ctx, `You may only specify one of these parameters: ${one}, ${other}.`, undefined, [other]);
	};
	either('customer', 'customer_email');
	either('allow_promotion_codes', 'discounts');
});
