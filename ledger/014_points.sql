-- Points: what the Loyalty Calculator is asked, and what is posted of its answer.

-- Users whose points are to be worked out: their history has grown since it was posted, or points fell due by time
-- alone. A crash before posting leaves a user here. Called by sync, webhook and whoever wants figures of this moment.
--   p: user_ids? (only these), always? (false; true: the named ones in any case), limit? (500)
--   events, as_of: for the calculator; user_id, revision, as_of go on to post_points with its result
CREATE OR REPLACE FUNCTION fulfillment.loyalty_work(p jsonb)
RETURNS TABLE (user_id bigint, external_id text, telegram_id text, name text, code text, revision bigint, as_of text,
  events jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_count integer := jsonb_array_length(fulfillment.read_list(p, 'user_ids', 10000));
  v_ids bigint[] := CASE WHEN v_count IS NOT NULL THEN array(
    SELECT fulfillment.required('user_ids.' || i, fulfillment.read_id(p, 'user_ids.' || i))
    FROM generate_series(0, v_count - 1) i) END;
  v_always boolean := fulfillment.read_flag(p, 'always', false);
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 10000), 500);
BEGIN
  IF v_ids IS NULL THEN
    v_ids := array(
      SELECT d.id FROM (
        (SELECT u.id FROM fulfillment.loyalty_users u WHERE u.revision > u.posted_revision ORDER BY u.id LIMIT v_limit)
        UNION
        (SELECT u.id FROM fulfillment.loyalty_users u WHERE u.next_check_at <= now()
          ORDER BY u.next_check_at LIMIT v_limit)
      ) d LIMIT v_limit);
    v_always := false;
  END IF;
  -- One statement, so that revision and events are of one moment.
  RETURN QUERY
  SELECT u.id, u.external_id, u.telegram_id, u.name, u.code, u.revision,
    fulfillment.iso(greatest(date_trunc('milliseconds', now()), u.history_at, u.points_at)),
    (SELECT coalesce(jsonb_agg(jsonb_build_object('at', fulfillment.iso(h.at))
        || CASE WHEN a.rate_bps IS NULL THEN h.event
          ELSE jsonb_set(h.event, '{record,rateBps}', to_jsonb(a.rate_bps)) END ORDER BY h.revision), '[]')
      FROM fulfillment.loyalty_history h
      LEFT JOIN fulfillment.loyalty_awards a ON a.user_id = h.user_id AND a.source = h.source
      LEFT JOIN fulfillment.loyalty_acts c ON c.id = h.act_id
      -- What was turned down once stays so, whatever the rules are by now.
      WHERE h.user_id = u.id AND c.status IS DISTINCT FROM 'rejected')
  FROM fulfillment.loyalty_users u
  WHERE u.id = ANY (v_ids) AND (v_always OR u.revision > u.posted_revision OR u.next_check_at <= now())
  ORDER BY u.id LIMIT v_limit;
END
$fn$;

-- An entry as callers see it.
CREATE OR REPLACE FUNCTION fulfillment.shown_entry(e fulfillment.loyalty_entries) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT to_jsonb(e) - 'user_id'
$fn$;

-- Writes an entry of a locked user; its id, seq and time are given here. Two users may post to one source at once.
CREATE OR REPLACE FUNCTION fulfillment.write_entry(e fulfillment.loyalty_entries) RETURNS fulfillment.loyalty_entries
LANGUAGE plpgsql AS $fn$
DECLARE
  v_entry fulfillment.loyalty_entries;
BEGIN
  LOOP
    INSERT INTO fulfillment.loyalty_entries (user_id, type, points, source, key, seq, rate_bps, base_kopecks,
      record_version, note)
    VALUES (e.user_id, e.type, e.points, e.source, e.key,
      CASE WHEN e.source IS NOT NULL THEN (
        SELECT coalesce(max(s.seq), 0) + 1 FROM fulfillment.loyalty_entries s WHERE s.source = e.source) END,
      e.rate_bps, e.base_kopecks, e.record_version, e.note)
    ON CONFLICT (source, seq) DO NOTHING
    RETURNING * INTO v_entry;
    EXIT WHEN FOUND;
  END LOOP;
  -- Staff who may edit prices can mint points. Told once per booking.
  IF e.type IN ('earn', 'reverse') AND 4 = (
    SELECT count(*) FROM fulfillment.loyalty_entries s WHERE s.source = e.source AND s.type IN ('earn', 'reverse')) THEN
    PERFORM fulfillment.raise_alert('points_changed_often',
      format('the points of booking %s were changed more than 3 times', e.source), NULL, NULL,
      jsonb_build_object('source', e.source, 'user_id', e.user_id));
  END IF;
  RETURN v_entry;
