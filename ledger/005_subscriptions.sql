-- Lets the subscription of an event follow it, in whatever order events arrive (providers/prodamus.md §5).
--   paid, renewed and subscription_resumed make it active, or canceled where the provider says it will not renew;
--   canceled and subscription_ended speak for themselves; any other kind only makes the subscription known.
-- Of two events of the same second the one further towards the end wins, so that arrival order does not matter.
CREATE OR REPLACE FUNCTION fulfillment.follow_subscription(e fulfillment.events) RETURNS void
LANGUAGE plpgsql AS $fn$
DECLARE
  v_id text := fulfillment.require_text(e.payload, 'subscription.subscriptionId', 300);
  v_renews boolean := fulfillment.read_flag(e.payload, 'subscription.renews', true);
  v_order_of_states text[] := ARRAY['active', 'canceled', 'ended'];
BEGIN
  INSERT INTO fulfillment.subscriptions AS s (
    provider, subscription_id, pipeline, order_ref, plan_id, name, status, renews, next_payment_at, state_at,
    customer_name, customer_email, customer_phone, customer_telegram_id, customer_telegram_username
  ) VALUES (
    e.provider, v_id, e.pipeline, e.order_ref,
    fulfillment.read_text(e.payload, 'subscription.planId', 300),
    fulfillment.read_text(e.payload, 'subscription.name', 1000),
    CASE WHEN e.kind = 'subscription_ended' THEN 'ended'
      WHEN e.kind = 'canceled' OR NOT v_renews THEN 'canceled'
      ELSE 'active' END,
    v_renews AND e.kind NOT IN ('canceled', 'subscription_ended'),
    fulfillment.read_time(e.payload, 'subscription.nextPaymentAt'),
    CASE WHEN e.kind IN ('paid', 'renewed', 'canceled', 'subscription_ended', 'subscription_resumed')
      THEN e.occurred_at END,
    e.payload #>> '{customer,name}', e.payload #>> '{customer,email}', e.payload #>> '{customer,phone}',
    e.payload #>> '{customer,telegramId}', e.payload #>> '{customer,telegramUsername}'
  )
  ON CONFLICT (provider, subscription_id) DO UPDATE SET
    plan_id = coalesce(excluded.plan_id, s.plan_id),
    name = coalesce(excluded.name, s.name),
    status = excluded.status,
    renews = excluded.renews,
    next_payment_at = coalesce(excluded.next_payment_at, s.next_payment_at),
    state_at = excluded.state_at,
    customer_name = coalesce(excluded.customer_name, s.customer_name),
    customer_email = coalesce(excluded.customer_email, s.customer_email),
    customer_phone = coalesce(excluded.customer_phone, s.customer_phone),
    customer_telegram_id = coalesce(excluded.customer_telegram_id, s.customer_telegram_id),
    customer_telegram_username = coalesce(excluded.customer_telegram_username, s.customer_telegram_username)
  WHERE excluded.state_at IS NOT NULL AND (s.state_at IS NULL
    OR (excluded.state_at, array_position(v_order_of_states, excluded.status))
      >= (s.state_at, array_position(v_order_of_states, s.status)));

  -- An event that arrives late changes no state, but what only it knows is filled in.
  UPDATE fulfillment.subscriptions s
  SET order_ref = coalesce(s.order_ref, e.order_ref),
    plan_id = coalesce(s.plan_id, e.payload #>> '{subscription,planId}')
  WHERE s.provider = e.provider AND s.subscription_id = v_id AND (s.order_ref IS NULL OR s.plan_id IS NULL);

  IF e.kind IN ('paid', 'renewed') THEN
    UPDATE fulfillment.subscriptions s
    SET last_payment_at = e.occurred_at, last_payment_minor = e.amount_minor, last_payment_currency = e.currency,
      last_payment_number = fulfillment.read_integer(e.payload, 'subscription.paymentNumber', 0, 1000000),
      next_payment_at = coalesce(s.next_payment_at, fulfillment.read_time(e.payload, 'subscription.nextPaymentAt'))
    WHERE s.provider = e.provider AND s.subscription_id = v_id
      AND (s.last_payment_at IS NULL OR s.last_payment_at <= e.occurred_at);
  END IF;
END
$fn$;
