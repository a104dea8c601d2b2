-- Creates an order before the provider is asked for a payment. Called by the pipelines' public endpoints.
--   p: pipeline, provider, amount_minor (minor units, > 0), currency, description?,
--      customer? {name, email, phone (E.164), telegram_id, telegram_username}, details? (object), idempotency_key?,
--      buyer_key?
-- A repeated idempotency_key answers the first order; with another provider, amount or currency it is refused.
CREATE OR REPLACE FUNCTION fulfillment.create_order(p jsonb)
RETURNS TABLE (order_ref text, status text, amount_minor bigint, currency text, created_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_order fulfillment.orders;
  v_pipeline text := fulfillment.require_text(p, 'pipeline', 100);
  v_provider text := fulfillment.require_text(p, 'provider', 100);
  v_amount bigint := fulfillment.required('amount_minor', fulfillment.read_amount(p, 'amount_minor', 1));
  v_currency text := fulfillment.required('currency', fulfillment.read_currency(p, 'currency'));
  v_idempotency_key text := fulfillment.read_text(p, 'idempotency_key', 200);
BEGIN
  PERFORM fulfillment.read_object(p, 'customer');

  INSERT INTO fulfillment.orders AS o (
    order_ref, pipeline, provider, amount_minor, currency, description, customer_name, customer_email,
    customer_phone, customer_telegram_id, customer_telegram_username, details, idempotency_key, buyer_key
  ) VALUES (
    -- Two UUIDs carry 244 random bits; one alone would be below the 160 that are kept.
    encode(substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 20), 'hex'),
    v_pipeline, v_provider, v_amount, v_currency,
    fulfillment.read_text(p, 'description', 1000),
    fulfillment.read_text(p, 'customer.name', 300),
    fulfillment.read_text(p, 'customer.email', 320),
    fulfillment.read_pattern(p, 'customer.phone', '^\+\d{7,15}$', 'a number in E.164 such as +79990000001'),
    fulfillment.read_pattern(p, 'customer.telegram_id', '^\d{1,20}$', 'digits'),
    fulfillment.read_text(p, 'customer.telegram_username', 100),
    fulfillment.read_object(p, 'details'),
    v_idempotency_key,
    fulfillment.read_text(p, 'buyer_key', 200)
  )
  ON CONFLICT (pipeline, idempotency_key) DO NOTHING
  RETURNING o.* INTO v_order;

  IF NOT FOUND THEN
    SELECT o.* INTO STRICT v_order FROM fulfillment.orders o
    WHERE o.pipeline = v_pipeline AND o.idempotency_key = v_idempotency_key;
    IF (v_order.provider, v_order.amount_minor, v_order.currency) <> (v_provider, v_amount, v_currency) THEN
      PERFORM fulfillment.reject('idempotency_key', 'was used for an order with another provider, amount or currency');
    END IF;
  END IF;

  RETURN QUERY SELECT v_order.order_ref, v_order.status, v_order.amount_minor, v_order.currency::text,
    v_order.created_at;
END
$fn$;

-- The order a buyer pays next: pressing the button twice gives the same one. Called by pay links that know who asks.
--   p: as create_order, open_minutes? (1380: for how long an unpaid order is offered again)
--   outcome: has_access  a paid order is there, nothing to pay; order_ref is that one
--            open        an unpaid order for the same price, still young enough to be paid
--            created     always so without a buyer_key
CREATE OR REPLACE FUNCTION fulfillment.open_order(p jsonb)
RETURNS TABLE (outcome text, order_ref text, status text, amount_minor bigint, currency text, created_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_pipeline text := fulfillment.require_text(p, 'pipeline', 100);
  v_buyer_key text := fulfillment.read_text(p, 'buyer_key', 200);
  v_amount bigint := fulfillment.required('amount_minor', fulfillment.read_amount(p, 'amount_minor', 1));
  v_currency text := fulfillment.required('currency', fulfillment.read_currency(p, 'currency'));
  v_minutes integer := coalesce(fulfillment.read_integer(p, 'open_minutes', 1, 1000000), 1380);
BEGIN
  IF v_buyer_key IS NOT NULL THEN
    PERFORM fulfillment.lock_buyer(v_pipeline, v_buyer_key);
  END IF;
  RETURN QUERY
  SELECT CASE WHEN fulfillment.gives_access(o) THEN 'has_access' ELSE 'open' END,
    o.order_ref, o.status, o.amount_minor, o.currency::text, o.created_at
  FROM fulfillment.orders o
  WHERE o.pipeline = v_pipeline AND o.buyer_key = v_buyer_key
    AND (fulfillment.gives_access(o)
      OR (o.status = 'pending' AND (o.amount_minor, o.currency) = (v_amount, v_currency)
        AND o.created_at > now() - make_interval(mins => v_minutes)))
  ORDER BY fulfillment.gives_access(o) DESC, o.created_at DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'created', c.* FROM fulfillment.create_order(p) c;
  END IF;
END
$fn$;

-- Makes calls about one buyer go one after the other until their transactions end.
CREATE OR REPLACE FUNCTION fulfillment.lock_buyer(pipeline text, buyer_key text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('fulfillment.buyer:' || pipeline || ':' || buyer_key, 0));
END
$fn$;

-- As lock_buyer, but answers false instead of waiting.
CREATE OR REPLACE FUNCTION fulfillment.try_lock_buyer(pipeline text, buyer_key text) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN pg_try_advisory_xact_lock(hashtextextended('fulfillment.buyer:' || pipeline || ':' || buyer_key, 0));
END
$fn$;

-- Whether what was bought with an order may be used now: it is paid, and its subscription, if any, has not ended.
CREATE OR REPLACE FUNCTION fulfillment.gives_access(o fulfillment.orders) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN o.status = 'paid' AND NOT EXISTS (
    SELECT FROM fulfillment.subscriptions s WHERE s.order_ref = o.order_ref AND s.status = 'ended');
END
$fn$;

-- An order as fulfilment sees it, with the customer; null when there is none.
CREATE OR REPLACE FUNCTION fulfillment.order_json(order_ref text) RETURNS jsonb LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'order_ref', o.order_ref, 'pipeline', o.pipeline, 'provider', o.provider, 'status', o.status,
      'amount_minor', o.amount_minor, 'currency', o.currency, 'description', o.description,
      'customer', jsonb_build_object(
        'name', o.customer_name, 'email', o.customer_email, 'phone', o.customer_phone,
        'telegram_id', o.customer_telegram_id, 'telegram_username', o.customer_telegram_username),
      'details', o.details, 'result', o.result, 'provider_payment_id', o.provider_payment_id,
      'refunded_minor', o.refunded_minor,
      'created_at', o.created_at, 'paid_at', o.paid_at, 'fulfilled_at', o.fulfilled_at)
    FROM fulfillment.orders o WHERE o.order_ref = order_ref);
