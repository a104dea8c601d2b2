-- Money that moves without the buyer being there: renewals by the saved card, cancellations and refunds.

-- One row per try to charge the card for a period. The order is that of the period; the provider's operations are found
-- by its number.
CREATE TABLE fulfillment.renewal_attempts (
  order_ref text NOT NULL REFERENCES fulfillment.orders (order_ref),
  number integer NOT NULL CHECK (number > 0),
  membership_id bigint NOT NULL REFERENCES fulfillment.memberships (id),
  period integer NOT NULL CHECK (period > 0),
  request_id text NOT NULL UNIQUE,
  --   planned   not sent, or known not to have arrived
  --   sent      sent, no answer recorded; unknown: sent, and the answer left it open
  --   paid, declined are final
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sent', 'paid', 'declined', 'unknown')),
  -- No further attempt follows a refusal.
  is_last boolean NOT NULL,
  transaction_id text CHECK (length(transaction_id) <= 300),
  decline_code text CHECK (length(decline_code) <= 100),
  decline_class text CHECK (decline_class IN ('hard', 'soft', 'temporary')),
  planned_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  decided_at timestamptz,
  -- When to look an open one up, or when to make the attempt after this one; null when nothing follows.
  next_at timestamptz,
  PRIMARY KEY (order_ref, number),
  CHECK ((state IN ('paid', 'declined')) = (decided_at IS NOT NULL)),
  CHECK (state NOT IN ('sent', 'unknown') OR next_at IS NOT NULL)
);
-- What is to be looked up, and whether a membership has such an attempt.
CREATE INDEX renewal_attempts_open ON fulfillment.renewal_attempts (next_at) WHERE state IN ('sent', 'unknown');
CREATE INDEX renewal_attempts_open_by_membership ON fulfillment.renewal_attempts (membership_id)
  WHERE state IN ('sent', 'unknown');

-- Refunds of our own, written before the provider is asked: what is planned is as good as gone.
CREATE TABLE fulfillment.plan_refunds (
  key text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 220),
  user_id text NOT NULL REFERENCES fulfillment.plan_users (user_id),
  -- The payment.
  transaction_id text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'accepted', 'refused')),
  -- The refund's own number at the provider.
  refund_transaction_id text CHECK (length(refund_transaction_id) <= 300),
  request_id text NOT NULL UNIQUE DEFAULT gen_random_uuid()::text,
  planned_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  CHECK ((state = 'planned') = (decided_at IS NULL))
);
CREATE INDEX plan_refunds_by_payment ON fulfillment.plan_refunds (transaction_id);

-- Whether a membership's card may be charged for its next period.
CREATE OR REPLACE FUNCTION fulfillment.may_charge(m fulfillment.memberships) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN m.auto_renew AND m.renew_by = 'token' AND m.ends_at > now() - interval '72 hours';
END
$fn$;

-- Gives a renewal up and tells the user. `burn_card`: the card is of no more use, a new first payment is needed.
CREATE OR REPLACE FUNCTION fulfillment.stop_renewal(m fulfillment.memberships, burn_card boolean, data jsonb)
RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  UPDATE fulfillment.memberships b
  SET auto_renew = false, renewal_stopped_at = now(), renewal_due_at = NULL,
    card_token = CASE WHEN NOT burn_card THEN b.card_token END
  WHERE b.id = m.id;
  PERFORM fulfillment.make_notice(m.user_id, 'renewal_stopped', format('period %s', fulfillment.next_period(m.id)),
    fulfillment.next_period(m.id), m.plan_name, m.amount_minor, m.currency, jsonb_strip_nulls(data));
END
$fn$;

-- The attempt that is due for a membership, made if need be with the order of the period; all null when there is
-- nothing to charge now. The order has the price and the terms the plan has today.
CREATE OR REPLACE FUNCTION fulfillment.plan_attempt(m fulfillment.memberships, max_attempts integer)
RETURNS fulfillment.renewal_attempts LANGUAGE plpgsql AS $fn$
DECLARE
  v_period integer := fulfillment.next_period(m.id);
  v_key text := format('renewal-%s-%s', m.id, v_period);
  v_plan fulfillment.plans;
  v_order_ref text;
  v_status text;
  a fulfillment.renewal_attempts;
BEGIN
  SELECT o.order_ref, o.status INTO v_order_ref, v_status FROM fulfillment.orders o
  WHERE o.pipeline = 'cloudpayments-billing' AND o.idempotency_key = v_key;
  IF NOT FOUND THEN
    SELECT b.* INTO STRICT v_plan FROM fulfillment.plans b WHERE b.code = m.plan_code;
    v_order_ref := fulfillment.create_plan_order(m.user_id, v_plan.name, v_plan.amount_minor, v_plan.currency,
      fulfillment.plan_terms(v_plan)
        || jsonb_build_object('user_id', m.user_id, 'purpose', 'renewal', 'period', v_period), v_key);
  ELSIF v_status IN ('canceled', 'expired', 'refunded', 'disputed') THEN
    PERFORM fulfillment.stop_renewal(m, false, jsonb_build_object('reason', v_status));
    RETURN NULL;
  ELSIF v_status = 'paid' THEN
    RETURN NULL;
  END IF;

  SELECT b.* INTO a FROM fulfillment.renewal_attempts b WHERE b.order_ref = v_order_ref
  ORDER BY b.state = 'paid' DESC, b.number DESC LIMIT 1;
  IF a.state = 'paid' THEN
    RETURN NULL;
  ELSIF a.state IS DISTINCT FROM 'planned' THEN
    INSERT INTO fulfillment.renewal_attempts AS b (order_ref, number, membership_id, period, request_id, is_last)
    SELECT v_order_ref, n.number, m.id, v_period, format('%s-%s', v_order_ref, n.number), n.number >= max_attempts
    FROM (SELECT coalesce(a.number, 0) + 1 AS number) n
    RETURNING b.* INTO a;
  END IF;
  RETURN a;
