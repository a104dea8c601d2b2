-- Plans that are bought for a number of days: who has which, until when, and what is left of its counters.
-- A user is the shop's own: user_id is CloudPayments's AccountId and the buyer_key of his orders.
-- Locks are always taken in the order user, membership, all else of the user, order.

CREATE TABLE fulfillment.plans (
  code text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9_-]{1,50}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  period_days integer NOT NULL DEFAULT 30 CHECK (period_days BETWEEN 1 AND 366),
  -- How often what may be used in one period: {"mails": 100}.
  counters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(counters) = 'object'),
  -- False: nobody can buy it any more. Who has it keeps it, and it is renewed.
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The only place with personal data of plan users.
CREATE TABLE fulfillment.plan_users (
  user_id text PRIMARY KEY CHECK (length(user_id) BETWEEN 1 AND 200),
  name text,
  email text,
  telegram_id text CHECK (telegram_id ~ '^\d{1,20}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What a user has. One row per user for good, so that nobody ever has two plans; who buys again after a pause goes on
-- in the same row.
CREATE TABLE fulfillment.memberships (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text NOT NULL UNIQUE REFERENCES fulfillment.plan_users (user_id),
  -- The plan as it was when it was last paid for. A plan that changes reaches a running membership with its next
  -- renewal.
  plan_code text NOT NULL REFERENCES fulfillment.plans (code),
  plan_name text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  period_days integer NOT NULL CHECK (period_days > 0),
  counters jsonb NOT NULL CHECK (jsonb_typeof(counters) = 'object'),
  counters_left jsonb NOT NULL CHECK (jsonb_typeof(counters_left) = 'object'),
  -- How it ended, if it did: canceled by the user and run out, all refunded, or simply run out.
  status text NOT NULL CHECK (status IN ('active', 'ended', 'canceled', 'refunded')),
  -- Of the unbroken time that runs now or ran last.
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
  -- Whether the user was told that it ends soon.
  expiry_told boolean NOT NULL DEFAULT false,
  auto_renew boolean NOT NULL,
  -- token: our own schedule charges the saved card. provider: CloudPayments charges by a subscription. Never both.
  renew_by text NOT NULL CHECK (renew_by IN ('token', 'provider')),
  subscription_id text UNIQUE CHECK (length(subscription_id) <= 300),
  -- When a run was first told to create the subscription.
  subscription_asked_at timestamptz,
  card_token text CHECK (length(card_token) <= 500),
  card_last_four text CHECK (card_last_four ~ '^\d{4}$'),
  -- Not before then does a run take the renewal up: the lease of a run, or the wait for the next attempt.
  renewal_due_at timestamptz,
  -- When no further attempt was to be made.
  renewal_stopped_at timestamptz,
  -- When the user called it off; null again once he buys anew.
  canceled_at timestamptz,
  -- The period he called off; null when he did so at the provider's.
  cancel_period integer,
  -- What is still to be done at the provider for that, and until when somebody is at it.
  cancel_action text CHECK (cancel_action IN ('refund', 'void', 'stop')),
  cancel_lease_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((cancel_action IS NULL) = (cancel_lease_until IS NULL)),
  CHECK (NOT auto_renew OR renew_by = 'provider' OR card_token IS NOT NULL)
);
-- What the schedules look for: each index holds only what may come up.
CREATE INDEX memberships_running ON fulfillment.memberships (ends_at) WHERE status = 'active';
CREATE INDEX memberships_expiring ON fulfillment.memberships (ends_at)
  WHERE status = 'active' AND NOT auto_renew AND NOT expiry_told;
CREATE INDEX memberships_renewing ON fulfillment.memberships (ends_at) WHERE auto_renew AND renew_by = 'token';
CREATE INDEX memberships_canceling ON fulfillment.memberships (cancel_lease_until)
  WHERE cancel_lease_until IS NOT NULL;

-- One row per payment that gave time.
CREATE TABLE fulfillment.membership_periods (
  membership_id bigint NOT NULL REFERENCES fulfillment.memberships (id),
  -- In the order the payments became known; the renewal order of a period is made under its number.
  number integer NOT NULL CHECK (number > 0),
  -- Null for the charge of a provider's subscription.
  order_ref text UNIQUE REFERENCES fulfillment.orders (order_ref),
  transaction_id text NOT NULL UNIQUE CHECK (length(transaction_id) <= 300),
  plan_code text NOT NULL REFERENCES fulfillment.plans (code),
  is_renewal boolean NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  period_days integer NOT NULL CHECK (period_days > 0),
  paid_at timestamptz NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
  -- All that went back of it, and when the whole amount had.
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
  refunded_at timestamptz,
  PRIMARY KEY (membership_id, number)
);

-- What users are to be told. Each thing is told once, however often it is found out.
CREATE TABLE fulfillment.plan_notices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text NOT NULL REFERENCES fulfillment.plan_users (user_id),
  kind text NOT NULL CHECK (kind IN ('expiring_soon', 'paid', 'payment_error', 'auto_renewed', 'renewal_stopped',
    'canceled', 'refunded')),
  -- What it is about: an order, a transaction, a period.
  subject text NOT NULL CHECK (length(subject) <= 300),
  period integer,
  plan_name text,
  amount_minor bigint CHECK (amount_minor >= 0),
  currency char(3) CHECK (currency ~ '^[A-Z]{3}$'),
  -- What the text needs beyond that, such as the reason of a refusal.
  data jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(data) = 'object'),
  status text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'sent', 'no_address', 'dead')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Not before then does a run take it up: the lease of a run, or the wait for another try.
  due_at timestamptz DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  UNIQUE (user_id, kind, subject),
  CHECK ((status = 'due') = (due_at IS NOT NULL)),
  CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX plan_notices_due ON fulfillment.plan_notices (due_at) WHERE due_at IS NOT NULL;