END
$fn$;

-- All that went back of an order by a refund and those before it; null when nobody says how much. A provider either
-- names the total with every refund, or each refund by its id with its own amount; those are added up, each once.
CREATE OR REPLACE FUNCTION fulfillment.returned_so_far(e fulfillment.events) RETURNS bigint LANGUAGE plpgsql AS $fn$
BEGIN
  IF e.payload ->> 'refundId' IS NULL THEN
    RETURN e.amount_minor;
  END IF;
  RETURN (
    SELECT CASE WHEN bool_and(r.amount_minor IS NOT NULL) THEN sum(r.amount_minor) END
    FROM (
      SELECT max(s.amount_minor) AS amount_minor FROM fulfillment.events s
      WHERE s.order_ref = e.order_ref AND s.kind = 'refunded' AND s.payload ->> 'refundId' IS NOT NULL
        AND (s.status <> 'ignored' OR s.reason <> 'test_payment')
      GROUP BY s.payload ->> 'refundId') r);
END
$fn$;

-- Lets the order follow a fact, whatever the order facts arrive in. Paid wins over everything but money that went back,
-- and is never undone by canceled, failed or expired. A refund of the whole amount (or of an unnamed one) makes the order
-- refunded for good, a partial one leaves it as it is. A dispute takes a paid order back until it is won.
CREATE OR REPLACE FUNCTION fulfillment.follow_order(e fulfillment.events) RETURNS void
LANGUAGE plpgsql AS $fn$
DECLARE
  v_returned bigint;
BEGIN
  IF e.kind IN ('paid', 'failed', 'canceled', 'expired') THEN
    UPDATE fulfillment.orders o
    SET status = CASE WHEN e.kind = 'paid' AND o.is_disputed THEN 'disputed' ELSE e.kind END,
      paid_at = CASE WHEN e.kind = 'paid' THEN e.occurred_at ELSE o.paid_at END,
      provider_payment_id = CASE WHEN e.kind = 'paid'
        THEN coalesce(e.provider_payment_id, o.provider_payment_id) ELSE o.provider_payment_id END
    WHERE o.order_ref = e.order_ref AND o.status NOT IN ('paid', 'refunded', 'disputed');
  ELSIF e.kind = 'refunded' THEN
    -- Locked before the sum is made, so that two refunds at the same time both count.
    PERFORM FROM fulfillment.orders o WHERE o.order_ref = e.order_ref FOR NO KEY UPDATE;
    v_returned := fulfillment.returned_so_far(e);
    UPDATE fulfillment.orders o
    SET refunded_minor = greatest(o.refunded_minor, coalesce(v_returned, o.amount_minor)),
      status = CASE WHEN coalesce(v_returned, o.amount_minor) >= o.amount_minor THEN 'refunded' ELSE o.status END,
      provider_payment_id = coalesce(o.provider_payment_id, e.provider_payment_id)
    WHERE o.order_ref = e.order_ref;
  ELSIF e.kind IN ('disputed', 'dispute_won') THEN
    UPDATE fulfillment.orders o
    SET dispute_at = e.occurred_at, is_disputed = e.kind = 'disputed',
      status = CASE WHEN o.status NOT IN ('paid', 'disputed') THEN o.status
        WHEN e.kind = 'disputed' THEN 'disputed' ELSE 'paid' END
    WHERE o.order_ref = e.order_ref AND (o.dispute_at IS NULL OR o.dispute_at <= e.occurred_at);
  END IF;
END
$fn$;

-- What the buyer's page may know. No name, address or phone; the result only when it is paid for.
--   p: order_ref, pipeline
--   outcome: not_found, not_paid (status says why), preparing (paid, result not there yet), ready
CREATE OR REPLACE FUNCTION fulfillment.read_order(p jsonb)
RETURNS TABLE (outcome text, status text, amount_minor bigint, currency text, created_at timestamptz,
  paid_at timestamptz, details jsonb, result jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_pipeline text := fulfillment.require_text(p, 'pipeline', 100);
  v_order_ref text := fulfillment.require_text(p, 'order_ref', 1000);
BEGIN
  RETURN QUERY
  SELECT CASE WHEN o.status <> 'paid' THEN 'not_paid' WHEN o.result IS NULL THEN 'preparing' ELSE 'ready' END,
    o.status, o.amount_minor, o.currency::text, o.created_at, o.paid_at, o.details,
    CASE WHEN o.status = 'paid' THEN o.result END
  FROM fulfillment.orders o
  WHERE o.order_ref = v_order_ref AND o.pipeline = v_pipeline;
  IF NOT FOUND THEN
    outcome := 'not_found';
    RETURN NEXT;
  END IF;
END
$fn$;