END
$fn$;

-- Hands out the renewals that are due, and charges nobody knows the outcome of. Called by the renewal schedule. Calls
-- may overlap: no membership is handed out twice while its lease holds. Each row is charged: start_attempt, the charge
-- with request_id, record_charge.
--   p: limit? (50), days_before? (3), max_attempts? (6), lease_seconds? (600: longer than the provider takes to answer)
--   look_first: an earlier run sent this attempt. Find it by order_ref and call record_charge with what was found, or
--   with not_found; charge only if that answers retry. token: the saved card; null when nothing more is to be charged
CREATE OR REPLACE FUNCTION fulfillment.take_renewals(p jsonb)
RETURNS TABLE (membership_id bigint, user_id text, order_ref text, attempt integer, request_id text, look_first boolean,
  token text, amount_minor bigint, currency text, email text, description text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 50);
  v_days_before interval := fulfillment.read_days_before(p);
  v_max_attempts integer := coalesce(fulfillment.read_integer(p, 'max_attempts', 1, 20), 6);
  v_lease interval := make_interval(secs => coalesce(fulfillment.read_lease_seconds(p), 600));
  v_due record;
  m fulfillment.memberships;
  a fulfillment.renewal_attempts;
BEGIN
  FOR v_due IN
    SELECT c.id, c.user_id FROM (
      (SELECT b.id, b.user_id, b.ends_at AS due FROM fulfillment.memberships b
        WHERE b.auto_renew AND b.renew_by = 'token' AND b.ends_at <= now() + v_days_before
          AND b.ends_at > now() - interval '72 hours' AND (b.renewal_due_at IS NULL OR b.renewal_due_at <= now())
        ORDER BY b.ends_at LIMIT v_limit)
      UNION ALL
      (SELECT b.id, b.user_id, t.next_at FROM fulfillment.renewal_attempts t
        JOIN fulfillment.memberships b ON b.id = t.membership_id
        WHERE t.state IN ('sent', 'unknown') AND t.next_at <= now()
        ORDER BY t.next_at LIMIT v_limit)
    ) c GROUP BY c.id, c.user_id ORDER BY min(c.due)
  LOOP
    -- A user whom another call has in hand is not worth waiting for.
    CONTINUE WHEN NOT fulfillment.try_lock_user(v_due.user_id);
    SELECT b.* INTO m FROM fulfillment.memberships b WHERE b.id = v_due.id FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    SELECT t.* INTO a FROM fulfillment.renewal_attempts t
    WHERE t.membership_id = m.id AND t.state IN ('sent', 'unknown') ORDER BY t.next_at LIMIT 1;
    IF FOUND THEN
      CONTINUE WHEN a.next_at > now();
    ELSE
      CONTINUE WHEN NOT fulfillment.may_charge(m) OR m.ends_at > now() + v_days_before OR m.renewal_due_at > now();
      a := fulfillment.plan_attempt(m, v_max_attempts);
    END IF;
    -- Paid, and only its event is to come or to be worked off: looked at again later.
    UPDATE fulfillment.memberships b
    SET renewal_due_at = now() + CASE WHEN a.order_ref IS NULL THEN interval '1 hour' ELSE v_lease END
    WHERE b.id = m.id AND b.auto_renew;
    CONTINUE WHEN a.order_ref IS NULL;
    UPDATE fulfillment.renewal_attempts t SET next_at = now() + v_lease
    WHERE t.order_ref = a.order_ref AND t.number = a.number AND t.state IN ('sent', 'unknown');

    membership_id := m.id;
    user_id := m.user_id;
    order_ref := a.order_ref;
    attempt := a.number;
    request_id := a.request_id;
    look_first := a.sent_at IS NOT NULL;
    token := CASE WHEN fulfillment.may_charge(m) THEN m.card_token END;
    SELECT o.amount_minor, o.currency, o.description INTO amount_minor, currency, description
    FROM fulfillment.orders o WHERE o.order_ref = a.order_ref;
    email := (SELECT u.email FROM fulfillment.plan_users u WHERE u.user_id = m.user_id);
    RETURN NEXT;
    v_limit := v_limit - 1;
    EXIT WHEN v_limit = 0;
  END LOOP;
END
$fn$;