END
$fn$;

-- Checks the form of what the Loyalty Calculator put out.
CREATE OR REPLACE FUNCTION fulfillment.check_result(p jsonb) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
  v_path text;
BEGIN
  PERFORM fulfillment.required('result.available', fulfillment.read_amount(p, 'result.available', -9007199254740991));
  PERFORM fulfillment.required('result.pending', fulfillment.read_amount(p, 'result.pending', 0));
  PERFORM fulfillment.required('result.tierMetric', fulfillment.read_amount(p, 'result.tierMetric', 0));
  PERFORM fulfillment.require_text(p, 'result.tier', 200);
  FOR i IN 0 .. jsonb_array_length(fulfillment.required('result.bookings',
    fulfillment.read_list(p, 'result.bookings', 100000))) - 1 LOOP
    v_path := format('result.bookings.%s.', i);
    PERFORM fulfillment.require_text(p, v_path || 'source', 200);
    PERFORM fulfillment.required(v_path || 'target', fulfillment.read_amount(p, v_path || 'target', 0));
    PERFORM fulfillment.read_integer(p, v_path || 'rateBps', 0, 10000);
    PERFORM fulfillment.required(v_path || 'baseKopecks', fulfillment.read_amount(p, v_path || 'baseKopecks', 0));
    PERFORM fulfillment.required(v_path || 'changedAt', fulfillment.read_time(p, v_path || 'changedAt'));
  END LOOP;
  FOR i IN 0 .. jsonb_array_length(fulfillment.required('result.entries',
    fulfillment.read_list(p, 'result.entries', 100000))) - 1 LOOP
    v_path := format('result.entries.%s.', i);
    PERFORM fulfillment.require_text(p, v_path || 'type', 20);
    PERFORM fulfillment.read_text(p, v_path || 'source', 200);
    PERFORM fulfillment.read_text(p, v_path || 'key', 200);
    PERFORM fulfillment.required(v_path || 'points', fulfillment.read_amount(p, v_path || 'points', -9007199254740991));
  END LOOP;
  PERFORM fulfillment.required('result.explanations', fulfillment.read_list(p, 'result.explanations', 100000));
  FOR i IN 0 .. coalesce(jsonb_array_length(fulfillment.read_list(p, 'result.expiringSoon.lots', 100000)), 0) - 1 LOOP
    v_path := format('result.expiringSoon.lots.%s.expiresAt', i);
    PERFORM fulfillment.required(v_path, fulfillment.read_time(p, v_path));
  END LOOP;
END
$fn$;

-- What the calculator gave and took in all: for a booking what it earned, less what was taken back, and what expired of
-- it; for an act what it came to, and what expired of it.
CREATE OR REPLACE FUNCTION fulfillment.calculated_entries(result jsonb)
RETURNS TABLE (source text, key text, type text, points bigint) LANGUAGE sql AS $fn$
  SELECT e.source, e.key, CASE e.type WHEN 'reverse' THEN 'earn' ELSE e.type END, sum(e.points)::bigint
  FROM jsonb_to_recordset(result -> 'entries') e (source text, key text, type text, points bigint)
  GROUP BY 1, 2, 3
$fn$;

-- The same of what was posted for a user.
CREATE OR REPLACE FUNCTION fulfillment.posted_entries(user_id bigint)
RETURNS TABLE (source text, key text, type text, points bigint) LANGUAGE sql AS $fn$
  SELECT e.source, e.key, CASE e.type WHEN 'reverse' THEN 'earn' ELSE e.type END, sum(e.points)::bigint
  FROM fulfillment.loyalty_entries e WHERE e.user_id = posted_entries.user_id
  GROUP BY 1, 2, 3
