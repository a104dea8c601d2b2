-- Intake of provider events. The only door through which money facts come into the ledger.

-- The row of a delivery, not stored yet. Refuses what is no payment event of version 1.
CREATE OR REPLACE FUNCTION fulfillment.read_delivery(p jsonb) RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
DECLARE
  e fulfillment.events;
BEGIN
  IF fulfillment.read_object(p, 'event') ->> 'version' IS DISTINCT FROM '1' THEN
    PERFORM fulfillment.reject('event.version', 'must be 1, the version this ledger understands');
  END IF;
  e.payload := p -> 'event';
  e.provider := fulfillment.require_text(p, 'event.provider', 100);
  e.event_key := fulfillment.require_text(p, 'event.eventKey', 300);
  e.kind := fulfillment.require_text(p, 'event.kind', 50);
  e.provider_payment_id := fulfillment.read_text(p, 'event.providerPaymentId', 300);
  e.amount_minor := fulfillment.read_amount(p, 'event.amountMinor', 0);
  e.currency := fulfillment.read_currency(p, 'event.currency');
  e.occurred_at := fulfillment.required('event.occurredAt', fulfillment.read_time(p, 'event.occurredAt'));
  e.is_test := fulfillment.required('event.isTest', fulfillment.read_flag(p, 'event.isTest', NULL));
  e.pipeline := fulfillment.require_text(p, 'pipeline', 100);
  e.workflow_id := fulfillment.require_text(p, 'workflow_id', 100);
  e.execution_id := fulfillment.require_text(p, 'execution_id', 100);
  e.lease_seconds := coalesce(fulfillment.read_lease_seconds(p), 300);
  e.max_attempts := coalesce(fulfillment.read_integer(p, 'max_attempts', 1, 100), 8);
  e.in_order := fulfillment.read_flag(p, 'in_order', false);
  IF coalesce(jsonb_typeof(p -> 'kinds'), 'null') <> 'array' THEN
    PERFORM fulfillment.reject('kinds', 'must be a list of the kinds this workflow fulfils');
  END IF;
  RETURN e;
END
$fn$;