-- An attempt by order and number, with its membership locked before it; refused when nobody knows it.
CREATE OR REPLACE FUNCTION fulfillment.lock_attempt(p jsonb) RETURNS fulfillment.renewal_attempts
LANGUAGE plpgsql AS $fn$
DECLARE
  v_order_ref text := fulfillment.require_text(p, 'order_ref', 1000);
  v_number integer := fulfillment.required('attempt', fulfillment.read_integer(p, 'attempt', 1, 1000));
  a fulfillment.renewal_attempts;
BEGIN
  SELECT t.* INTO a FROM fulfillment.renewal_attempts t WHERE t.order_ref = v_order_ref AND t.number = v_number;
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('attempt', 'is not known');
  END IF;
  PERFORM fulfillment.lock_known_membership(a.membership_id);
  SELECT t.* INTO a FROM fulfillment.renewal_attempts t WHERE t.order_ref = v_order_ref AND t.number = v_number;
  RETURN a;
END
$fn$;

-- Says that the charge is about to be sent. Called right before it; only with `sent` may it be sent.
--   p: order_ref, attempt
--   outcome: sent
--            look_first  another run has sent it: look it up, as with take_renewals
--            stale       decided, paid for otherwise, or called off meanwhile
CREATE OR REPLACE FUNCTION fulfillment.start_attempt(p jsonb) RETURNS TABLE (outcome text, request_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  a fulfillment.renewal_attempts := fulfillment.lock_attempt(p);
  m fulfillment.memberships;
BEGIN
  SELECT b.* INTO m FROM fulfillment.memberships b WHERE b.id = a.membership_id;
  IF a.state IN ('sent', 'unknown') THEN
    outcome := 'look_first';
  ELSIF a.state = 'planned' AND fulfillment.may_charge(m) AND a.period = fulfillment.next_period(m.id)
    AND EXISTS (
      SELECT FROM fulfillment.orders o WHERE o.order_ref = a.order_ref AND o.status IN ('pending', 'failed')) THEN
    UPDATE fulfillment.renewal_attempts t
    SET state = 'sent', sent_at = now(), next_at = greatest(m.renewal_due_at, now() + interval '10 minutes')
    WHERE t.order_ref = a.order_ref AND t.number = a.number;
    outcome := 'sent';
  ELSE
    outcome := 'stale';
  END IF;
  request_id := a.request_id;
  RETURN NEXT;
END
$fn$;

-- Keeps what became of a charge: its answer, or what was found when it was looked up. May be repeated. A paid charge
-- does not prolong the plan: its payment event does, once, whoever brings it.
--   p: order_ref, attempt, outcome (paid, authorized, declined, canceled, threeDSecure, pending, unknown: no answer,
--      not_found: looked up, and never arrived), transaction_id?, decline? {code, class}
--   next: done     paid
--         retry    not_found: this run may start the attempt again now; else take_renewals hands out the next one from
--                  next_attempt_at on
--         wait     not decided: looked up again from next_attempt_at on
--         stopped  no further attempt; the user is told, unless he called the plan off himself
-- A refusal that may pass is tried again after an hour, and after each such pair a day and an hour later: more often
-- the provider blocks the card.
CREATE OR REPLACE FUNCTION fulfillment.record_charge(p jsonb) RETURNS TABLE (next text, next_attempt_at timestamptz)
LANGUAGE plpgsql AS $fn$
DECLARE
  v_outcome text := fulfillment.required('outcome', fulfillment.read_pattern(p, 'outcome',
    '^(paid|authorized|declined|canceled|threeDSecure|pending|unknown|not_found)$',
    'paid, authorized, declined, canceled, threeDSecure, pending, unknown or not_found'));
  v_transaction_id text := fulfillment.read_text(p, 'transaction_id', 300);
  v_code text := fulfillment.read_text(p, 'decline.code', 100);
  v_class text := fulfillment.read_pattern(p, 'decline.class', '^(hard|soft|temporary)$', 'hard, soft or temporary');
  a fulfillment.renewal_attempts := fulfillment.lock_attempt(p);
  m fulfillment.memberships;
  v_goes_on boolean;
BEGIN
  SELECT b.* INTO m FROM fulfillment.memberships b WHERE b.id = a.membership_id;
  v_goes_on := fulfillment.may_charge(m) AND a.period = fulfillment.next_period(m.id);
  IF EXISTS (
    SELECT FROM fulfillment.renewal_attempts t
    WHERE t.order_ref = a.order_ref AND t.number < a.number AND t.transaction_id = v_transaction_id) THEN
    -- Found by order number, the attempts' common one: the operation of an earlier attempt.
    v_outcome := 'not_found';
  END IF;

  IF v_outcome = 'paid' OR a.state = 'paid' THEN
    UPDATE fulfillment.renewal_attempts t
    SET state = 'paid', decided_at = coalesce(t.decided_at, now()), next_at = NULL,
      transaction_id = coalesce(v_transaction_id, t.transaction_id)
    WHERE t.order_ref = a.order_ref AND t.number = a.number;
    next := 'done';
  ELSIF a.state = 'declined' THEN
    next_attempt_at := a.next_at;
    next := CASE WHEN a.next_at IS NULL THEN 'stopped' ELSE 'retry' END;
  ELSIF v_outcome IN ('authorized', 'pending', 'unknown') THEN
    next := 'wait';
    next_attempt_at := now() + CASE WHEN v_outcome = 'unknown' THEN interval '10 minutes' ELSE interval '1 hour' END;
    UPDATE fulfillment.renewal_attempts t
    SET state = 'unknown', next_at = next_attempt_at, transaction_id = coalesce(v_transaction_id, t.transaction_id)
    WHERE t.order_ref = a.order_ref AND t.number = a.number;
  ELSIF v_outcome = 'not_found' THEN
    next := CASE WHEN v_goes_on THEN 'retry' ELSE 'stopped' END;
    UPDATE fulfillment.renewal_attempts t SET state = 'planned', next_at = NULL
    WHERE t.order_ref = a.order_ref AND t.number = a.number;
  ELSE
    next_attempt_at := now() + CASE WHEN a.number % 2 = 1 THEN interval '1 hour' ELSE interval '25 hours' END;
    IF NOT v_goes_on OR a.is_last OR next_attempt_at >= m.ends_at + interval '72 hours'
      OR v_outcome <> 'declined' OR v_class = 'hard' OR v_class IS NULL THEN
      next_attempt_at := NULL;
    END IF;
    UPDATE fulfillment.renewal_attempts t
    SET state = 'declined', decided_at = now(), next_at = next_attempt_at, decline_code = v_code,
      decline_class = v_class, transaction_id = coalesce(v_transaction_id, t.transaction_id)
    WHERE t.order_ref = a.order_ref AND t.number = a.number;
    next := CASE WHEN next_attempt_at IS NULL THEN 'stopped' ELSE 'retry' END;
    IF next = 'stopped' AND v_goes_on THEN
      PERFORM fulfillment.stop_renewal(m,
        v_outcome = 'threeDSecure' OR (v_outcome = 'declined' AND coalesce(v_class, 'hard') = 'hard'),
        jsonb_build_object('reason', v_outcome, 'code', v_code, 'class', v_class));
    END IF;
  END IF;
  IF v_goes_on AND next_attempt_at IS NOT NULL THEN
    UPDATE fulfillment.memberships b SET renewal_due_at = next_attempt_at WHERE b.id = m.id;
  ELSIF next = 'retry' THEN
    -- The same run may go on at once: its lease stays.
    next_attempt_at := now();
  END IF;
  RETURN NEXT;
END
$fn$;

-- What went back of a payment, by the refund events and by our own refunds that no event has told yet.
--   total: all of it; planned: of our own what is not done; last_at: when the newest event happened
CREATE OR REPLACE FUNCTION fulfillment.refunds_of(transaction_id text)
RETURNS TABLE (total bigint, planned bigint, last_at timestamptz) LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  RETURN QUERY
  WITH told AS (
    SELECT e.payload ->> 'refundId' AS refund_id, max(e.amount_minor) AS amount, max(e.occurred_at) AS told_at
    FROM fulfillment.events e
    WHERE e.provider = 'cloudpayments' AND e.kind = 'refunded' AND e.provider_payment_id = transaction_id
      AND (e.status <> 'ignored' OR e.reason <> 'test_payment')
    GROUP BY 1
  ), own AS (
    SELECT r.state, r.amount_minor AS amount FROM fulfillment.plan_refunds r
    WHERE r.transaction_id = transaction_id
      AND NOT EXISTS (SELECT FROM told t WHERE t.refund_id = r.refund_transaction_id)
  )
  SELECT (coalesce((SELECT sum(t.amount) FROM told t), 0)
      + coalesce((SELECT sum(w.amount) FROM own w WHERE w.state = 'accepted'), 0))::bigint,
    coalesce((SELECT sum(w.amount) FROM own w WHERE w.state = 'planned'), 0)::bigint,
    (SELECT max(t.told_at) FROM told t);
END
$fn$;

-- Lets the period of a payment follow what went back of it; true when all of it did. Then the period is over, and where
-- it was the newest, there is no renewal; a subscription is left to take_cancellations.
CREATE OR REPLACE FUNCTION fulfillment.follow_refunds(transaction_id text) RETURNS boolean LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  b fulfillment.membership_periods;
BEGIN
  UPDATE fulfillment.membership_periods d
  SET refunded_minor = r.total,
    refunded_at = CASE WHEN r.total >= d.amount_minor THEN least(d.refunded_at, r.last_at, now()) END
  FROM fulfillment.refunds_of(transaction_id) r
  WHERE d.transaction_id = transaction_id
  RETURNING d.* INTO b;
  IF b.refunded_at IS NULL THEN
    RETURN false;
  END IF;
  UPDATE fulfillment.memberships m
  SET auto_renew = false,
    canceled_at = CASE WHEN c.is_left THEN now() ELSE m.canceled_at END,
    cancel_period = CASE WHEN c.is_left THEN b.number ELSE m.cancel_period END,
    cancel_action = CASE WHEN c.is_left THEN 'stop' ELSE m.cancel_action END,
    cancel_lease_until = CASE WHEN c.is_left THEN now() ELSE m.cancel_lease_until END
  FROM (
    SELECT d.id, d.auto_renew AND d.renew_by = 'provider' AND d.subscription_id IS NOT NULL AS is_left
    FROM fulfillment.memberships d) c
  WHERE m.id = b.membership_id AND c.id = m.id AND NOT EXISTS (
    SELECT FROM fulfillment.membership_periods d
    WHERE d.membership_id = b.membership_id AND (d.paid_at, d.number) > (b.paid_at, b.number));
  PERFORM fulfillment.reckon_periods(b.membership_id);
  RETURN true;
END
$fn$;

-- Takes a refund event up: it settles the refund of our own it is about, if that one's answer was lost. As
-- follow_refunds.
CREATE OR REPLACE FUNCTION fulfillment.settle_refund(e fulfillment.events) RETURNS boolean LANGUAGE plpgsql AS $fn$
DECLARE
  v_refund_id text := nullif(e.payload ->> 'refundId', '');
BEGIN
  UPDATE fulfillment.plan_refunds r
  SET state = 'accepted', refund_transaction_id = v_refund_id, decided_at = coalesce(r.decided_at, now())
  WHERE r.key = (
      SELECT w.key FROM fulfillment.plan_refunds w
      WHERE w.transaction_id = e.provider_payment_id AND w.amount_minor = e.amount_minor
        AND w.state IN ('planned', 'accepted') AND w.refund_transaction_id IS NULL
      ORDER BY w.planned_at, w.key LIMIT 1)
    AND v_refund_id IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM fulfillment.plan_refunds w
      WHERE w.transaction_id = e.provider_payment_id AND w.refund_transaction_id = v_refund_id);
  RETURN fulfillment.follow_refunds(e.provider_payment_id);