$fn$;

-- What the calculator lets expire beyond what was posted for a user.
CREATE OR REPLACE FUNCTION fulfillment.newly_expired(user_id bigint, result jsonb)
RETURNS TABLE (source text, key text, points bigint) LANGUAGE sql AS $fn$
  SELECT c.source, c.key, c.points - coalesce(d.points, 0)
  FROM fulfillment.calculated_entries(result) c
  LEFT JOIN fulfillment.posted_entries(newly_expired.user_id) d
    ON d.type = 'expire' AND (d.source, d.key) IS NOT DISTINCT FROM (c.source, c.key)
  WHERE c.type = 'expire' AND c.points < coalesce(d.points, 0)
$fn$;

-- Why the calculator turned an act down; null when it says nothing about it.
CREATE OR REPLACE FUNCTION fulfillment.refusal_of(a fulfillment.loyalty_acts, result jsonb) RETURNS text
LANGUAGE sql AS $fn$
  SELECT x.code FROM jsonb_to_recordset(result -> 'explanations') x (id text, code text)
  WHERE x.id = a.key AND x.code = ANY (CASE a.type
    WHEN 'burn' THEN '{balance_too_low,bill_unknown,above_share_of_bill,duplicate_burn}'::text[]
    WHEN 'burn_cancel' THEN '{unknown_burn,duplicate}' ELSE '{duplicate_adjust}' END)
  LIMIT 1
$fn$;