-- What was used of counters, under the callers' own keys.
CREATE TABLE fulfillment.plan_usage (
  user_id text NOT NULL REFERENCES fulfillment.plan_users (user_id),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  counter text NOT NULL,
  used integer NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
);

-- Refunds name the payment.
CREATE INDEX events_refunds_by_payment ON fulfillment.events (provider, provider_payment_id) WHERE kind = 'refunded';

-- A user's number, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_user_id(p jsonb) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.require_text(p, 'user_id', 200);
END
$fn$;

-- How many days before its end a plan is renewed: 3 when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_days_before(p jsonb) RETURNS interval LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN coalesce(fulfillment.read_integer(p, 'days_before', 0, 60), 3) * interval '24 hours';
END
$fn$;

-- Makes calls about one user go one after the other until their transactions end.
CREATE OR REPLACE FUNCTION fulfillment.lock_user(user_id text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM fulfillment.lock_buyer('cloudpayments-billing', user_id);
END
$fn$;

-- As lock_user, but answers false instead of waiting.
CREATE OR REPLACE FUNCTION fulfillment.try_lock_user(user_id text) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.try_lock_buyer('cloudpayments-billing', user_id);
END
$fn$;

-- What a user has, locked with the user; all null when he never had a plan.
CREATE OR REPLACE FUNCTION fulfillment.lock_membership(user_id text) RETURNS fulfillment.memberships
LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  m fulfillment.memberships;
BEGIN
  PERFORM fulfillment.lock_user(user_id);
  SELECT b.* INTO m FROM fulfillment.memberships b WHERE b.user_id = user_id FOR NO KEY UPDATE;
  RETURN m;
END
$fn$;

-- As lock_membership, by the membership's own number; refused when there is none.
CREATE OR REPLACE FUNCTION fulfillment.lock_known_membership(membership_id bigint) RETURNS fulfillment.memberships
LANGUAGE plpgsql AS $fn$
DECLARE
  v_user_id text := (SELECT m.user_id FROM fulfillment.memberships m WHERE m.id = membership_id);
BEGIN
  IF v_user_id IS NULL THEN
    PERFORM fulfillment.reject('membership_id', 'is not known');
  END IF;
  RETURN fulfillment.lock_membership(v_user_id);
END
$fn$;

-- The status of a membership at this moment, also when nobody has ended it yet.
CREATE OR REPLACE FUNCTION fulfillment.status_now(m fulfillment.memberships) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN CASE WHEN m.status <> 'active' OR m.ends_at > now() THEN m.status
    WHEN m.canceled_at IS NOT NULL THEN 'canceled' ELSE 'ended' END;
END
$fn$;

-- Writes down once what a user is to be told.
CREATE OR REPLACE FUNCTION fulfillment.make_notice(user_id text, kind text, subject text, period integer,
  plan_name text, amount_minor bigint, currency text, data jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $fn$
  INSERT INTO fulfillment.plan_notices (user_id, kind, subject, period, plan_name, amount_minor, currency, data)
  VALUES (user_id, kind, subject, period, plan_name, amount_minor, currency, data)
  ON CONFLICT DO NOTHING
$fn$;

-- One plan of the list of save_plans, refused when something about it is wrong.
CREATE OR REPLACE FUNCTION fulfillment.read_plan(p jsonb, path text) RETURNS fulfillment.plans
LANGUAGE plpgsql AS $fn$
DECLARE
  v_plan fulfillment.plans;
  v_counter text;
BEGIN
  v_plan.code := fulfillment.required(path || '.code', fulfillment.read_pattern(
    p, path || '.code', '^[A-Za-z0-9_-]{1,50}$', 'at most 50 letters, digits, - and _'));
  v_plan.name := fulfillment.require_text(p, path || '.name', 300);
  v_plan.amount_minor := fulfillment.required(
    path || '.amount_minor', fulfillment.read_amount(p, path || '.amount_minor', 1));
  v_plan.currency := fulfillment.required(path || '.currency', fulfillment.read_currency(p, path || '.currency'));
  v_plan.period_days := coalesce(fulfillment.read_integer(p, path || '.period_days', 1, 366), 30);
  v_plan.counters := '{}';
  v_plan.is_active := fulfillment.read_flag(p, path || '.is_active', true);
  FOR v_counter IN SELECT jsonb_object_keys(fulfillment.read_object(p, path || '.counters')) LOOP
    IF v_counter !~ '^[A-Za-z0-9_-]{1,50}$' THEN
      PERFORM fulfillment.reject(path || '.counters',
        format('must have names of at most 50 letters, digits, - and _, got "%s"', left(v_counter, 60)));
    END IF;
    v_plan.counters := v_plan.counters || jsonb_build_object(v_counter, fulfillment.required(
      path || '.counters.' || v_counter,
      fulfillment.read_integer(p, path || '.counters.' || v_counter, 0, 1000000000)));
  END LOOP;
  RETURN v_plan;
END
$fn$;

-- Creates and updates the plans of a list. Called by the workflow that holds the list; may be repeated. Plans that are
-- not in the list stay as they are.
--   p: plans [{code, name, amount_minor, currency, period_days? (30), counters? {name: limit}, is_active? (true)}],
--      force? (false)
--   outcome: created, updated, unchanged, or kept: price or period would change, and force is off; nothing was written
CREATE OR REPLACE FUNCTION fulfillment.save_plans(p jsonb) RETURNS TABLE (code text, outcome text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_force boolean := fulfillment.read_flag(p, 'force', false);
  v_codes text[] := '{}';
  v_plan fulfillment.plans;
  v_held fulfillment.plans;
BEGIN
  IF coalesce(jsonb_typeof(p -> 'plans'), 'null') <> 'array' THEN
    PERFORM fulfillment.reject('plans', 'must be a list of plans');
  END IF;
  -- One list at a time: two that name the same plans in another order would wait for each other in a circle.
  LOCK TABLE fulfillment.plans IN SHARE ROW EXCLUSIVE MODE;
  FOR i IN 0 .. jsonb_array_length(p -> 'plans') - 1 LOOP
    v_plan := fulfillment.read_plan(p, 'plans.' || i);
    IF v_plan.code = ANY (v_codes) THEN
      PERFORM fulfillment.reject(format('plans.%s.code', i), format('"%s" is in the list twice', v_plan.code));
    END IF;
    v_codes := v_codes || v_plan.code;
    SELECT b.* INTO v_held FROM fulfillment.plans b WHERE b.code = v_plan.code;
    IF NOT FOUND THEN
      INSERT INTO fulfillment.plans (code, name, amount_minor, currency, period_days, counters, is_active)
      VALUES (v_plan.code, v_plan.name, v_plan.amount_minor, v_plan.currency, v_plan.period_days, v_plan.counters,
        v_plan.is_active);
      outcome := 'created';
    ELSIF NOT v_force AND (v_held.amount_minor, v_held.currency, v_held.period_days)
      <> (v_plan.amount_minor, v_plan.currency, v_plan.period_days) THEN
      outcome := 'kept';
    ELSE
      UPDATE fulfillment.plans b
      SET name = v_plan.name, amount_minor = v_plan.amount_minor, currency = v_plan.currency,
        period_days = v_plan.period_days, counters = v_plan.counters, is_active = v_plan.is_active, updated_at = now()
      WHERE b.code = v_plan.code
        AND (b.name, b.amount_minor, b.currency, b.period_days, b.counters, b.is_active)
          <> (v_plan.name, v_plan.amount_minor, v_plan.currency, v_plan.period_days, v_plan.counters, v_plan.is_active);
      outcome := CASE WHEN FOUND THEN 'updated' ELSE 'unchanged' END;
    END IF;
    code := v_plan.code;
    RETURN NEXT;
  END LOOP;
END
$fn$;

-- The plans, cheapest first. Called by price pages and by people.
--   p: all? (false: only those that can be bought)
CREATE OR REPLACE FUNCTION fulfillment.list_plans(p jsonb)
RETURNS TABLE (code text, name text, amount_minor bigint, currency text, period_days integer, counters jsonb,
  is_active boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_all boolean := fulfillment.read_flag(p, 'all', false);
BEGIN
  RETURN QUERY
  SELECT b.code, b.name, b.amount_minor, b.currency::text, b.period_days, b.counters, b.is_active
  FROM fulfillment.plans b WHERE b.is_active OR v_all
  ORDER BY b.currency, b.amount_minor, b.code;
END
$fn$;

-- What an order of a plan keeps, so that the buyer gets what was offered even if the plan changes before he pays.
CREATE OR REPLACE FUNCTION fulfillment.plan_terms(b fulfillment.plans) RETURNS jsonb LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN jsonb_build_object('plan', b.code, 'plan_name', b.name, 'period_days', b.period_days, 'counters', b.counters);
END
$fn$;

-- The order a user pays for a plan: pressing the button twice gives the same one. Called by the purchase endpoint,
-- before the payment link is made.
--   p: user_id, plan (code), customer? {name, email, telegram_id} (kept with the user; absent fields stay as they are),
--      auto_renew? (false), renew_by? (token: our schedule charges the saved card; provider: a subscription does),
--      open_minutes? (1380: for how long an unpaid order is offered again), days_before? (3)
--   outcome: created, open (an unpaid order for the same, still young enough), unknown_plan (none, or not sold any
--            more), has_plan (a plan runs until ends_at, which is more than days_before away)
CREATE OR REPLACE FUNCTION fulfillment.open_plan_order(p jsonb)
RETURNS TABLE (outcome text, order_ref text, amount_minor bigint, currency text, description text, user_id text,
  ends_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
  v_code text := fulfillment.require_text(p, 'plan', 1000);
  v_name text := fulfillment.read_text(p, 'customer.name', 300);
  v_email text := fulfillment.read_text(p, 'customer.email', 320);
  v_telegram_id text := fulfillment.read_pattern(p, 'customer.telegram_id', '^\d{1,20}$', 'digits');
  v_renew_by text := coalesce(
    fulfillment.read_pattern(p, 'renew_by', '^(token|provider)$', 'token or provider'), 'token');
  v_minutes integer := coalesce(fulfillment.read_integer(p, 'open_minutes', 1, 1000000), 1380);
  v_days_before interval := fulfillment.read_days_before(p);
  v_plan fulfillment.plans;
  v_details jsonb;
  m fulfillment.memberships;
BEGIN
  v_details := jsonb_build_object('user_id', v_user_id, 'purpose', 'purchase', 'renew_by', v_renew_by,
    'auto_renew', fulfillment.read_flag(p, 'auto_renew', false));
  PERFORM fulfillment.read_object(p, 'customer');
  m := fulfillment.lock_membership(v_user_id);
  user_id := v_user_id;
  SELECT b.* INTO v_plan FROM fulfillment.plans b WHERE b.code = v_code AND b.is_active;
  IF NOT FOUND THEN
    outcome := 'unknown_plan';
    RETURN NEXT;
    RETURN;
  END IF;

  INSERT INTO fulfillment.plan_users AS u (user_id, name, email, telegram_id)
  VALUES (v_user_id, v_name, v_email, v_telegram_id)
  ON CONFLICT (user_id) DO UPDATE SET name = coalesce(excluded.name, u.name),
    email = coalesce(excluded.email, u.email), telegram_id = coalesce(excluded.telegram_id, u.telegram_id);

  amount_minor := v_plan.amount_minor;
  currency := v_plan.currency;
  description := v_plan.name;
  IF m.status = 'active' AND m.ends_at > now() + v_days_before THEN
    outcome := 'has_plan';
    ends_at := m.ends_at;
    RETURN NEXT;
    RETURN;
  END IF;

  v_details := v_details || fulfillment.plan_terms(v_plan);
  SELECT 'open', o.order_ref INTO outcome, order_ref FROM fulfillment.orders o
  WHERE o.pipeline = 'cloudpayments-billing' AND o.buyer_key = v_user_id AND o.status IN ('pending', 'failed')
    AND (o.amount_minor, o.currency) = (v_plan.amount_minor, v_plan.currency) AND o.details = v_details
    AND o.created_at > now() - make_interval(mins => v_minutes)
  ORDER BY o.created_at DESC LIMIT 1;
  IF NOT FOUND THEN
    outcome := 'created';
    order_ref := fulfillment.create_plan_order(v_user_id, v_plan.name, v_plan.amount_minor, v_plan.currency, v_details,
      NULL);
  END IF;
  RETURN NEXT;
END
$fn$;

-- Creates an order of this pipeline; returns its number. It names the user and no person.
CREATE OR REPLACE FUNCTION fulfillment.create_plan_order(user_id text, description text, amount_minor bigint,
  currency text, details jsonb, idempotency_key text) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN (
    SELECT c.order_ref FROM fulfillment.create_order(jsonb_build_object(
      'pipeline', 'cloudpayments-billing', 'provider', 'cloudpayments', 'amount_minor', amount_minor,
      'currency', currency, 'description', description, 'details', details, 'idempotency_key', idempotency_key,
      'buyer_key', user_id)) c);
END
$fn$;

-- What CloudPayments: Check: Answer compares a payment with. Called for every Check.
--   p: order_ref (what the payer's browser sent, or nothing), valid_minutes? (1440: how long a purchase can be paid),
--      subscription_id? (of a charge by the provider's own schedule, which names no order)
--   outcome: found, not_found
--   order: as order_json, with account_id, and with expired true and status `expired` once it is too old to be paid
--   For a charge of a subscription that a plan is renewed by, the order is what that plan costs.
CREATE OR REPLACE FUNCTION fulfillment.check_order(p jsonb) RETURNS TABLE (outcome text, "order" jsonb)
LANGUAGE plpgsql AS $fn$
DECLARE
  v_order_ref text := fulfillment.read_text(p, 'order_ref', 1000);
  v_minutes integer := coalesce(fulfillment.read_integer(p, 'valid_minutes', 1, 1000000), 1440);
  v_subscription_id text := fulfillment.read_text(p, 'subscription_id', 300);
BEGIN
  SELECT 'found', fulfillment.order_json(o.order_ref)
      || jsonb_build_object('account_id', o.buyer_key, 'expired', x.expired)
      || CASE WHEN x.expired THEN '{"status": "expired"}' ELSE '{}' END::jsonb
  INTO outcome, "order"
  FROM fulfillment.orders o CROSS JOIN LATERAL (
    SELECT o.status = 'expired' OR (o.status IN ('pending', 'failed') AND o.details ->> 'purpose' = 'purchase'
      AND o.created_at <= now() - make_interval(mins => v_minutes)) AS expired) x
  WHERE o.order_ref = v_order_ref AND o.pipeline = 'cloudpayments-billing';
  IF NOT FOUND AND v_order_ref IS NULL THEN
    SELECT 'found', jsonb_build_object('order_ref', NULL, 'status', 'pending', 'amount_minor', m.amount_minor,
      'currency', m.currency, 'account_id', m.user_id, 'created_at', now(), 'expired', false)
    INTO outcome, "order"
    FROM fulfillment.memberships m
    WHERE m.subscription_id = v_subscription_id AND m.auto_renew AND m.renew_by = 'provider';
  END IF;
  outcome := coalesce(outcome, 'not_found');
  RETURN NEXT;
END
$fn$;

-- Reckons a membership's time from its payments, whatever order they became known in: each period begins with its
-- payment, or where the one before it ends, and lasts its days of 24 hours. One whose money went back ends there and
-- then, and what was paid for after it moves up.
CREATE OR REPLACE FUNCTION fulfillment.reckon_periods(membership_id bigint) RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  b fulfillment.membership_periods;
  v_begin timestamptz;
  v_start timestamptz;
  v_end timestamptz;
BEGIN
  FOR b IN
    SELECT d.* FROM fulfillment.membership_periods d WHERE d.membership_id = membership_id ORDER BY d.paid_at, d.number
  LOOP
    v_start := greatest(b.paid_at, v_end);
    v_begin := CASE WHEN v_start = v_end THEN v_begin ELSE v_start END;
    v_end := v_start + b.period_days * interval '24 hours';
    IF b.refunded_at IS NOT NULL THEN
      v_end := greatest(v_start, least(v_end, b.refunded_at));
    END IF;
    IF (b.starts_at, b.ends_at) <> (v_start, v_end) THEN
      UPDATE fulfillment.membership_periods d SET starts_at = v_start, ends_at = v_end
      WHERE d.membership_id = membership_id AND d.number = b.number;
    END IF;
  END LOOP;
  UPDATE fulfillment.memberships m
  SET starts_at = v_begin, ends_at = v_end, expiry_told = m.expiry_told AND m.ends_at = v_end,
    status = CASE WHEN v_end > now() THEN 'active' WHEN b.refunded_at IS NOT NULL THEN 'refunded'
      WHEN m.canceled_at IS NOT NULL THEN 'canceled' ELSE 'ended' END
  WHERE m.id = membership_id;
END
$fn$;

-- The number of the period that the next payment gives.
CREATE OR REPLACE FUNCTION fulfillment.next_period(membership_id bigint) RETURNS integer LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  RETURN 1 + coalesce((
    SELECT max(b.number) FROM fulfillment.membership_periods b WHERE b.membership_id = membership_id), 0);
END
$fn$;

-- Whose plan an event is about: by its order, by its subscription, or by the account it names; null for nobody's.
CREATE OR REPLACE FUNCTION fulfillment.plan_user_of(e fulfillment.events) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN coalesce(
    (SELECT o.buyer_key FROM fulfillment.orders o
      WHERE o.order_ref = e.order_ref AND o.pipeline = 'cloudpayments-billing'),
    (SELECT m.user_id FROM fulfillment.memberships m
      WHERE m.subscription_id = e.payload #>> '{subscription,subscriptionId}'),
    (SELECT m.user_id FROM fulfillment.memberships m JOIN fulfillment.membership_periods b ON b.membership_id = m.id
      WHERE e.kind = 'refunded' AND b.transaction_id = e.provider_payment_id),
    (SELECT m.user_id FROM fulfillment.memberships m WHERE m.user_id = e.payload #>> '{raw,AccountId}'));
END
$fn$;

-- Whether the provider has called a subscription off, as far as its events tell.
CREATE OR REPLACE FUNCTION fulfillment.subscription_is_over(subscription_id text) RETURNS boolean
LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  RETURN EXISTS (
    SELECT FROM fulfillment.subscriptions s
    WHERE s.provider = 'cloudpayments' AND s.subscription_id = subscription_id AND s.status <> 'active');
END
$fn$;

-- An event of this pipeline, refused when nobody knows it.
CREATE OR REPLACE FUNCTION fulfillment.require_plan_event(p jsonb) RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  e fulfillment.events;
BEGIN
  SELECT b.* INTO e FROM fulfillment.events b WHERE b.id = v_id AND b.pipeline = 'cloudpayments-billing';
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('event_id', 'is not known');
  END IF;
  RETURN e;
END
$fn$;

-- Why a payment gives no time although its event was claimed, or null. `o` is the order it pays, all null for the
-- charge of a subscription, which pays for what membership `m` holds.
CREATE OR REPLACE FUNCTION fulfillment.plan_objection(e fulfillment.events, o fulfillment.orders,
  m fulfillment.memberships) RETURNS text LANGUAGE plpgsql AS $fn$
DECLARE
  v_amount bigint := coalesce(o.amount_minor, m.amount_minor);
  v_currency text := coalesce(o.currency, m.currency);
BEGIN
  RETURN CASE
    WHEN o.order_ref IS NULL AND (m.id IS NULL OR e.payload #>> '{subscription,subscriptionId}' IS NULL)
      THEN 'belongs to no order and to no subscription of a plan'
    WHEN e.provider_payment_id IS NULL THEN 'names no transaction'
    WHEN (e.amount_minor, e.currency::text) IS DISTINCT FROM (v_amount, v_currency)
      THEN format('expected %s %s, got %s %s (minor units)', v_amount, v_currency,
        coalesce(e.amount_minor::text, 'no amount'), coalesce(e.currency, 'no currency'))
    WHEN nullif(e.payload #>> '{raw,AccountId}', '') <> coalesce(o.buyer_key, m.user_id)
      THEN 'was paid from another account than the one it belongs to'
  END;
END
$fn$;

-- Lets a payment count: for a claimed event paid or renewed. Writes its period once, prolongs or begins the user's
-- plan, fills the counters up and keeps the card for renewals. May be repeated, and payments may come in any order. A
-- payment that fits nothing gives nothing and leaves an alert (mismatch).
--   p: event_id, days_before? (3)
--   outcome: activated, prolonged, nothing; the rest of the row is that of the period and, as far as
--   create_subscription is true, what CloudPayments: Subscription: Create needs. look_first: an earlier run was told to
--   create it; look for it by account before. Then call store_subscription.
CREATE OR REPLACE FUNCTION fulfillment.activate_plan(p jsonb)
RETURNS TABLE (outcome text, user_id text, membership_id bigint, plan text, period integer, starts_at timestamptz,
  ends_at timestamptz, amount_minor bigint, currency text, create_subscription boolean, look_first boolean, token text,
  email text, description text, first_charge_at timestamptz, period_days integer, request_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  e fulfillment.events := fulfillment.require_plan_event(p);
  v_days_before interval := fulfillment.read_days_before(p);
  v_period fulfillment.membership_periods;
  m fulfillment.memberships;
BEGIN
  outcome := 'nothing';
  create_subscription := false;
  look_first := false;
  IF e.kind IN ('paid', 'renewed') AND e.status IN ('processing', 'done') THEN
    user_id := fulfillment.plan_user_of(e);
    m := fulfillment.lock_membership(user_id);
    SELECT b.* INTO v_period FROM fulfillment.membership_periods b
    WHERE b.transaction_id = e.provider_payment_id OR (b.order_ref = e.order_ref AND e.kind = 'paid')
    LIMIT 1;
    IF NOT FOUND THEN
      v_period := fulfillment.add_period(e, m, v_days_before);
    END IF;
  END IF;
  IF v_period.membership_id IS NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT b.* INTO m FROM fulfillment.memberships b WHERE b.id = v_period.membership_id;
  outcome := CASE WHEN EXISTS (
    SELECT FROM fulfillment.membership_periods b
    WHERE b.membership_id = m.id AND b.ends_at = v_period.starts_at AND b.number <> v_period.number
      AND b.paid_at <= v_period.paid_at) THEN 'prolonged' ELSE 'activated' END;
  membership_id := m.id;
  plan := v_period.plan_code;
  period := v_period.number;
  starts_at := v_period.starts_at;
  ends_at := v_period.ends_at;
  amount_minor := v_period.amount_minor;
  currency := v_period.currency;
  IF m.auto_renew AND m.renew_by = 'provider' AND m.subscription_id IS NULL AND m.card_token IS NOT NULL THEN
    create_subscription := true;
    look_first := m.subscription_asked_at IS NOT NULL;
    UPDATE fulfillment.memberships b SET subscription_asked_at = coalesce(b.subscription_asked_at, now())
    WHERE b.id = m.id;
    token := m.card_token;
    amount_minor := m.amount_minor;
    currency := m.currency;
    email := (SELECT u.email FROM fulfillment.plan_users u WHERE u.user_id = m.user_id);
    description := m.plan_name;
    first_charge_at := greatest(m.ends_at - v_days_before, now() + interval '1 hour');
    period_days := m.period_days;
    request_id := format('subscription-%s-%s', m.id, v_period.number);
  END IF;
  RETURN NEXT;
END
$fn$;

-- Judges a payment and writes its period; all null when it gives nothing. `m` is what the user has, locked with him.
CREATE OR REPLACE FUNCTION fulfillment.add_period(e fulfillment.events, m fulfillment.memberships, days_before interval)
RETURNS fulfillment.membership_periods LANGUAGE plpgsql AS $fn$
DECLARE
  o fulfillment.orders;
  v_period fulfillment.membership_periods;
  v_objection text;
  v_is_early boolean;
  v_held_until timestamptz := m.ends_at;
BEGIN
  -- A provider may give every charge of a subscription the number of the order that began it: one order pays once.
  SELECT b.* INTO o FROM fulfillment.orders b
  WHERE b.order_ref = e.order_ref
    AND NOT EXISTS (SELECT FROM fulfillment.membership_periods d WHERE d.order_ref = b.order_ref);
  v_objection := fulfillment.plan_objection(e, o, m);
  IF v_objection IS NOT NULL THEN
    PERFORM fulfillment.raise_alert('mismatch', format('%s event %s %s', e.kind, e.event_key, v_objection),
      e.id, e.order_ref);
    RETURN NULL;
  END IF;
  IF o.order_ref IS NOT NULL AND e.kind = 'renewed' THEN
    -- The first charge of a subscription that was bought with an order.
    e.kind := 'paid';
    PERFORM fulfillment.follow_order(e);
    SELECT b.* INTO o FROM fulfillment.orders b WHERE b.order_ref = o.order_ref;
  END IF;
  IF o.status <> 'paid' THEN
    RETURN NULL;
  END IF;

  -- A day more, because a charge may come a little early.
  v_is_early := m.status = 'active' AND m.ends_at > least(e.occurred_at, now()) + days_before + interval '24 hours';
  m := fulfillment.follow_payment(e, o, m);
  INSERT INTO fulfillment.membership_periods (membership_id, number, order_ref, transaction_id, plan_code, is_renewal,
    amount_minor, currency, period_days, paid_at, starts_at, ends_at)
  SELECT m.id, fulfillment.next_period(m.id), o.order_ref, e.provider_payment_id,
    coalesce(o.details ->> 'plan', m.plan_code), coalesce(o.details ->> 'purpose', 'renewal') = 'renewal',
    e.amount_minor, e.currency, coalesce((o.details ->> 'period_days')::integer, m.period_days), t.paid_at,
    t.paid_at, t.paid_at
  FROM (SELECT least(e.occurred_at, now()) AS paid_at) t
  RETURNING * INTO v_period;
  PERFORM fulfillment.reckon_periods(m.id);
  -- Money that went back before the payment was taken up.
  PERFORM fulfillment.follow_refunds(v_period.transaction_id);

  IF v_is_early THEN
    PERFORM fulfillment.raise_alert('double_payment',
      format('user %s paid for plan %s while a plan of his ran until %s: the time was added', m.user_id,
        v_period.plan_code, v_held_until), e.id, o.order_ref);
  END IF;
  IF v_period.is_renewal AND m.canceled_at IS NOT NULL AND m.cancel_period IS NOT NULL THEN
    -- The charge was on its way when the user called the plan off: it goes back.
    PERFORM fulfillment.call_off_renewals(m.id);
  ELSE
    PERFORM fulfillment.make_notice(m.user_id, CASE WHEN v_period.is_renewal THEN 'auto_renewed' ELSE 'paid' END,
      v_period.transaction_id, v_period.number, coalesce(o.description, m.plan_name), v_period.amount_minor,
      v_period.currency);
  END IF;
  SELECT b.* INTO v_period FROM fulfillment.membership_periods b
  WHERE b.membership_id = v_period.membership_id AND b.number = v_period.number;
  RETURN v_period;
END
$fn$;

-- Lets what a user has follow a payment: begins it, or takes over the terms, the counters and the card of his newest
-- payment, and what he wants about renewal. `o` is all null for the charge of a subscription.
CREATE OR REPLACE FUNCTION fulfillment.follow_payment(e fulfillment.events, o fulfillment.orders,
  m fulfillment.memberships) RETURNS fulfillment.memberships LANGUAGE plpgsql AS $fn$
DECLARE
  v_paid_at timestamptz := least(e.occurred_at, now());
  v_user_id text := coalesce(o.buyer_key, m.user_id);
  v_is_purchase boolean := coalesce(o.details ->> 'purpose' = 'purchase', false);
  v_counters jsonb := coalesce(o.details -> 'counters', m.counters);
  v_subscription_id text := nullif(e.payload #>> '{subscription,subscriptionId}', '');
  -- A token works only together with the account it was given for.
  v_has_card boolean := e.payload #>> '{raw,AccountId}' = v_user_id AND e.payload #>> '{raw,Token}' <> '';
  -- A subscription that runs goes on charging, whatever the buyer chose now.
  v_keeps boolean := coalesce(
    m.auto_renew AND m.renew_by = 'provider' AND m.subscription_id IS NOT NULL, false);
BEGIN
  IF EXISTS (
    SELECT FROM fulfillment.membership_periods b WHERE b.membership_id = m.id AND b.paid_at > v_paid_at) THEN
    -- An older payment that became known late: it adds time, and nothing else.
    RETURN m;
  END IF;
  IF v_has_card THEN
    m.card_token := left(e.payload #>> '{raw,Token}', 500);
    m.card_last_four := substring(e.payload #>> '{raw,CardLastFour}' FROM '^\d{4}$');
  END IF;
  IF v_is_purchase AND (m.canceled_at IS NULL OR m.canceled_at < v_paid_at) THEN
    m.canceled_at := NULL;
    m.cancel_period := CASE WHEN m.cancel_action IS NOT NULL THEN m.cancel_period END;
    m.renewal_stopped_at := NULL;
    m.renewal_due_at := NULL;
    IF v_subscription_id IS NOT NULL OR v_keeps THEN
      m.renew_by := 'provider';
      m.subscription_id := coalesce(v_subscription_id, m.subscription_id);
      m.auto_renew := NOT fulfillment.subscription_is_over(m.subscription_id);
    ELSE
      m.renew_by := o.details ->> 'renew_by';
      m.subscription_id := NULL;
      m.subscription_asked_at := NULL;
      m.auto_renew := (o.details ->> 'auto_renew')::boolean AND m.card_token IS NOT NULL;
    END IF;
  ELSIF m.renewal_stopped_at IS NOT NULL AND m.renew_by = 'token' THEN
    -- The renewal was given up, and is paid all the same.
    m.renewal_stopped_at := NULL;
    m.auto_renew := m.canceled_at IS NULL AND m.card_token IS NOT NULL;
  END IF;
  m.subscription_id := coalesce(m.subscription_id, CASE WHEN m.renew_by = 'provider' THEN v_subscription_id END);

  INSERT INTO fulfillment.memberships AS b (
    user_id, plan_code, plan_name, amount_minor, currency, period_days, counters, counters_left, status, starts_at,
    ends_at, auto_renew, renew_by, subscription_id, card_token, card_last_four
  ) VALUES (
    v_user_id, coalesce(o.details ->> 'plan', m.plan_code), coalesce(o.details ->> 'plan_name', m.plan_name),
    e.amount_minor, e.currency, coalesce((o.details ->> 'period_days')::integer, m.period_days), v_counters, v_counters,
    'active', v_paid_at, v_paid_at, m.auto_renew, m.renew_by, m.subscription_id, m.card_token, m.card_last_four
  )
  ON CONFLICT (user_id) DO UPDATE SET
    plan_code = excluded.plan_code, plan_name = excluded.plan_name, amount_minor = excluded.amount_minor,
    currency = excluded.currency, period_days = excluded.period_days, counters = excluded.counters,
    counters_left = excluded.counters_left, auto_renew = excluded.auto_renew, renew_by = excluded.renew_by,
    subscription_id = excluded.subscription_id, subscription_asked_at = m.subscription_asked_at,
    card_token = excluded.card_token, card_last_four = excluded.card_last_four, renewal_due_at = m.renewal_due_at,
    renewal_stopped_at = m.renewal_stopped_at, canceled_at = m.canceled_at, cancel_period = m.cancel_period
  RETURNING b.* INTO m;
  RETURN m;
END
$fn$;

-- Keeps the subscription that was created after activate_plan asked for it.
--   p: membership_id, subscription_id
--   outcome: stored (also when it was before), or cancel: cancel it at the provider, because the plan is not to be
--            renewed any more or has another subscription
CREATE OR REPLACE FUNCTION fulfillment.store_subscription(p jsonb)
RETURNS TABLE (outcome text, user_id text, membership_id bigint, subscription_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_subscription_id text := fulfillment.require_text(p, 'subscription_id', 300);
  m fulfillment.memberships := fulfillment.lock_known_membership(
    fulfillment.required('membership_id', fulfillment.read_id(p, 'membership_id')));
BEGIN
  IF m.auto_renew AND m.renew_by = 'provider'
    AND coalesce(m.subscription_id, v_subscription_id) = v_subscription_id THEN
    UPDATE fulfillment.memberships b
    SET subscription_id = v_subscription_id, auto_renew = NOT fulfillment.subscription_is_over(v_subscription_id)
    WHERE b.id = m.id;
    outcome := 'stored';
  ELSE
    outcome := 'cancel';
  END IF;
  user_id := m.user_id;
  membership_id := m.id;
  subscription_id := v_subscription_id;
  RETURN NEXT;
END
$fn$;

-- What a claimed event that brings no money means for a plan: failed, refunded, canceled, subscription_ended. May be
-- repeated, and come before or after the payment.
--   p: event_id
--   outcome: told     a refusal: the user is told, nothing else
--            ended    all of a payment went back: its period is over
--            kept     a part of it went back, or the period is not there yet: only noted
--            stopped  no further charge; the plan runs to its end
--            nothing
CREATE OR REPLACE FUNCTION fulfillment.settle_plan_event(p jsonb) RETURNS TABLE (outcome text, user_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  e fulfillment.events := fulfillment.require_plan_event(p);
  o fulfillment.orders;
  m fulfillment.memberships;
BEGIN
  outcome := 'nothing';
  IF e.status IN ('processing', 'done') THEN
    user_id := fulfillment.plan_user_of(e);
  END IF;
  IF user_id IS NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;
  m := fulfillment.lock_membership(user_id);
  SELECT b.* INTO o FROM fulfillment.orders b WHERE b.order_ref = e.order_ref;

  IF e.kind = 'failed' AND coalesce(o.status, 'failed') = 'failed' THEN
    PERFORM fulfillment.make_notice(user_id, 'payment_error',
      coalesce(o.order_ref, format('period %s', fulfillment.next_period(m.id))), NULL,
      coalesce(o.description, m.plan_name), coalesce(e.amount_minor, o.amount_minor), coalesce(e.currency, o.currency),
      fulfillment.read_object(e.payload, 'decline'));
    outcome := 'told';
  ELSIF e.kind = 'refunded' THEN
    outcome := CASE WHEN fulfillment.settle_refund(e) THEN 'ended' ELSE 'kept' END;
    PERFORM fulfillment.make_notice(user_id, 'refunded', coalesce(e.payload ->> 'refundId', e.event_key), NULL,
      coalesce(o.description, m.plan_name), e.amount_minor, coalesce(e.currency, o.currency, m.currency));
  ELSIF e.kind IN ('canceled', 'subscription_ended') AND m.renew_by = 'provider'
    AND m.subscription_id = e.payload #>> '{subscription,subscriptionId}'
    AND fulfillment.subscription_is_over(m.subscription_id) THEN
    UPDATE fulfillment.memberships b
    SET auto_renew = false, canceled_at = CASE WHEN e.kind = 'canceled' THEN coalesce(b.canceled_at, now())
      ELSE b.canceled_at END
    WHERE b.id = m.id;
    IF e.kind = 'canceled' THEN
      PERFORM fulfillment.tell_canceled(m, fulfillment.next_period(m.id) - 1);
    ELSE
      PERFORM fulfillment.stop_renewal(m, false, jsonb_build_object('reason', e.reason));
    END IF;
    outcome := 'stopped';
  END IF;
  RETURN NEXT;
END
$fn$;

-- Ends plans whose time is over, and gives renewals up that were not paid within three days after it. Called every
-- hour. There is no time of grace.
--   p: limit? (1000)
--   one row per plan that ended: status is ended or canceled
CREATE OR REPLACE FUNCTION fulfillment.end_plans(p jsonb)
RETURNS TABLE (membership_id bigint, user_id text, plan text, status text, ends_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 10000), 1000);
  m fulfillment.memberships;
BEGIN
  FOR m IN
    SELECT b.* FROM fulfillment.memberships b
    WHERE b.auto_renew AND b.renew_by = 'token' AND b.ends_at <= now() - interval '72 hours'
    ORDER BY b.ends_at LIMIT v_limit FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM fulfillment.stop_renewal(m, false, '{"reason": "too_late"}');
  END LOOP;
  RETURN QUERY
  WITH over AS (
    SELECT d.id FROM fulfillment.memberships d WHERE d.status = 'active' AND d.ends_at <= now()
    ORDER BY d.ends_at LIMIT v_limit FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE fulfillment.memberships b SET status = fulfillment.status_now(b)
  FROM over WHERE b.id = over.id
  RETURNING b.id, b.user_id, b.plan_code, b.status, b.ends_at;
END
$fn$;

-- Uses up some of a counter of the user's plan, or gives it back. Called before what the counter allows is done.
--   p: user_id, counter, by? (1; negative to give back, never above the plan's limit), key (the caller's own, of this
--      use)
--   outcome: used, known (this key was counted before), exhausted (nothing was counted), no_plan, unknown_counter
--   left: what remains; null without a plan or counter
CREATE OR REPLACE FUNCTION fulfillment.use_counter(p jsonb) RETURNS TABLE (outcome text, "left" integer)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
  v_counter text := fulfillment.require_text(p, 'counter', 50);
  v_by integer := coalesce(fulfillment.read_integer(p, 'by', -1000000000, 1000000000), 1);
  v_key text := fulfillment.require_text(p, 'key', 200);
  m fulfillment.memberships := fulfillment.lock_membership(v_user_id);
BEGIN
  "left" := (m.counters_left ->> v_counter)::integer;
  IF EXISTS (SELECT FROM fulfillment.plan_usage u WHERE u.user_id = v_user_id AND u.key = v_key) THEN
    outcome := 'known';
  ELSIF fulfillment.status_now(m) IS DISTINCT FROM 'active' THEN
    outcome := 'no_plan';
    "left" := NULL;
  ELSIF "left" IS NULL THEN
    outcome := 'unknown_counter';
  ELSIF v_by > "left" THEN
    outcome := 'exhausted';
  ELSE
    outcome := 'used';
    "left" := least("left"::bigint - v_by, (m.counters ->> v_counter)::bigint);
    INSERT INTO fulfillment.plan_usage (user_id, key, counter, used) VALUES (v_user_id, v_key, v_counter, v_by);
    UPDATE fulfillment.memberships b SET counters_left = b.counters_left || jsonb_build_object(v_counter, "left")
    WHERE b.id = m.id;
  END IF;
  RETURN NEXT;
END
$fn$;