END
$fn$;

-- Tells the user that his plan was called off, once for a period.
CREATE OR REPLACE FUNCTION fulfillment.tell_canceled(m fulfillment.memberships, period integer,
  returned_minor bigint DEFAULT 0) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM fulfillment.make_notice(m.user_id, 'canceled', format('period %s', period), period, m.plan_name,
    returned_minor, m.currency);
END
$fn$;

-- The user's payment whose money is only held so far; all null without one.
CREATE OR REPLACE FUNCTION fulfillment.held_payment(user_id text) RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  e fulfillment.events;
BEGIN
  SELECT b.* INTO e
  FROM fulfillment.orders o JOIN fulfillment.events b ON b.order_ref = o.order_ref
  WHERE o.pipeline = 'cloudpayments-billing' AND o.buyer_key = user_id AND o.status IN ('pending', 'failed')
    AND b.kind = 'authorized' AND (b.status <> 'ignored' OR b.reason LIKE 'kind_not_handled:%')
  ORDER BY b.occurred_at DESC LIMIT 1;
  RETURN e;
END
$fn$;

-- Where a user has called his plan off, the renewals that became known since go back as well, one after the other.
CREATE OR REPLACE FUNCTION fulfillment.call_off_renewals(membership_id bigint) RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  UPDATE fulfillment.memberships m
  SET cancel_action = 'refund', cancel_period = b.number, cancel_lease_until = now()
  FROM (
    SELECT min(d.number) AS number
    FROM fulfillment.membership_periods d JOIN fulfillment.memberships n ON n.id = d.membership_id
    WHERE d.membership_id = membership_id AND d.number > n.cancel_period AND d.is_renewal AND d.refunded_at IS NULL) b
  WHERE m.id = membership_id AND b.number IS NOT NULL AND m.canceled_at IS NOT NULL
    AND m.cancel_action IS DISTINCT FROM 'refund';