-- When time alone next changes the points of a user.
CREATE OR REPLACE FUNCTION fulfillment.next_check(result jsonb, as_of timestamptz, look_ahead_days integer)
RETURNS timestamptz LANGUAGE plpgsql AS $fn$
DECLARE
  v_expires_at timestamptz := (
    SELECT min((l.lot ->> 'expiresAt')::timestamptz)
    FROM jsonb_array_elements(result #> '{expiringSoon,lots}') l (lot));
BEGIN
  RETURN least(v_expires_at,
    -- The calculator does not tell when pending points become active.
    CASE WHEN (result ->> 'pending')::bigint > 0 THEN as_of + interval '1 day' END,
    -- Nor what expires later than it was asked to look.
    CASE WHEN (result ->> 'pending')::bigint + (result ->> 'available')::bigint > 0
      THEN as_of + make_interval(days => look_ahead_days) END);
END
$fn$;

-- Posts what the calculator worked out, if nothing became known of the user in between: the difference between what
-- each changed booking should hold and what was posted for it, acts once per key, and what expired. A booking that did
-- not change keeps its points whatever the rules are by now. Called for each item of the calculator; may be repeated.
--   p: user_id, revision, as_of (as from loyalty_work), result (output of the calculator), look_ahead_days? (30: how
--      far ahead the calculator looked for points that expire; it is asked again no later)
--   outcome: posted, nothing (to write; also while the programme is off, which leaves all for later), stale (ask
--   loyalty_work again); points: the sum of what was written; balance: the sum of all entries
CREATE OR REPLACE FUNCTION fulfillment.post_points(p jsonb)
RETURNS TABLE (outcome text, user_id bigint, external_id text, telegram_id text, points bigint, balance bigint,
  written jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_user_id bigint := fulfillment.required('user_id', fulfillment.read_id(p, 'user_id'));
  v_revision bigint := fulfillment.required('revision', fulfillment.read_integer(p, 'revision', 0, 999999999999999999));
  v_as_of timestamptz := fulfillment.required('as_of', fulfillment.read_time(p, 'as_of'));
  v_look_ahead integer := coalesce(fulfillment.read_integer(p, 'look_ahead_days', 1, 3650), 30);
  v_result jsonb := fulfillment.read_object(p, 'result');
  v_user fulfillment.loyalty_users;
  v_entry fulfillment.loyalty_entries;
BEGIN
  PERFORM fulfillment.check_result(p);
  PERFORM fulfillment.lock_users(array[v_user_id]);
  SELECT u.* INTO v_user FROM fulfillment.loyalty_users u WHERE u.id = v_user_id;
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('user_id', 'is not known');
  END IF;
  user_id := v_user.id;
  external_id := v_user.external_id;
  telegram_id := v_user.telegram_id;
  points := 0;
  balance := fulfillment.balance_of(v_user.id);
  written := '[]';
  outcome := CASE WHEN v_user.revision <> v_revision OR v_as_of < v_user.points_at THEN 'stale'
    WHEN v_result -> 'explanations' @> '[{"code": "programme_off"}]' THEN 'nothing' END;

  IF outcome IS NULL THEN
    -- By source, so that users who post to the same sources wait, but never in a circle.
    FOR v_entry IN
      SELECT e.* FROM unnest(fulfillment.plan_entries(v_user, v_result, post_points.balance)) e
      WHERE e.points <> 0 ORDER BY e.source, e.id
    LOOP
      v_entry := fulfillment.write_entry(v_entry);
      points := points + v_entry.points;
      written := written || fulfillment.shown_entry(v_entry);
    END LOOP;
    balance := balance + points;
    outcome := CASE WHEN written = '[]' THEN 'nothing' ELSE 'posted' END;
    PERFORM fulfillment.keep_figures(v_user, v_result, balance, v_as_of, v_look_ahead);
  END IF;
  RETURN NEXT;
END
$fn$;

-- The sum of all entries of a user.
CREATE OR REPLACE FUNCTION fulfillment.balance_of(user_id bigint) RETURNS bigint LANGUAGE sql AS $fn$
  SELECT coalesce(sum(e.points), 0)::bigint FROM fulfillment.loyalty_entries e WHERE e.user_id = balance_of.user_id
$fn$;

-- Refuses a result that is not about this user, or not about all that is to be posted.
CREATE OR REPLACE FUNCTION fulfillment.check_whose(u fulfillment.loyalty_users, result jsonb) RETURNS void
LANGUAGE plpgsql AS $fn$
DECLARE
  v_list text;
  v_index bigint;
  v_source text;
BEGIN
  FOREACH v_list IN ARRAY array['bookings', 'entries'] LOOP
    SELECT e.n - 1 INTO v_index FROM jsonb_array_elements(result -> v_list) WITH ORDINALITY e (element, n)
    WHERE CASE WHEN e.element ->> 'source' IS NOT NULL
      THEN NOT EXISTS (
        SELECT FROM fulfillment.loyalty_awards a WHERE a.user_id = u.id AND a.source = e.element ->> 'source')
      ELSE NOT EXISTS (
        SELECT FROM fulfillment.loyalty_acts a WHERE a.user_id = u.id AND a.key = e.element ->> 'key') END
    ORDER BY e.n LIMIT 1;
    IF FOUND THEN
      PERFORM fulfillment.reject(format('result.%s.%s', v_list, v_index), 'is nothing of this user');
    END IF;
  END LOOP;
  SELECT a.source INTO v_source FROM fulfillment.loyalty_awards a
  WHERE a.user_id = u.id AND a.version > a.posted_version AND 1 <> (
    SELECT count(*) FROM jsonb_array_elements(result -> 'bookings') b (booking) WHERE b.booking ->> 'source' = a.source)
  LIMIT 1;
  IF FOUND THEN
    PERFORM fulfillment.reject('result.bookings', format('must have %s once', v_source));
  END IF;
END
$fn$;

-- Works out the entries to write for a locked user, some of them of 0 points, and keeps what bookings and acts came to.
-- An entry's id is its place in the order so far.
CREATE OR REPLACE FUNCTION fulfillment.plan_entries(u fulfillment.loyalty_users, result jsonb, balance bigint)
RETURNS fulfillment.loyalty_entries[] LANGUAGE plpgsql AS $fn$
DECLARE
  v_plan fulfillment.loyalty_entries[] := '{}';
  v_expired fulfillment.loyalty_entries[];
  v_blank fulfillment.loyalty_entries;
  v_entry fulfillment.loyalty_entries;
  v_calculated bigint := (result ->> 'available')::bigint + (result ->> 'pending')::bigint;
  -- What the calculator counts beyond the ledger.
  v_excess bigint;
  v_spared bigint;
  v_booking record;
  v_act fulfillment.loyalty_acts;
  v_reason text;
BEGIN
  PERFORM fulfillment.check_whose(u, result);
  v_blank.user_id := u.id;
  FOR v_booking IN
    SELECT a.source, a.points AS held, b.target, b."rateBps", b."baseKopecks", b."changedAt",
      coalesce(c.points, 0) - coalesce(d.points, 0) AS difference
    FROM fulfillment.loyalty_awards a
    JOIN jsonb_to_recordset(result -> 'bookings')
      b (source text, target bigint, "rateBps" integer, "baseKopecks" bigint, "changedAt" timestamptz)
      ON b.source = a.source
    LEFT JOIN fulfillment.calculated_entries(result) c ON c.source = a.source AND c.type = 'earn'
    LEFT JOIN fulfillment.posted_entries(u.id) d ON d.source = a.source AND d.type = 'earn'
    WHERE a.user_id = u.id AND a.version > a.posted_version
    ORDER BY a.source
  LOOP
    UPDATE fulfillment.loyalty_awards a SET posted_version = a.version, points = v_booking.target,
      rate_bps = coalesce(a.rate_bps, v_booking."rateBps")
    WHERE a.user_id = u.id AND a.source = v_booking.source;
    v_entry := v_blank;
    v_entry.id := cardinality(v_plan);
    v_entry.type := CASE WHEN v_booking.difference > 0 THEN 'earn' ELSE 'reverse' END;
    v_entry.points := v_booking.difference;
    v_entry.source := v_booking.source;
    v_entry.rate_bps := v_booking."rateBps";
    v_entry.base_kopecks := v_booking."baseKopecks";
    v_entry.record_version := v_booking."changedAt";
    v_entry.note := CASE WHEN v_booking.difference < 0 AND v_booking.difference <> v_booking.target - v_booking.held
      THEN format('of %s points; the others had expired or are written off', v_booking.held - v_booking.target) END;
    v_plan := v_plan || v_entry;
  END LOOP;

  v_expired := array(
    SELECT jsonb_populate_record(v_blank, to_jsonb(x) || '{"type": "expire"}')
    FROM fulfillment.newly_expired(u.id, result) x);
  -- The calculator works by today's rules. Where these were changed, it may count points that were never given: what
  -- comes out of them neither expires nor can be spent. Without a change of rules both sides are equal.
  v_excess := greatest(0, v_calculated - balance
    - (SELECT coalesce(sum(e.points), 0) FROM unnest(v_plan || v_expired) e)
    - (SELECT coalesce(sum(c.points), 0) FROM fulfillment.calculated_entries(result) c
      JOIN fulfillment.loyalty_acts a ON a.key = c.key AND a.type = c.type
      WHERE a.user_id = u.id AND a.status = 'pending'));

  FOREACH v_entry IN ARRAY v_expired LOOP
    v_entry.id := cardinality(v_plan);
    v_spared := least(v_excess, -v_entry.points);
    v_entry.points := v_entry.points + v_spared;
    v_excess := v_excess - v_spared;
    v_plan := v_plan || v_entry;
  END LOOP;

  FOR v_act IN
    SELECT a.* FROM fulfillment.loyalty_acts a WHERE a.user_id = u.id AND a.status = 'pending' ORDER BY a.id
  LOOP
    v_entry := v_blank;
    v_entry.id := cardinality(v_plan);
    v_entry.type := v_act.type;
    v_entry.key := v_act.key;
    v_entry.note := v_act.note;
    v_entry.points := (
      SELECT c.points FROM fulfillment.calculated_entries(result) c WHERE c.key = v_act.key AND c.type = v_act.type);
    v_reason := CASE
      WHEN v_entry.points IS NULL THEN fulfillment.required(
        format('result.entries or explanations of key %s', v_act.key), fulfillment.refusal_of(v_act, result))
      WHEN v_act.type = 'burn' AND v_excess > 0 AND v_excess > v_calculated THEN 'balance_too_low'
      WHEN v_act.type = 'burn_cancel' AND NOT fulfillment.is_burnt(v_act.key) THEN 'unknown_burn' END;
    IF v_reason IS NULL THEN
      v_plan := v_plan || v_entry;
    ELSIF v_act.type = 'burn' THEN
      v_excess := v_excess + coalesce(v_entry.points, 0);
    END IF;
    UPDATE fulfillment.loyalty_acts a SET reason = v_reason, finished_at = now(),
      status = CASE WHEN v_reason IS NULL THEN 'done' ELSE 'rejected' END
    WHERE a.id = v_act.id;
  END LOOP;
  RETURN v_plan;
END
$fn$;

-- Whether points were spent under a key.
CREATE OR REPLACE FUNCTION fulfillment.is_burnt(key text) RETURNS boolean LANGUAGE sql AS $fn$
  SELECT EXISTS (
    SELECT FROM fulfillment.loyalty_acts a WHERE a.key = is_burnt.key AND a.type = 'burn' AND a.status = 'done')
$fn$;

-- Keeps the figures of a user as of a moment. What may be spent never comes to more than the ledger has.
CREATE OR REPLACE FUNCTION fulfillment.keep_figures(u fulfillment.loyalty_users, result jsonb, balance bigint,
  as_of timestamptz, look_ahead_days integer) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
  v_pending bigint := (result ->> 'pending')::bigint;
BEGIN
  IF balance <> (result ->> 'available')::bigint + v_pending THEN
    v_pending := least(v_pending, greatest(balance, 0));
  END IF;
  UPDATE fulfillment.loyalty_users s SET tier = result ->> 'tier', tier_metric = (result ->> 'tierMetric')::bigint,
    available = balance - v_pending, pending = v_pending, expiring = result -> 'expiringSoon', points_at = as_of,
    next_check_at = fulfillment.next_check(result, as_of, look_ahead_days), posted_revision = s.revision
  WHERE s.id = u.id;
END
$fn$;

-- Writes down that points are to be spent, given back or corrected, once per key. What comes of it is decided when the
-- user is next worked out: call loyalty_work with this user, the calculator and post_points, then read_act.
--   p: external_id, type (burn, burn_cancel, adjust), key (the caller's; a burn_cancel has that of the burn), points
--      (burn: above 0; adjust: not 0; burn_cancel: none), bill_kopecks? (burn), expires_at? (adjust), note?
--   outcome: recorded, known (the same was recorded before), conflict (something else was, under this key),
--   unknown_user
CREATE OR REPLACE FUNCTION fulfillment.record_act(p jsonb)
RETURNS TABLE (outcome text, user_id bigint, status text, reason text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_external_id text := fulfillment.require_external_id(p, 'external_id');
  v_new fulfillment.loyalty_acts;
  v_act fulfillment.loyalty_acts;
  v_at timestamptz;
BEGIN
  v_new.type := fulfillment.required('type', fulfillment.read_act_type(p));
  v_new.key := fulfillment.require_act_key(p);
  v_new.points := fulfillment.read_amount(p, 'points', -9007199254740991);
  v_new.bill_kopecks := fulfillment.read_amount(p, 'bill_kopecks', 0);
  v_new.expires_at := fulfillment.read_time(p, 'expires_at');
  v_new.note := fulfillment.read_text(p, 'note', 1000);
  IF v_new.type = 'burn_cancel' AND v_new.points IS NOT NULL THEN
    PERFORM fulfillment.reject('points', 'must be left out: all points of the burn are given back');
  ELSIF v_new.type = 'burn' AND fulfillment.required('points', v_new.points) < 1 THEN
    PERFORM fulfillment.reject('points', 'must be above 0');
  ELSIF v_new.type = 'adjust' AND fulfillment.required('points', v_new.points) = 0 THEN
    PERFORM fulfillment.reject('points', 'must not be 0');
  ELSIF v_new.type <> 'burn' AND v_new.bill_kopecks IS NOT NULL THEN
    PERFORM fulfillment.reject('bill_kopecks', 'is only for type burn');
  ELSIF v_new.expires_at IS NOT NULL AND (v_new.type <> 'adjust' OR v_new.expires_at < timestamptz '1970-01-01Z') THEN
    PERFORM fulfillment.reject('expires_at', 'is only for type adjust, and not before 1970');
  END IF;
  user_id := (SELECT u.id FROM fulfillment.loyalty_users u WHERE u.external_id = v_external_id);
  IF user_id IS NULL THEN
    outcome := 'unknown_user';
    RETURN NEXT;
    RETURN;
  END IF;

  v_at := fulfillment.lock_users(array[record_act.user_id]);
  INSERT INTO fulfillment.loyalty_acts AS a (user_id, type, key, points, bill_kopecks, expires_at, note)
  VALUES (record_act.user_id, v_new.type, v_new.key, v_new.points, v_new.bill_kopecks, v_new.expires_at, v_new.note)
  ON CONFLICT (key, (type = 'burn_cancel')) DO NOTHING
  RETURNING a.* INTO v_act;
  IF FOUND THEN
    outcome := 'recorded';
    PERFORM fulfillment.append_history(user_id, v_at, NULL, v_act.id, jsonb_strip_nulls(jsonb_build_object(
      'type', v_act.type, 'key', v_act.key, 'points', v_act.points, 'billKopecks', v_act.bill_kopecks,
      'expiresAt', fulfillment.iso(v_act.expires_at))));
  ELSE
    SELECT a.* INTO STRICT v_act FROM fulfillment.loyalty_acts a
    WHERE a.key = v_new.key AND (a.type = 'burn_cancel') = (v_new.type = 'burn_cancel');
    outcome := CASE WHEN (v_act.user_id, v_act.type, v_act.points, v_act.bill_kopecks, v_act.expires_at)
      IS NOT DISTINCT FROM (record_act.user_id, v_new.type, v_new.points, v_new.bill_kopecks, v_new.expires_at)
      THEN 'known' ELSE 'conflict' END;
  END IF;
  -- Nobody is told what somebody else's key came to.
  IF outcome <> 'conflict' THEN
    status := v_act.status;
    reason := v_act.reason;
  END IF;
  RETURN NEXT;
END
$fn$;

-- The type of an act; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_act_type(p jsonb) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_pattern(p, 'type', '^(burn|burn_cancel|adjust)$', 'burn, burn_cancel or adjust');
END
$fn$;

-- The caller's key of an act, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_act_key(p jsonb) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required('key', fulfillment.read_pattern(
    p, 'key', '^[!-~]{1,200}$', '1 to 200 letters, digits and signs without spaces'));
END
$fn$;

-- What came of an act.
--   p: key, type? (burn_cancel asks for the cancellation of a burn; else the burn or adjust itself)
--   outcome: found, unknown; status: pending, done, rejected (with reason: the calculator's code)
CREATE OR REPLACE FUNCTION fulfillment.read_act(p jsonb)
RETURNS TABLE (outcome text, type text, status text, reason text, points bigint)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_key text := fulfillment.require_act_key(p);
  v_is_cancel boolean := coalesce(fulfillment.read_act_type(p) = 'burn_cancel', false);
BEGIN
  RETURN QUERY
  SELECT 'found', a.type, a.status, a.reason, a.points FROM fulfillment.loyalty_acts a
  WHERE a.key = v_key AND (a.type = 'burn_cancel') = v_is_cancel;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN NEXT;
  END IF;
END
$fn$;

-- What a person has, for the shop's own pages. For figures of this moment, post first what loyalty_work gives with
-- `always`.
--   p: external_id
--   outcome: found, unknown; balance: the sum of all entries; available, pending, tier, expiring {points, lots}: as of
--   points_at, null before the first posting; entries: the newest 100
CREATE OR REPLACE FUNCTION fulfillment.loyalty_account(p jsonb)
RETURNS TABLE (outcome text, user_id bigint, code text, tier text, tier_metric bigint, balance bigint, available bigint,
  pending bigint, points_at timestamptz, expiring jsonb, entries jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_external_id text := fulfillment.require_external_id(p, 'external_id');
BEGIN
  RETURN QUERY
  SELECT 'found', u.id, u.code, u.tier, u.tier_metric, fulfillment.balance_of(u.id), u.available, u.pending,
    u.points_at, u.expiring, (
      SELECT coalesce(jsonb_agg(fulfillment.shown_entry(n) ORDER BY n.id DESC), '[]')
      FROM (SELECT e.* FROM fulfillment.loyalty_entries e WHERE e.user_id = u.id ORDER BY e.id DESC LIMIT 100) n)
  FROM fulfillment.loyalty_users u WHERE u.external_id = v_external_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    entries := '[]';
    RETURN NEXT;
  END IF;
END
$fn$;
