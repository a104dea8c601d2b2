-- Creates an order before the provider is asked for a payment. Called by the pipelines' public endpoints.
--   p: pipeline, provider, amount_minor (minor units, > 0), currency, description?,
--      customer? {name, email, phone (E.164), telegram_id, telegram_username}, details? (object), idempotency_key?
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
    customer_phone, customer_telegram_id, customer_telegram_username, details, idempotency_key
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
    v_idempotency_key
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
      'created_at', o.created_at, 'paid_at', o.paid_at, 'fulfilled_at', o.fulfilled_at)
    FROM fulfillment.orders o WHERE o.order_ref = order_ref);
END
$fn$;

-- Lets the order follow a fact. Paid wins over everything but a refund and is never undone by canceled, failed or
-- expired; a refund of the whole amount (or of an unnamed one) makes it refunded, a partial one leaves it paid.
CREATE OR REPLACE FUNCTION fulfillment.follow_order(e fulfillment.events) RETURNS void
LANGUAGE plpgsql AS $fn$
BEGIN
  UPDATE fulfillment.orders o
  SET status = e.kind,
    paid_at = CASE WHEN e.kind = 'paid' THEN e.occurred_at ELSE o.paid_at END,
    provider_payment_id = CASE WHEN e.kind IN ('paid', 'refunded')
      THEN coalesce(e.provider_payment_id, o.provider_payment_id) ELSE o.provider_payment_id END
  WHERE o.order_ref = e.order_ref AND CASE
    WHEN e.kind IN ('paid', 'failed', 'canceled', 'expired') THEN o.status NOT IN ('paid', 'refunded')
    WHEN e.kind = 'refunded' THEN o.status <> 'refunded' AND coalesce(e.amount_minor, o.amount_minor) >= o.amount_minor
    ELSE false END;
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