END
$fn$;

-- What is to be done at the provider now for a membership that was called off. Plans the refund.
CREATE OR REPLACE FUNCTION fulfillment.cancellation_step(m fulfillment.memberships)
RETURNS TABLE (action text, order_ref text, transaction_id text, amount_minor bigint, currency text,
  subscription_id text, request_id text, membership_id bigint, user_id text, look_first boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_key text := format('cancel-%s-%s', m.id, m.cancel_period);
  b fulfillment.membership_periods;
  v_refund fulfillment.plan_refunds;
  v_held fulfillment.events;
BEGIN
  action := CASE WHEN m.cancel_action = 'refund' THEN 'stop' ELSE m.cancel_action END;
  request_id := v_key;
  membership_id := m.id;
  user_id := m.user_id;
  look_first := false;
  subscription_id := CASE WHEN m.renew_by = 'provider' THEN m.subscription_id END;
  IF m.cancel_action = 'refund' THEN
    SELECT d.* INTO b FROM fulfillment.membership_periods d
    WHERE d.membership_id = m.id AND d.number = m.cancel_period;
    SELECT r.* INTO v_refund FROM fulfillment.plan_refunds r WHERE r.key = v_key;
    look_first := FOUND;
    IF NOT look_first THEN
      INSERT INTO fulfillment.plan_refunds AS r (key, user_id, transaction_id, amount_minor)
      SELECT v_key, m.user_id, b.transaction_id, b.amount_minor - f.total - f.planned
      FROM fulfillment.refunds_of(b.transaction_id) f WHERE b.amount_minor > f.total + f.planned
      RETURNING r.* INTO v_refund;
    END IF;
    IF v_refund.state = 'planned' THEN
      action := 'refund';
      order_ref := b.order_ref;
      transaction_id := b.transaction_id;
      amount_minor := v_refund.amount_minor;
      currency := b.currency;
      request_id := v_refund.request_id;
    END IF;
  ELSIF m.cancel_action = 'void' THEN
    v_held := fulfillment.held_payment(m.user_id);
    action := CASE WHEN v_held.id IS NULL THEN 'stop' ELSE 'void' END;
    order_ref := v_held.order_ref;
    transaction_id := v_held.provider_payment_id;
    amount_minor := v_held.amount_minor;
    currency := v_held.currency;
  END IF;
  RETURN NEXT;
END
$fn$;

-- Calls a user's plan off, because he wants so. There is no renewal from now on; what is to be done at the provider is
-- kept until finish_cancellation, and found again by take_cancellations. May be repeated.
--   p: user_id, refund_days? (14: so long after the payment of the newest period all of it goes back), lease_seconds?
--      (300)
--   action: refund  give amount_minor of transaction_id back with request_id, and cancel subscription_id, if any
--           void    release the held payment transaction_id; without membership_id nothing is to be finished
--           stop    cancel subscription_id, if any; the plan runs to its end
--           none    no plan, or it was called off before
--   look_first: the refund was asked for before, and nobody knows whether it was made
CREATE OR REPLACE FUNCTION fulfillment.cancel_plan(p jsonb)
RETURNS TABLE (action text, order_ref text, transaction_id text, amount_minor bigint, currency text,
  subscription_id text, request_id text, membership_id bigint, user_id text, look_first boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.require_user_id(p);
  v_days integer := coalesce(fulfillment.read_integer(p, 'refund_days', 0, 366), 14);
  v_lease interval := make_interval(secs => coalesce(fulfillment.read_lease_seconds(p), 300));
  m fulfillment.memberships := fulfillment.lock_membership(v_user_id);
  b fulfillment.membership_periods;
  v_held fulfillment.events := fulfillment.held_payment(v_user_id);
  v_action text := m.cancel_action;
BEGIN
  IF v_action IS NULL AND fulfillment.status_now(m) = 'active' THEN
    SELECT d.* INTO b FROM fulfillment.membership_periods d
    WHERE d.membership_id = m.id ORDER BY d.paid_at DESC, d.number DESC LIMIT 1;
    v_action := CASE
      WHEN b.refunded_at IS NULL AND b.paid_at > now() - v_days * interval '24 hours' THEN 'refund'
      WHEN v_held.id IS NOT NULL THEN 'void'
      WHEN m.auto_renew OR m.canceled_at IS NULL THEN 'stop' END;
  END IF;
  IF v_action IS NOT NULL THEN
    UPDATE fulfillment.memberships d
    SET auto_renew = false, canceled_at = coalesce(d.canceled_at, now()), cancel_action = v_action,
      cancel_period = coalesce(CASE WHEN d.cancel_action IS NOT NULL THEN d.cancel_period END, b.number),
      cancel_lease_until = now() + v_lease
    WHERE d.id = m.id
    RETURNING d.* INTO m;
    RETURN QUERY SELECT * FROM fulfillment.cancellation_step(m);
  ELSE
    RETURN QUERY SELECT CASE WHEN v_held.id IS NULL THEN 'none' ELSE 'void' END, v_held.order_ref,
      v_held.provider_payment_id, v_held.amount_minor, v_held.currency::text, NULL::text, 'void-' || v_held.order_ref,
      NULL::bigint, v_user_id, false;
  END IF;
END
$fn$;

-- Cancellations whose run was cut off, and renewals that were paid after a cancellation. Called by the renewal
-- schedule; rows as from cancel_plan. Calls may overlap: none is handed out twice while its lease holds.
--   p: limit? (50), lease_seconds? (300)
CREATE OR REPLACE FUNCTION fulfillment.take_cancellations(p jsonb)
RETURNS TABLE (action text, order_ref text, transaction_id text, amount_minor bigint, currency text,
  subscription_id text, request_id text, membership_id bigint, user_id text, look_first boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 50);
  v_lease interval := make_interval(secs => coalesce(fulfillment.read_lease_seconds(p), 300));
  v_due record;
  m fulfillment.memberships;
BEGIN
  FOR v_due IN
    SELECT d.id, d.user_id FROM fulfillment.memberships d WHERE d.cancel_lease_until <= now()
    ORDER BY d.cancel_lease_until LIMIT v_limit
  LOOP
    CONTINUE WHEN NOT fulfillment.try_lock_user(v_due.user_id);
    UPDATE fulfillment.memberships d SET cancel_lease_until = now() + v_lease
    WHERE d.id = v_due.id AND d.cancel_lease_until <= now()
    RETURNING d.* INTO m;
    IF FOUND THEN
      RETURN QUERY SELECT * FROM fulfillment.cancellation_step(m);
    END IF;
  END LOOP;
END
$fn$;

-- Says what was done at the provider for a cancellation, and tells the user. May be repeated.
--   p: membership_id? (absent: a held payment without a plan was released, nothing to finish),
--      outcome (refunded: the provider took the refund; stopped: no money went back), refund_transaction_id?
--   outcome: finished, nothing (no cancellation was open); status and ends_at of the plan now
CREATE OR REPLACE FUNCTION fulfillment.finish_cancellation(p jsonb)
RETURNS TABLE (outcome text, user_id text, status text, ends_at timestamptz)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_outcome text := fulfillment.required('outcome',
    fulfillment.read_pattern(p, 'outcome', '^(refunded|stopped)$', 'refunded or stopped'));
  v_refund_id text := fulfillment.read_text(p, 'refund_transaction_id', 300);
  v_id bigint := fulfillment.read_id(p, 'membership_id');
  m fulfillment.memberships;
  v_refund fulfillment.plan_refunds;
  v_held fulfillment.events;
  v_goes_on boolean;
BEGIN
  outcome := 'nothing';
  IF v_id IS NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;
  m := fulfillment.lock_known_membership(v_id);
  SELECT r.* INTO v_refund FROM fulfillment.plan_refunds r WHERE r.key = format('cancel-%s-%s', m.id, m.cancel_period);
  -- A refund that was never handed out can't have been refused: that answer is about an earlier step.
  IF m.cancel_action IS NOT NULL
    AND (v_outcome = 'refunded' OR m.cancel_action <> 'refund' OR v_refund.key IS NOT NULL) THEN
    IF m.cancel_action = 'refund' AND v_refund.key IS NOT NULL THEN
      PERFORM fulfillment.decide_refund(v_refund, CASE v_outcome WHEN 'refunded' THEN 'accepted' ELSE 'refused' END,
        v_refund_id);
      SELECT r.* INTO v_refund FROM fulfillment.plan_refunds r WHERE r.key = v_refund.key;
    END IF;
    PERFORM fulfillment.tell_canceled(m, m.cancel_period,
      CASE WHEN m.cancel_action = 'refund' AND v_refund.state = 'accepted' THEN v_refund.amount_minor ELSE 0 END);
    v_held := fulfillment.held_payment(m.user_id);
    v_goes_on := m.cancel_action = 'refund' AND v_held.id IS NOT NULL;
    UPDATE fulfillment.memberships d
    SET cancel_action = CASE WHEN v_goes_on THEN 'void' END, cancel_lease_until = CASE WHEN v_goes_on THEN now() END
    WHERE d.id = m.id;
    PERFORM fulfillment.call_off_renewals(m.id);
    outcome := 'finished';
  END IF;
  SELECT d.user_id, fulfillment.status_now(d), d.ends_at INTO user_id, status, ends_at
  FROM fulfillment.memberships d WHERE d.id = m.id;
  RETURN NEXT;
END
$fn$;

-- Keeps the provider's word on a refund of our own. What was accepted stays so; what was refused may turn out accepted.
CREATE OR REPLACE FUNCTION fulfillment.decide_refund(r fulfillment.plan_refunds, state text, refund_transaction_id text)
RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  UPDATE fulfillment.plan_refunds w
  SET state = state, decided_at = coalesce(w.decided_at, now()),
    refund_transaction_id = coalesce(refund_transaction_id, w.refund_transaction_id)
  WHERE w.key = r.key AND (w.state <> 'accepted' OR state = 'accepted');
  PERFORM fulfillment.follow_refunds(r.transaction_id);
END
$fn$;

-- All that users were asked to pay and paid: the orders of the pipeline, and the charges of subscriptions, which have
-- none.
CREATE VIEW fulfillment.plan_payments AS
SELECT o.buyer_key AS user_id, o.order_ref, o.provider_payment_id AS transaction_id, o.details ->> 'plan' AS plan,
  coalesce(b.is_renewal, o.details ->> 'purpose' = 'renewal') AS is_renewal,
  CASE WHEN o.status = 'paid' AND b.refunded_at IS NOT NULL THEN 'refunded' ELSE o.status END AS status,
  o.amount_minor, o.currency::text AS currency, greatest(o.refunded_minor, b.refunded_minor) AS refunded_minor,
  o.created_at, o.paid_at, b.number AS period, b.starts_at, b.ends_at
FROM fulfillment.orders o LEFT JOIN fulfillment.membership_periods b ON b.order_ref = o.order_ref
WHERE o.pipeline = 'cloudpayments-billing' AND o.provider = 'cloudpayments'
UNION ALL
SELECT m.user_id, NULL, b.transaction_id, b.plan_code, b.is_renewal,
  CASE WHEN b.refunded_at IS NULL THEN 'paid' ELSE 'refunded' END,
  b.amount_minor, b.currency::text, b.refunded_minor, b.paid_at, b.paid_at, b.number, b.starts_at, b.ends_at
FROM fulfillment.membership_periods b JOIN fulfillment.memberships m ON m.id = b.membership_id
WHERE b.order_ref IS NULL;

-- A payment by its order number, or else by the provider's number; all null when there is none.
CREATE OR REPLACE FUNCTION fulfillment.find_payment(p jsonb) RETURNS fulfillment.plan_payments
LANGUAGE plpgsql AS $fn$
DECLARE
  v_order_ref text := fulfillment.read_text(p, 'order_ref', 1000);
  v_transaction_id text := fulfillment.read_text(p, 'transaction_id', 300);
  v_payment fulfillment.plan_payments;
BEGIN
  IF v_order_ref IS NOT NULL THEN
    SELECT b.* INTO v_payment FROM fulfillment.plan_payments b WHERE b.order_ref = v_order_ref;
  ELSIF v_transaction_id IS NOT NULL THEN
    SELECT b.* INTO v_payment FROM fulfillment.plan_payments b WHERE b.transaction_id = v_transaction_id
    ORDER BY b.paid_at NULLS LAST LIMIT 1;
  ELSE
    PERFORM fulfillment.reject('order_ref', 'or transaction_id is required');
  END IF;
  RETURN v_payment;
END
$fn$;

-- Plans a refund of a part, or of all that is left, before the provider is asked; calls at the same time never plan
-- more than was paid. Called by people and by the refund endpoint, then confirm_refund.
--   p: order_ref or transaction_id, user_id? (refused as foreign when the payment is another's), amount_minor, key (the
--      caller's own, of this refund)
--   outcome: planned
--            known     this key was planned before; state says what became of it, request_id is the same
--            unknown   no such payment
--            foreign
--            too_much  remaining is what could still go back
--   state: planned, accepted, refused; remaining: what is left after this refund
CREATE OR REPLACE FUNCTION fulfillment.partial_refund(p jsonb)
RETURNS TABLE (outcome text, state text, transaction_id text, amount_minor bigint, currency text, request_id text,
  remaining bigint, user_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id text := fulfillment.read_text(p, 'user_id', 200);
  v_amount bigint := fulfillment.required('amount_minor', fulfillment.read_amount(p, 'amount_minor', 1));
  v_key text := fulfillment.require_text(p, 'key', 200);
  v_payment fulfillment.plan_payments := fulfillment.find_payment(p);
  v_refund fulfillment.plan_refunds;
BEGIN
  outcome := CASE WHEN v_payment.transaction_id IS NULL OR v_payment.paid_at IS NULL THEN 'unknown'
    WHEN v_payment.user_id <> v_user_id THEN 'foreign' END;
  IF outcome IS NULL THEN
    PERFORM fulfillment.lock_user(v_payment.user_id);
    SELECT v_payment.amount_minor - f.total - f.planned INTO remaining
    FROM fulfillment.refunds_of(v_payment.transaction_id) f;
    SELECT r.* INTO v_refund FROM fulfillment.plan_refunds r WHERE r.key = 'partial-' || v_key;
    IF FOUND THEN
      IF (v_refund.transaction_id, v_refund.amount_minor) <> (v_payment.transaction_id, v_amount) THEN
        PERFORM fulfillment.reject('key', 'was used for a refund of another payment or amount');
      END IF;
      outcome := 'known';
    ELSIF v_amount > remaining THEN
      outcome := 'too_much';
    ELSE
      INSERT INTO fulfillment.plan_refunds AS r (key, user_id, transaction_id, amount_minor)
      VALUES ('partial-' || v_key, v_payment.user_id, v_payment.transaction_id, v_amount)
      RETURNING r.* INTO v_refund;
      outcome := 'planned';
      remaining := remaining - v_amount;
    END IF;
    state := v_refund.state;
    transaction_id := v_payment.transaction_id;
    amount_minor := v_amount;
    currency := v_payment.currency;
    request_id := v_refund.request_id;
    user_id := v_payment.user_id;
  END IF;
  RETURN NEXT;
END
$fn$;

-- Keeps the provider's word on a planned refund. May be repeated; a refusal frees what was planned.
--   p: key (as with partial_refund), outcome (accepted, refused), refund_transaction_id?
--   outcome: accepted, refused: what the refund is now; unknown: no such key
CREATE OR REPLACE FUNCTION fulfillment.confirm_refund(p jsonb) RETURNS TABLE (outcome text, user_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_key text := 'partial-' || fulfillment.require_text(p, 'key', 200);
  v_outcome text := fulfillment.required('outcome',
    fulfillment.read_pattern(p, 'outcome', '^(accepted|refused)$', 'accepted or refused'));
  v_refund_id text := fulfillment.read_text(p, 'refund_transaction_id', 300);
  v_refund fulfillment.plan_refunds;
BEGIN
  SELECT r.* INTO v_refund FROM fulfillment.plan_refunds r WHERE r.key = v_key;
  IF NOT FOUND THEN
    outcome := 'unknown';
  ELSE
    PERFORM fulfillment.lock_membership(v_refund.user_id);
    PERFORM fulfillment.decide_refund(v_refund, v_outcome, v_refund_id);
    SELECT r.state, r.user_id INTO outcome, user_id FROM fulfillment.plan_refunds r WHERE r.key = v_key;
  END IF;
  RETURN NEXT;
END
$fn$;
