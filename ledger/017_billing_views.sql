-- What users, people of the shop and the messages are told about plans. No row here holds a card token.

-- Days until a moment, counted up; 0 when it is past.
CREATE OR REPLACE FUNCTION fulfillment.days_until(moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN greatest(0, ceil(extract(epoch FROM moment - now()) / 86400))::integer;
END
$fn$;

-- What a user has. Called by the user's page and bot.
--   p: user_id
--   outcome: found (status active, ended, canceled or refunded), no_plan (never had one)
CREATE OR REPLACE FUNCTION fulfillment.my_plan(p jsonb)
RETURNS TABLE (outcome text, plan text, name text, status text, days_left integer, starts_at timestamptz,
  ends_at timestamptz, auto_renew boolean, renew_by text, card_last_four text, amount_minor bigint, currency text,
  counters jsonb, limits jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
BEGIN
  RETURN QUERY
  SELECT 'found', m.plan_code, m.plan_name, fulfillment.status_now(m), fulfillment.days_until(m.ends_at), m.starts_at,
    m.ends_at, m.auto_renew, CASE WHEN m.auto_renew THEN m.renew_by END, m.card_last_four, m.amount_minor,
    m.currency::text, m.counters_left, m.counters
  FROM fulfillment.memberships m WHERE m.user_id = v_user_id;
  IF NOT FOUND THEN
    outcome := 'no_plan';
    RETURN NEXT;
  END IF;
END
$fn$;

-- A user's orders and payments, newest first. Called by the user's page.
--   p: user_id, limit? (50)
CREATE OR REPLACE FUNCTION fulfillment.my_payments(p jsonb)
RETURNS TABLE (order_ref text, transaction_id text, plan text, is_renewal boolean, status text, amount_minor bigint,
  currency text, refunded_minor bigint, created_at timestamptz, paid_at timestamptz, period integer,
  starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 50);
BEGIN
  RETURN QUERY
  SELECT b.order_ref, b.transaction_id, b.plan, b.is_renewal, b.status, b.amount_minor, b.currency, b.refunded_minor,
    b.created_at, b.paid_at, b.period, b.starts_at, b.ends_at
  FROM fulfillment.plan_payments b WHERE b.user_id = v_user_id
  ORDER BY b.created_at DESC, b.order_ref LIMIT v_limit;
END
$fn$;

-- One payment of a user. Called by the status endpoint. That of somebody else is not found.
--   p: user_id, order_ref or transaction_id
--   outcome: found, not_found
CREATE OR REPLACE FUNCTION fulfillment.my_payment(p jsonb)
RETURNS TABLE (outcome text, order_ref text, transaction_id text, plan text, is_renewal boolean, status text,
  amount_minor bigint, currency text, refunded_minor bigint, created_at timestamptz, paid_at timestamptz,
  period integer, starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
  b fulfillment.plan_payments := fulfillment.find_payment(p);
BEGIN
  outcome := 'not_found';
  IF b.user_id = v_user_id THEN
    RETURN QUERY
    SELECT 'found', b.order_ref, b.transaction_id, b.plan, b.is_renewal, b.status, b.amount_minor, b.currency,
      b.refunded_minor, b.created_at, b.paid_at, b.period, b.starts_at, b.ends_at;
  ELSE
    RETURN NEXT;
  END IF;
END
$fn$;

-- The figures of the billing. Called by the statistics page; reads all payments of the time asked for.
--   p: from?, to? (UTC; from inclusive, to exclusive)
--   payments: how many were made, renewals: how many of them by themselves; failures: refused charges; success_rate:
--   payments of both, null without any; sums, refunded: minor units by currency; refunds: payments of which money went
--   back;
--   active_plans: now; charges_without_event: renewals the provider took whose payment event has not come yet, now;
--   popular_plans: [{plan, name, payments}]
CREATE OR REPLACE FUNCTION fulfillment.billing_statistics(p jsonb)
RETURNS TABLE (payments bigint, sums jsonb, failures bigint, success_rate numeric, refunds bigint, refunded jsonb,
  renewals bigint, active_plans bigint, charges_without_event bigint, popular_plans jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_from timestamptz := coalesce(fulfillment.read_time(p, 'from'), '-infinity');
  v_to timestamptz := coalesce(fulfillment.read_time(p, 'to'), 'infinity');
BEGIN
  RETURN QUERY
  WITH paid AS (
    SELECT b.* FROM fulfillment.plan_payments b WHERE b.paid_at >= v_from AND b.paid_at < v_to
  ), by_currency AS (
    SELECT b.currency, sum(b.amount_minor) AS total, sum(b.refunded_minor) AS back FROM paid b GROUP BY b.currency
  ), by_plan AS (
    SELECT b.plan, max(l.name) AS name, count(*) AS times
    FROM paid b LEFT JOIN fulfillment.plans l ON l.code = b.plan GROUP BY b.plan
  ), refused AS (
    SELECT count(*) AS times FROM fulfillment.events e
    WHERE e.pipeline = 'cloudpayments-billing' AND e.kind = 'failed'
      AND e.occurred_at >= v_from AND e.occurred_at < v_to AND (e.status <> 'ignored' OR e.reason <> 'test_payment')
  )
  SELECT c.times,
    (SELECT coalesce(jsonb_object_agg(y.currency, y.total), '{}') FROM by_currency y),
    r.times, round(c.times::numeric / nullif(c.times + r.times, 0), 4), c.returned,
    (SELECT coalesce(jsonb_object_agg(y.currency, y.back) FILTER (WHERE y.back > 0), '{}') FROM by_currency y),
    c.renewals,
    (SELECT count(*) FROM fulfillment.memberships m WHERE m.status = 'active' AND m.ends_at > now()),
    (SELECT count(*) FROM fulfillment.renewal_attempts a JOIN fulfillment.orders o ON o.order_ref = a.order_ref
      WHERE a.state = 'paid' AND o.paid_at IS NULL),
    (SELECT coalesce(jsonb_agg(jsonb_build_object('plan', y.plan, 'name', y.name, 'payments', y.times)
      ORDER BY y.times DESC, y.plan), '[]') FROM by_plan y)
  FROM refused r CROSS JOIN (
    SELECT count(*) AS times, count(*) FILTER (WHERE b.refunded_minor > 0) AS returned,
      count(*) FILTER (WHERE b.is_renewal) AS renewals FROM paid b) c;
END
$fn$;

-- Hands out what users are to be told, the oldest first, and finds out whose plan ends soon. Called by the notice
-- schedule, which sends each and calls finish_notice. Calls may overlap: no notice is handed out twice while its lease
-- holds; one that is not finished is handed out again.
--   p: limit? (50), lease_seconds? (300), days_before? (3: a plan that is not renewed by itself ends soon)
--   data: with payment_error the refusal (code, class, buyerText), with renewal_stopped reason, code and class;
--   amount_minor: with canceled and refunded what goes back
CREATE OR REPLACE FUNCTION fulfillment.take_notices(p jsonb)
RETURNS TABLE (notice_id bigint, kind text, user_id text, name text, email text, telegram_id text, plan text,
  amount_minor bigint, currency text, ends_at timestamptz, days_left integer, data jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 50);
  v_lease interval := make_interval(secs => coalesce(fulfillment.read_lease_seconds(p), 300));
  v_days_before interval := fulfillment.read_days_before(p);
BEGIN
  PERFORM fulfillment.notice_expiring(v_days_before, 1000);
  RETURN QUERY
  WITH due AS (
    SELECT b.id FROM fulfillment.plan_notices b WHERE b.due_at <= now()
    ORDER BY b.due_at, b.id LIMIT v_limit FOR NO KEY UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE fulfillment.plan_notices n SET due_at = now() + v_lease, attempts = n.attempts + 1
    FROM due WHERE n.id = due.id
    RETURNING n.*)
  SELECT n.id, n.kind, n.user_id, u.name, u.email, u.telegram_id, n.plan_name, n.amount_minor, n.currency::text,
    m.ends_at, fulfillment.days_until(m.ends_at), n.data
  FROM taken n JOIN fulfillment.plan_users u ON u.user_id = n.user_id
  LEFT JOIN fulfillment.memberships m ON m.user_id = n.user_id
  ORDER BY n.id;
END
$fn$;

-- Makes the notices of plans that end soon and are not renewed by themselves. Whose renewal was given up knows it
-- already.
CREATE OR REPLACE FUNCTION fulfillment.notice_expiring(days_before interval, most integer) RETURNS void
LANGUAGE plpgsql AS $fn$
DECLARE
  m fulfillment.memberships;
  v_period integer;
BEGIN
  FOR m IN
    WITH due AS (
      SELECT d.id FROM fulfillment.memberships d
      WHERE d.status = 'active' AND NOT d.auto_renew AND NOT d.expiry_told
        AND d.ends_at > now() AND d.ends_at <= now() + days_before
      ORDER BY d.ends_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE fulfillment.memberships b SET expiry_told = true FROM due WHERE b.id = due.id
    RETURNING b.*
  LOOP
    IF m.renewal_stopped_at IS NULL THEN
      v_period := fulfillment.next_period(m.id) - 1;
      PERFORM fulfillment.make_notice(m.user_id, 'expiring_soon', format('period %s', v_period), v_period,
        m.plan_name, m.amount_minor, m.currency);
    END IF;
  END LOOP;
END
$fn$;

-- Says what became of a notice. May be repeated.
--   p: notice_id, outcome (sent, failed: again later, ten times in all and then an alert, no_address: nowhere to send
--      it)
--   outcome: sent, no_address, retry (from next_attempt_at on), dead (alert written), unknown
CREATE OR REPLACE FUNCTION fulfillment.finish_notice(p jsonb) RETURNS TABLE (outcome text, next_attempt_at timestamptz)
LANGUAGE plpgsql AS $fn$
DECLARE
  v_id bigint := fulfillment.required('notice_id', fulfillment.read_id(p, 'notice_id'));
  v_outcome text := fulfillment.required('outcome',
    fulfillment.read_pattern(p, 'outcome', '^(sent|failed|no_address)$', 'sent, failed or no_address'));
  n fulfillment.plan_notices;
BEGIN
  UPDATE fulfillment.plan_notices b
  SET status = CASE WHEN v_outcome <> 'failed' THEN v_outcome WHEN b.attempts >= 10 THEN 'dead' ELSE 'due' END,
    sent_at = CASE WHEN v_outcome = 'sent' THEN now() END,
    due_at = CASE WHEN v_outcome = 'failed' AND b.attempts < 10
      THEN now() + least(interval '6 hours', interval '5 minutes' * 2 ^ (b.attempts - 1)) END
  WHERE b.id = v_id AND b.status = 'due'
  RETURNING b.* INTO n;
  IF n.status = 'dead' THEN
    PERFORM fulfillment.raise_alert('notice_dead',
      format('the notice %s for user %s was given up after %s attempts', n.kind, n.user_id, n.attempts), NULL, NULL,
      jsonb_build_object('notice_id', n.id));
  ELSIF n.id IS NULL THEN
    SELECT b.* INTO n FROM fulfillment.plan_notices b WHERE b.id = v_id;
  END IF;
  outcome := CASE WHEN n.id IS NULL THEN 'unknown' WHEN n.status = 'due' THEN 'retry' ELSE n.status END;
  next_attempt_at := n.due_at;
  RETURN NEXT;
END
$fn$;

-- Which of a provider's events the ledger does not hold yet, oldest first, each once. Called by reconciliation with
-- what the provider lists; each row then goes to receive_event.
--   p: provider, events (list of payment events; null entries, transactions that are not final, are passed over)
CREATE OR REPLACE FUNCTION fulfillment.unknown_events(p jsonb) RETURNS TABLE (event jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_provider text := fulfillment.require_text(p, 'provider', 100);
BEGIN
  IF coalesce(jsonb_typeof(p -> 'events'), 'null') <> 'array' THEN
    PERFORM fulfillment.reject('events', 'must be a list of payment events');
  END IF;
  FOR i IN 0 .. jsonb_array_length(p -> 'events') - 1 LOOP
    CONTINUE WHEN p -> 'events' -> i = 'null';
    PERFORM fulfillment.read_object(p, 'events.' || i),
      fulfillment.require_text(p, format('events.%s.eventKey', i), 300),
      fulfillment.required(format('events.%s.occurredAt', i),
        fulfillment.read_time(p, format('events.%s.occurredAt', i)));
  END LOOP;
  RETURN QUERY
  SELECT u.event FROM (
    SELECT DISTINCT ON (l.value ->> 'eventKey') l.value AS event, l.ordinality
    FROM jsonb_array_elements(p -> 'events') WITH ORDINALITY l
    WHERE l.value <> 'null' AND NOT EXISTS (
      SELECT FROM fulfillment.events e WHERE e.provider = v_provider AND e.event_key = l.value ->> 'eventKey')
    ORDER BY l.value ->> 'eventKey', l.ordinality) u
  ORDER BY (u.event ->> 'occurredAt')::timestamptz, u.ordinality;
END
$fn$;