-- Whose turn an event waits for: the given key, or the customer as the order names him (e-mail, phone, buyer key), or the
-- order; without an order the customer as the event names him, or nobody else. Where there is an order, the event has no
-- say: facts about one payment may each name another e-mail.
-- A key too long for an index is replaced by its hash.
CREATE OR REPLACE FUNCTION fulfillment.serial_key(p jsonb, e fulfillment.events, o fulfillment.orders) RETURNS text
LANGUAGE plpgsql AS $fn$
DECLARE
  v_key text := coalesce(
    nullif(p ->> 'serial_key', ''),
    e.pipeline || ':' || coalesce(
      lower(o.customer_email), o.customer_phone, o.buyer_key, o.order_ref,
      lower(nullif(e.payload #>> '{customer,email}', '')), nullif(e.payload #>> '{customer,phone}', ''),
      e.event_key));
BEGIN
  RETURN CASE WHEN length(v_key) <= 300 THEN v_key ELSE 'sha256:' || encode(sha256(v_key::bytea), 'hex') END;
END
$fn$;

-- Why an event must not be fulfilled, or null. `handled`: its kind is one the workflow fulfils. `needs_order`: the pipeline
-- sells by orders of ours; a platform that keeps its own has none here.
CREATE OR REPLACE FUNCTION fulfillment.objection(e fulfillment.events, o fulfillment.orders, handled boolean,
  allow_test boolean, needs_order boolean) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN CASE
    WHEN e.is_test AND NOT allow_test THEN 'test_payment'
    WHEN e.kind <> 'paid' AND NOT handled THEN 'kind_not_handled: ' || e.kind
    -- A renewal and the end of a subscription belong to the subscription, not to an order of ours.
    WHEN needs_order AND o.order_ref IS NULL AND (e.kind = 'paid' OR NOT (
      e.kind IN ('renewed', 'subscription_ended', 'subscription_resumed')
      OR jsonb_typeof(e.payload -> 'subscription') = 'object')) THEN 'unknown_order'
    WHEN e.kind IN ('check', 'authorized', 'paid') AND o.order_ref IS NOT NULL
      AND (e.amount_minor, e.currency) IS DISTINCT FROM (o.amount_minor, o.currency)
      THEN format('mismatch: expected %s %s, got %s %s (minor units)', o.amount_minor, o.currency,
        coalesce(e.amount_minor::text, 'no amount'), coalesce(e.currency, 'no currency'))
    WHEN e.kind = 'paid' AND o.status = 'paid' THEN 'order_already_paid'
    WHEN e.kind = 'paid' AND o.status IN ('refunded', 'disputed') THEN 'order_' || o.status
    WHEN NOT handled THEN 'kind_not_handled: ' || e.kind
  END;
END
$fn$;

-- Lets order and subscription follow a newly stored event, and warns where a person has to act. `o` is the order as it
-- was before.
CREATE OR REPLACE FUNCTION fulfillment.record_facts(e fulfillment.events, o fulfillment.orders) RETURNS void
LANGUAGE plpgsql AS $fn$
BEGIN
  IF e.reason = 'test_payment' THEN
    RETURN;
  END IF;
  IF jsonb_typeof(e.payload -> 'subscription') = 'object' THEN
    PERFORM fulfillment.follow_subscription(e);
  END IF;
  IF e.reason LIKE 'mismatch:%' THEN
    PERFORM fulfillment.raise_alert('mismatch', format('%s event %s: %s', e.kind, e.event_key, e.reason),
      e.id, e.order_ref);
  ELSIF e.reason IN ('order_already_paid', 'order_refunded', 'order_disputed') THEN
    IF e.provider_payment_id IS DISTINCT FROM o.provider_payment_id THEN
      PERFORM fulfillment.raise_alert('double_payment',
        format('payment %s came for an order that is %s already, by payment %s',
          e.provider_payment_id, o.status, o.provider_payment_id), e.id, e.order_ref);
    END IF;
  ELSIF e.order_ref IS NOT NULL THEN
    PERFORM fulfillment.follow_order(e);
    IF e.kind = 'paid' THEN
      PERFORM fulfillment.adopt_early_facts(e);
    END IF;
  END IF;
END
$fn$;

-- Refunds and disputes that came before the payment they are about, and named no order: now they have one. They are
-- taken up after the payment.
CREATE OR REPLACE FUNCTION fulfillment.adopt_early_facts(paid fulfillment.events) RETURNS void
LANGUAGE plpgsql AS $fn$
DECLARE
  v_early fulfillment.events;
BEGIN
  FOR v_early IN
    UPDATE fulfillment.events e
    SET status = 'received', reason = NULL, finished_at = NULL, execution_id = NULL,
      order_ref = paid.order_ref, serial_key = paid.serial_key
    WHERE e.provider = paid.provider AND e.provider_payment_id = paid.provider_payment_id
      AND e.status = 'ignored' AND e.reason = 'unknown_order'
      AND e.kind IN ('refunded', 'disputed', 'dispute_won') AND e.pipeline = paid.pipeline
    RETURNING e.*
  LOOP
    PERFORM fulfillment.follow_order(v_early);
  END LOOP;
END
$fn$;

-- The order an event is about: by its number, or, where the provider names only the payment, by that.
CREATE OR REPLACE FUNCTION fulfillment.order_of(e fulfillment.events) RETURNS fulfillment.orders
LANGUAGE plpgsql AS $fn$
DECLARE
  v_order fulfillment.orders;
BEGIN
  SELECT o.* INTO v_order FROM fulfillment.orders o
  WHERE o.order_ref = e.payload ->> 'orderRef' AND o.provider = e.provider AND o.pipeline = e.pipeline;
  IF NOT FOUND AND e.kind IN ('refunded', 'disputed', 'dispute_won') AND e.payload ->> 'orderRef' IS NULL THEN
    SELECT o.* INTO v_order FROM fulfillment.orders o
    WHERE o.provider = e.provider AND o.provider_payment_id = e.provider_payment_id AND o.pipeline = e.pipeline
    ORDER BY o.created_at LIMIT 1;
  END IF;
  RETURN v_order;
END
$fn$;

-- Judges, stores and, where nothing is in the way, claims an event that is not known yet or was ignored for want of an
-- order. All null when another delivery of the same event was faster.
CREATE OR REPLACE FUNCTION fulfillment.receive_first(p jsonb, delivery fulfillment.events) RETURNS fulfillment.events
LANGUAGE plpgsql AS $fn$
DECLARE
  e fulfillment.events := delivery;
  v_order fulfillment.orders;
  v_stored fulfillment.events;
BEGIN
  v_order := fulfillment.order_of(e);
  e.order_ref := v_order.order_ref;
  e.serial_key := fulfillment.serial_key(p, e, v_order);
  PERFORM fulfillment.lock_serial_key(e.serial_key);
  -- Read again under lock: another payment may have settled the order meanwhile.
  SELECT o.* INTO v_order FROM fulfillment.orders o WHERE o.order_ref = e.order_ref FOR NO KEY UPDATE;

  e.attempts := 0;
  e.reason := fulfillment.objection(
    e, v_order, p -> 'kinds' ? e.kind, fulfillment.read_flag(p, 'allow_test', false),
    fulfillment.read_flag(p, 'needs_order', true));
  IF e.reason IS NOT NULL THEN
    e.status := 'ignored';
    e.finished_at := now();
  ELSIF EXISTS (SELECT FROM fulfillment.events b WHERE b.serial_key = e.serial_key AND b.status = 'processing')
    OR EXISTS (SELECT FROM fulfillment.events b WHERE b.serial_key = e.serial_key AND b.status = 'received')
    OR (e.in_order AND EXISTS (
      SELECT FROM fulfillment.events b WHERE b.serial_key = e.serial_key AND b.status = 'failed')) THEN
    e.status := 'received';
    e.execution_id := NULL;
  ELSE
    e.status := 'processing';
    e.attempts := 1;
    e.lease_token := gen_random_uuid();
    e.lease_until := now() + make_interval(secs => e.lease_seconds);
  END IF;

  INSERT INTO fulfillment.events AS s (
    provider, event_key, kind, pipeline, workflow_id, execution_id, order_ref, provider_payment_id, amount_minor,
    currency, occurred_at, is_test, payload, serial_key, in_order, status, reason, attempts, max_attempts,
    lease_seconds, lease_token, lease_until, finished_at
  ) VALUES (
    e.provider, e.event_key, e.kind, e.pipeline, e.workflow_id, e.execution_id, e.order_ref, e.provider_payment_id,
    e.amount_minor, e.currency, e.occurred_at, e.is_test, e.payload, e.serial_key, e.in_order, e.status, e.reason,
    e.attempts, e.max_attempts, e.lease_seconds, e.lease_token, e.lease_until, e.finished_at
  )
  ON CONFLICT (provider, event_key) DO UPDATE SET
    pipeline = excluded.pipeline, workflow_id = excluded.workflow_id, execution_id = excluded.execution_id,
    order_ref = excluded.order_ref, serial_key = excluded.serial_key, status = excluded.status,
    reason = excluded.reason, attempts = excluded.attempts, max_attempts = excluded.max_attempts,
    lease_seconds = excluded.lease_seconds, lease_token = excluded.lease_token, lease_until = excluded.lease_until,
    finished_at = excluded.finished_at, deliveries = s.deliveries + 1
  WHERE s.status = 'ignored' AND s.order_ref IS NULL AND excluded.order_ref IS NOT NULL
  RETURNING s.* INTO v_stored;

  IF FOUND THEN
    PERFORM fulfillment.record_facts(v_stored, v_order);
  END IF;
  RETURN v_stored;
END
$fn$;

-- Counts a repeated delivery of a known event, and claims the event if its holder is gone or its retry is due. All null
-- when there is nothing to claim.
CREATE OR REPLACE FUNCTION fulfillment.receive_again(known fulfillment.events, delivery fulfillment.events)
RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
DECLARE
  e fulfillment.events;
BEGIN
  IF known.status IN ('processing', 'failed') THEN
    PERFORM fulfillment.lock_serial_key(known.serial_key);
  END IF;
  UPDATE fulfillment.events s SET deliveries = s.deliveries + 1 WHERE s.id = known.id RETURNING s.* INTO e;
  IF known.status NOT IN ('processing', 'failed') THEN
    RETURN NULL;
  ELSIF e.status = 'processing' AND e.lease_until <= now() THEN
    RETURN fulfillment.reclaim(e, delivery.execution_id, delivery.workflow_id, delivery.lease_seconds);
  ELSIF e.status = 'failed' AND e.id = fulfillment.next_in_line(e.serial_key) THEN
    RETURN fulfillment.claim(e.id, delivery.execution_id, delivery.workflow_id, delivery.lease_seconds);
  END IF;
  RETURN NULL;
END
$fn$;

-- Stores an event once and claims it for the calling execution. Called by every provider workflow before it
-- acknowledges; the acknowledgement may be sent when this has returned.
--   p: event (nodes/shared/paymentEvent.ts), pipeline, workflow_id, execution_id, kinds (list this workflow fulfils),
--      allow_test? (false), lease_seconds? (300), max_attempts? (8), serial_key?, in_order? (false: a customer's event
--      that waits for a retry holds up no newer one), needs_order? (true: a payment for no order of ours is ignored)
--   outcome: claimed    fulfil it, then call finish_event or fail_event with the lease_token
--            duplicate  known already, nothing to do; reason says in which status (or why it is ignored)
--            busy       stored; whoever ends the customer's current event hands it over
--            ignored    kept with reason test_payment, unknown_order, order_already_paid, order_refunded,
--                       order_disputed or kind_not_handled: <kind>
--            mismatch   kept, reason has the expected and the received amount; alert written
-- `event` is the stored payload, `order` the order as the event left it. An event that was ignored for want of an order
-- is judged anew when a later delivery comes through a pipeline that knows the order.
CREATE OR REPLACE FUNCTION fulfillment.receive_event(p jsonb)
RETURNS TABLE (outcome text, reason text, event_id bigint, lease_token uuid, event jsonb, "order" jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_delivery fulfillment.events := fulfillment.read_delivery(p);
  v_known fulfillment.events;
  v_event fulfillment.events;
BEGIN
  SELECT e.* INTO v_known FROM fulfillment.events e
  WHERE e.provider = v_delivery.provider AND e.event_key = v_delivery.event_key;

  IF v_known.id IS NULL OR (v_known.status = 'ignored' AND v_known.order_ref IS NULL) THEN
    v_event := fulfillment.receive_first(p, v_delivery);
  END IF;
  IF v_event.id IS NULL THEN
    SELECT e.* INTO STRICT v_known FROM fulfillment.events e
    WHERE e.provider = v_delivery.provider AND e.event_key = v_delivery.event_key;
    v_event := fulfillment.receive_again(v_known, v_delivery);
  END IF;

  outcome := CASE
    WHEN v_event.id IS NULL THEN 'duplicate'
    WHEN v_event.status = 'processing' THEN 'claimed'
    WHEN v_event.status = 'received' THEN 'busy'
    WHEN v_event.reason LIKE 'mismatch:%' THEN 'mismatch'
    ELSE 'ignored' END;
  IF outcome = 'duplicate' THEN
    v_event := v_known;
    v_event.reason := coalesce(v_known.reason, v_known.status);
  END IF;
  reason := v_event.reason;
  event_id := v_event.id;
  lease_token := CASE WHEN outcome = 'claimed' THEN v_event.lease_token END;
  event := v_event.payload;
  "order" := fulfillment.order_json(v_event.order_ref);
  RETURN NEXT;
END
$fn$;
