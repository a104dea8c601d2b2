-- Bookings: whose they are, the newest version of each, and what a person has to decide. Records come from webhook and
-- sync at the same time; calls about one branch go one after the other.

-- How much later than a match a change of contacts may have been seen by it; in doubt the booking is matched again.
CREATE OR REPLACE FUNCTION fulfillment.match_overlap() RETURNS interval LANGUAGE sql AS $fn$
  SELECT interval '10 minutes'
$fn$;

-- The number of a branch, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_company_id(p jsonb) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required('company_id',
    fulfillment.read_pattern(p, 'company_id', '^\d{1,20}$', 'the number of a branch'));
END
$fn$;

-- The number of a record, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_record_id(p jsonb, path text) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required(path, fulfillment.read_pattern(p, path, '^\d{1,20}$', 'the number of a record'));
END
$fn$;

-- Statuses of bookings; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_statuses(p jsonb, path text) RETURNS text[] LANGUAGE plpgsql AS $fn$
DECLARE
  v_statuses text[] := fulfillment.read_texts(p, path, 10, 20);
BEGIN
  FOR i IN 0 .. coalesce(cardinality(v_statuses), 0) - 1 LOOP
    PERFORM fulfillment.read_booking_status(p, path || '.' || i);
  END LOOP;
  RETURN v_statuses;
END
$fn$;

-- The status of a booking; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_booking_status(p jsonb, path text) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_pattern(p, path, '^(pending|confirmed|completed|no_show|cancelled)$',
    'pending, confirmed, completed, no_show or cancelled');
END
$fn$;

-- Makes calls about the bookings of one branch go one after the other until their transactions end.
CREATE OR REPLACE FUNCTION fulfillment.lock_branch(company_id text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('fulfillment.branch:' || company_id, 0));
END
$fn$;

-- A booking as it is kept: without the client's name, and with a comment of nothing but the codes, which is what a
-- later match needs of it. Null when it is no object.
CREATE OR REPLACE FUNCTION fulfillment.kept_booking(booking jsonb) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT CASE WHEN jsonb_typeof(booking) = 'object' THEN booking || jsonb_build_object(
    'client', CASE jsonb_typeof(booking -> 'client') WHEN 'object' THEN (booking -> 'client') - 'name' END,
    'comment', CASE jsonb_typeof(booking -> 'clientCodes') WHEN 'array' THEN (
      SELECT coalesce(string_agg('Код клиента: ' || c.code, '. ' ORDER BY c.n), '')
      FROM jsonb_array_elements_text(booking -> 'clientCodes') WITH ORDINALITY c (code, n)) END) END
$fn$;

-- Checks the lines of a booking: points are worked out from them.
CREATE OR REPLACE FUNCTION fulfillment.check_lines(p jsonb, path text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  FOR i IN 0 .. coalesce(jsonb_array_length(fulfillment.read_list(p, path, 1000)), 0) - 1 LOOP
    PERFORM fulfillment.require_text(p, format('%s.%s.id', path, i), 200);
    PERFORM fulfillment.required(format('%s.%s.costKopecks', path, i),
      fulfillment.read_amount(p, format('%s.%s.costKopecks', path, i), 0));
  END LOOP;
END
$fn$;

-- Reads the record at a path as the row it becomes; nothing about its user.
CREATE OR REPLACE FUNCTION fulfillment.read_record(p jsonb, path text, company_id text)
RETURNS fulfillment.bookings LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_path text := path || '.booking';
  v_row fulfillment.bookings;
BEGIN
  v_row.company_id := company_id;
  v_row.record_id := fulfillment.require_record_id(p, path || '.recordId');
  PERFORM fulfillment.required(v_path, fulfillment.read_json(p, v_path));
  PERFORM fulfillment.read_object(p, v_path);
  IF fulfillment.read_text(p, v_path || '.companyId', 100) <> company_id THEN
    PERFORM fulfillment.reject(v_path || '.companyId', 'is another branch than company_id');
  ELSIF fulfillment.read_text(p, v_path || '.id', 100) <> v_row.record_id THEN
    PERFORM fulfillment.reject(v_path || '.id', 'is another record than recordId');
  END IF;
  PERFORM fulfillment.read_object(p, v_path || '.client');
  PERFORM fulfillment.read_text(p, v_path || '.visitId', 200);
  PERFORM fulfillment.read_flag(p, v_path || '.paid', false);
  PERFORM fulfillment.check_lines(p, v_path || '.services');
  PERFORM fulfillment.check_lines(p, v_path || '.goods');
  v_row.status := fulfillment.required(v_path || '.status', fulfillment.read_booking_status(p, v_path || '.status'));
  -- The calculator knows no time before 1970; a version without a time is older than any that has one.
  v_row.version_at := greatest(fulfillment.read_time(p, v_path || '.changedAt'), timestamptz '1970-01-01Z');
  v_row.visit_at := fulfillment.read_time(p, v_path || '.visitAt');
  IF v_row.visit_at < timestamptz '1970-01-01Z' THEN
    v_row.visit_at := NULL;
  END IF;
  v_row.base_kopecks := coalesce(fulfillment.read_amount(p, v_path || '.baseKopecks', 0), 0);
  v_row.api_id := fulfillment.read_text(p, v_path || '.apiId', 1000);
  v_row.client_codes := coalesce(fulfillment.read_texts(p, v_path || '.clientCodes', 100, 100), '{}');
  v_row.booking := fulfillment.kept_booking(fulfillment.read_json(p, v_path));
  RETURN v_row;
END
$fn$;

-- What a person's decision about a booking rests on.
CREATE OR REPLACE FUNCTION fulfillment.match_facts(booking jsonb) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT jsonb_build_array(booking -> 'clientCodes', booking #> '{client,email}', booking #> '{client,phone}')
$fn$;

-- Users who have one of the codes, e-mails or ends of phones.
CREATE OR REPLACE FUNCTION fulfillment.users_like(codes text[], emails text[], phone_ends text[])
RETURNS SETOF fulfillment.loyalty_users LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN QUERY
  SELECT u.* FROM fulfillment.loyalty_users u WHERE u.id IN (
    SELECT c.id FROM fulfillment.loyalty_users c WHERE c.code = ANY (codes)
    UNION SELECT e.id FROM fulfillment.loyalty_users e WHERE e.email = ANY (emails)
    UNION SELECT n.id FROM fulfillment.loyalty_users n WHERE n.phone_end = ANY (phone_ends));
END
$fn$;

-- Bookings of nobody that have something in common with a user and were matched before the user's contacts were known.
CREATE OR REPLACE FUNCTION fulfillment.bookings_like(u fulfillment.loyalty_users)
RETURNS SETOF fulfillment.bookings LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN QUERY
  SELECT b.* FROM fulfillment.bookings b
  WHERE b.matched_at < u.contacts_at + fulfillment.match_overlap() AND b.source IN (
    SELECT c.source FROM fulfillment.bookings c
    WHERE c.client_codes @> array[u.code] AND c.user_id IS NULL AND c.decided_for IS NULL
    UNION SELECT e.source FROM fulfillment.bookings e
    WHERE e.client_email = u.email AND e.user_id IS NULL AND e.decided_for IS NULL
    UNION SELECT n.source FROM fulfillment.bookings n
    WHERE n.client_phone_end = u.phone_end AND n.user_id IS NULL AND n.decided_for IS NULL);
END
$fn$;

-- Prepares what `Match to Users` needs. Called by webhook and sync with what YCLIENTS gave.
--   p: company_id, records [{recordId, booking}], look_for_unlinked? (true: up to 500 stored bookings of nobody that
--      may be somebody's by now are matched along)
--   records: as given, each with linkedUserId and pointsPosted, and the stored ones; users: [{id, code, email, phone}]
--   of all who share something with one of the records, or are linked to one
CREATE OR REPLACE FUNCTION fulfillment.bookings_to_match(p jsonb) RETURNS TABLE (records jsonb, users jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_company_id text := fulfillment.require_company_id(p);
  v_given jsonb := fulfillment.required('records', fulfillment.read_list(p, 'records', 20000));
  v_record_ids text[] := '{}';
  v_records jsonb;
BEGIN
  FOR i IN 0 .. jsonb_array_length(v_given) - 1 LOOP
    v_record_ids := v_record_ids || fulfillment.require_record_id(p, format('records.%s.recordId', i));
    PERFORM fulfillment.read_object(p, format('records.%s.booking', i));
    PERFORM fulfillment.read_list(p, format('records.%s.booking.clientCodes', i), 100);
  END LOOP;
  SELECT coalesce(jsonb_agg(e.record || jsonb_build_object('linkedUserId', b.user_id::text,
    'pointsPosted', coalesce(a.points, 0) > 0) ORDER BY e.n), '[]')
  INTO v_records
  FROM jsonb_array_elements(v_given) WITH ORDINALITY e (record, n)
  LEFT JOIN fulfillment.bookings b ON b.company_id = v_company_id AND b.record_id = e.record ->> 'recordId'
  LEFT JOIN fulfillment.loyalty_awards a ON a.user_id = b.user_id AND a.source = b.source;

  IF fulfillment.read_flag(p, 'look_for_unlinked', true) THEN
    -- Whoever has nothing left to look through. Locked ones wait for the next call, so that nobody waits here.
    UPDATE fulfillment.loyalty_users u SET is_rematch_due = false WHERE u.id IN (
      SELECT d.id FROM fulfillment.loyalty_users d
      WHERE d.is_rematch_due AND d.contacts_at < now() - fulfillment.match_overlap()
        AND NOT EXISTS (SELECT FROM fulfillment.bookings_like(d))
      FOR NO KEY UPDATE SKIP LOCKED);
    v_records := v_records || (
      SELECT coalesce(jsonb_agg(jsonb_build_object('companyId', s.company_id, 'recordId', s.record_id,
        'booking', s.booking, 'linkedUserId', NULL, 'pointsPosted', false)), '[]')
      FROM (
        SELECT DISTINCT ON (b.record_id) b.company_id, b.record_id, b.booking
        FROM fulfillment.loyalty_users u CROSS JOIN LATERAL fulfillment.bookings_like(u) b
        WHERE u.is_rematch_due AND b.company_id = v_company_id AND NOT b.record_id = ANY (v_record_ids)
        LIMIT 500) s);
  END IF;

  RETURN QUERY
  SELECT v_records, (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', u.id::text, 'code', u.code, 'email', u.email, 'phone', u.phone) ORDER BY u.id), '[]')
    FROM (
      SELECT * FROM fulfillment.users_like(
        array(SELECT c.code FROM jsonb_array_elements(v_records) e CROSS JOIN LATERAL
          jsonb_array_elements_text(coalesce(nullif(e #> '{booking,clientCodes}', 'null'), '[]')) c (code)),
        array(SELECT lower(btrim(e #>> '{booking,client,email}')) FROM jsonb_array_elements(v_records) e),
        array(SELECT right(regexp_replace(e #>> '{booking,client,phone}', '\D', '', 'g'), 10)
          FROM jsonb_array_elements(v_records) e))
      UNION
      SELECT * FROM fulfillment.loyalty_users l WHERE l.id IN (
        SELECT (e ->> 'linkedUserId')::bigint FROM jsonb_array_elements(v_records) e)) u);
END
$fn$;

-- The lines of a booking without their titles.
CREATE OR REPLACE FUNCTION fulfillment.counted_lines(lines jsonb) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT coalesce(jsonb_agg(
    jsonb_build_object('id', l.line -> 'id', 'costKopecks', l.line -> 'costKopecks') ORDER BY l.n), '[]')
  FROM jsonb_array_elements(coalesce(nullif(lines, 'null'), '[]')) WITH ORDINALITY l (line, n)
$fn$;

-- A booking as the Loyalty Calculator takes it.
CREATE OR REPLACE FUNCTION fulfillment.counted_record(b fulfillment.bookings) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'id', b.source, 'status', b.status, 'visitAt', fulfillment.iso(b.visit_at), 'visitId', b.booking -> 'visitId',
    'paid', b.booking -> 'paid', 'services', fulfillment.counted_lines(b.booking -> 'services'),
    'goods', fulfillment.counted_lines(b.booking -> 'goods')))
$fn$;

-- Tells the history of a locked user what a stored booking means to it now; nothing when that is what it says already.
-- Bookings that never were completed, or whose time was never read, do not get there.
CREATE OR REPLACE FUNCTION fulfillment.tell_history(b fulfillment.bookings, user_id bigint, at timestamptz)
RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_is_theirs boolean := b.user_id IS NOT DISTINCT FROM user_id;
  v_record jsonb := fulfillment.counted_record(b);
  v_counted jsonb := CASE WHEN v_is_theirs AND b.status = 'completed' AND b.visit_at IS NOT NULL THEN v_record END;
BEGIN
  IF v_counted IS DISTINCT FROM (
    SELECT a.counted FROM fulfillment.loyalty_awards a WHERE a.user_id = user_id AND a.source = b.source) THEN
    INSERT INTO fulfillment.loyalty_awards AS a (user_id, source, counted, version)
    VALUES (user_id, b.source, v_counted, 1)
    ON CONFLICT ON CONSTRAINT loyalty_awards_pkey DO UPDATE SET counted = v_counted, version = a.version + 1;
    v_record := v_record || jsonb_build_object('changedAt', fulfillment.iso(b.version_at));
    PERFORM fulfillment.append_history(user_id, at, b.source, NULL, jsonb_build_object('type', 'record',
      'record', CASE WHEN v_is_theirs THEN v_record ELSE v_record || '{"userId": null}' END));
  END IF;
END
$fn$;

-- Opens what is to be decided about a booking and closes what no longer is. Answers how many were opened.
CREATE OR REPLACE FUNCTION fulfillment.set_reviews(b fulfillment.bookings, reasons text[]) RETURNS integer
LANGUAGE plpgsql AS $fn$
DECLARE
  v_opened integer;
BEGIN
  UPDATE fulfillment.booking_reviews r SET closed_at = now(), closed_by = 'match'
  WHERE r.company_id = b.company_id AND r.record_id = b.record_id AND r.closed_at IS NULL AND r.reason <> ALL (reasons);
  INSERT INTO fulfillment.booking_reviews (company_id, record_id, reason)
  SELECT b.company_id, b.record_id, w.reason FROM unnest(reasons) w (reason)
  ON CONFLICT (company_id, record_id, reason) WHERE closed_at IS NULL DO NOTHING;
  GET DIAGNOSTICS v_opened = ROW_COUNT;
  RETURN v_opened;
END
$fn$;

-- Whether a version takes the place of the stored one: newer, same (identical), older. A deletion wins a tie.
CREATE OR REPLACE FUNCTION fulfillment.compare_versions(stored fulfillment.bookings, given fulfillment.bookings)
RETURNS text LANGUAGE sql AS $fn$
  SELECT CASE
    WHEN stored.record_id IS NULL OR given.version_at > stored.version_at THEN 'newer'
    WHEN given.version_at < stored.version_at THEN 'older'
    WHEN given.booking = stored.booking THEN 'same'
    WHEN stored.status = 'cancelled' AND given.status <> 'cancelled' THEN 'older'
    ELSE 'newer' END
$fn$;

-- Adds to a version whose it is. A link once made stays, unless the code of somebody else appears while no points are
-- given; a person's decision stays while the booking says the same. Answers the version, and why a person has to
-- decide.
--   match: as `Match to Users` gave it; null: as before
CREATE OR REPLACE FUNCTION fulfillment.link_booking(stored fulfillment.bookings, given fulfillment.bookings,
  match jsonb, OUT linked fulfillment.bookings, OUT reasons text[]) LANGUAGE plpgsql AS $fn$
DECLARE
  v_user_id bigint := match ->> 'userId';
  v_is_decided boolean := coalesce(stored.decided_for = fulfillment.match_facts(given.booking), false);
BEGIN
  linked := given;
  linked.user_id := stored.user_id;
  linked.matched_by := stored.matched_by;
  linked.matched_at := CASE WHEN match IS NULL THEN coalesce(stored.matched_at, '-infinity') ELSE now() END;
  linked.decided_for := CASE WHEN v_is_decided THEN stored.decided_for END;
  linked.in_review := false;
  IF v_is_decided OR match IS NULL THEN
    linked.in_review := NOT v_is_decided AND coalesce(stored.in_review, false);
    RETURN;
  END IF;

  IF (match ->> 'review')::boolean THEN
    reasons := array(
      SELECT w.warning FROM jsonb_array_elements_text(match -> 'warnings') w (warning) WHERE w.warning IN
        ('two_codes', 'ambiguous_email', 'ambiguous_phone', 'country_mismatch', 'relink_after_award'));
    -- A doubt without a name is one all the same.
    reasons := CASE WHEN cardinality(reasons) = 0 THEN '{unclear}' ELSE reasons END;
  ELSIF v_user_id <> stored.user_id AND match ->> 'matchedBy' = 'code' AND EXISTS (
    -- Points were given after the match was asked for.
    SELECT FROM fulfillment.loyalty_awards a
    WHERE a.user_id = stored.user_id AND a.source = stored.source AND a.points > 0) THEN
    reasons := '{relink_after_award}';
  -- Without matchedBy the user is only an earlier link, which may be gone by now.
  ELSIF v_user_id IS NOT NULL AND match ->> 'matchedBy' IS NOT NULL
    AND (stored.user_id IS NULL OR (v_user_id <> stored.user_id AND match ->> 'matchedBy' = 'code')) THEN
    linked.user_id := v_user_id;
    linked.matched_by := match ->> 'matchedBy';
  END IF;
  linked.in_review := reasons IS NOT NULL;
END
$fn$;

-- Keeps records that were read and matched, and tells the histories of their users what changed for their points. One
-- transaction with the run and the cursor: the cursor moves only with the records. May be repeated.
--   p: company_id, records [{recordId, booking, match?}], run? {mode (webhook, changes, full, manual), started_at?,
--      calls?, unreadable?}, cursor? {name, since}
--   saved: new versions; stale: older than the stored ones, ignored; duplicate: known already; linked: got another
--   user; unlinked: are nobody's; reviews_open: new reviews; user_ids: users with something to post
CREATE OR REPLACE FUNCTION fulfillment.save_bookings(p jsonb)
RETURNS TABLE (saved integer, stale integer, duplicate integer, linked integer, unlinked integer, reviews_open integer,
  user_ids jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_company_id text := fulfillment.require_company_id(p);
  v_records jsonb := fulfillment.required('records', fulfillment.read_list(p, 'records', 20000));
  v_todo integer[];
  v_one jsonb;
  v_path text;
  v_rows fulfillment.bookings[];
  v_matches jsonb[];
  v_user_ids bigint[];
  v_at timestamptz;
  v_stored fulfillment.bookings;
  v_row fulfillment.bookings;
  v_order text;
  v_link record;
BEGIN
  PERFORM fulfillment.lock_branch(v_company_id);
  -- Most records of a sync are known in every respect, and need no more than this.
  SELECT coalesce(array_agg(e.n - 1 ORDER BY e.n), '{}') INTO v_todo
  FROM jsonb_array_elements(v_records) WITH ORDINALITY e (record, n)
  LEFT JOIN fulfillment.bookings b ON b.company_id = v_company_id AND b.record_id = e.record ->> 'recordId'
  WHERE b.user_id IS NULL OR b.in_review OR b.booking IS DISTINCT FROM fulfillment.kept_booking(e.record -> 'booking')
    OR coalesce(nullif(e.record -> 'match', 'null') ->> 'userId' <> b.user_id::text
      OR e.record #> '{match,review}' <> 'false' OR jsonb_typeof(e.record -> 'match') NOT IN ('object', 'null'), false);

  FOR i IN 1 .. cardinality(v_todo) LOOP
    -- Alone, where it was: a refusal names the path, and no function is handed the whole list for each record of it.
    v_one := jsonb_build_object('records', jsonb_build_object(v_todo[i], v_records -> v_todo[i]));
    v_path := format('records.%s', v_todo[i]);
    v_rows[i] := fulfillment.read_record(v_one, v_path, v_company_id);
    v_matches[i] := fulfillment.read_match(v_one, v_path || '.match');
  END LOOP;
  v_user_ids := array(
    SELECT (m.match ->> 'userId')::bigint FROM unnest(v_matches) m (match) WHERE m.match ->> 'userId' IS NOT NULL
    UNION
    SELECT b.user_id FROM unnest(v_rows) r JOIN fulfillment.bookings b
      ON b.company_id = v_company_id AND b.record_id = r.record_id AND b.user_id IS NOT NULL);
  v_at := fulfillment.lock_users(v_user_ids);
  FOR i IN 1 .. cardinality(v_todo) LOOP
    IF v_matches[i] ->> 'userId' IS NOT NULL AND NOT EXISTS (
      SELECT FROM fulfillment.loyalty_users u WHERE u.id = (v_matches[i] ->> 'userId')::bigint) THEN
      PERFORM fulfillment.reject(format('records.%s.match.userId', v_todo[i]), 'is not known');
    END IF;
  END LOOP;

  saved := 0;
  stale := 0;
  duplicate := jsonb_array_length(v_records) - cardinality(v_todo);
  linked := 0;
  unlinked := 0;
  reviews_open := 0;
  FOR i IN 1 .. cardinality(v_todo) LOOP
    -- Read anew: a list may have a record twice.
    SELECT b.* INTO v_stored FROM fulfillment.bookings b
    WHERE b.company_id = v_company_id AND b.record_id = v_rows[i].record_id;
    v_order := fulfillment.compare_versions(v_stored, v_rows[i]);
    IF v_order = 'older' THEN
      stale := stale + 1;
      CONTINUE;
    ELSIF v_order = 'same' THEN
      duplicate := duplicate + 1;
    ELSE
      saved := saved + 1;
    END IF;
    SELECT l.* INTO v_link FROM fulfillment.link_booking(v_stored, v_rows[i], v_matches[i]) l;
    v_row := fulfillment.store_booking(v_link.linked);
    IF v_matches[i] IS NOT NULL AND (v_stored.in_review OR v_row.in_review) THEN
      reviews_open := reviews_open + fulfillment.set_reviews(v_row, coalesce(v_link.reasons, '{}'));
    END IF;
    IF v_stored.user_id <> v_row.user_id THEN
      PERFORM fulfillment.tell_history(v_row, v_stored.user_id, v_at);
    END IF;
    IF v_row.user_id IS NULL THEN
      unlinked := unlinked + 1;
    ELSE
      PERFORM fulfillment.tell_history(v_row, v_row.user_id, v_at);
      linked := linked + (v_row.user_id IS DISTINCT FROM v_stored.user_id)::integer;
    END IF;
  END LOOP;

  PERFORM fulfillment.keep_cursor(v_company_id, p);
  IF fulfillment.read_json(p, 'run') IS NOT NULL THEN
    INSERT INTO fulfillment.sync_runs (company_id, mode, started_at, calls, unreadable, saved, stale, duplicate, linked,
      unlinked, reviews_open)
    VALUES (v_company_id,
      fulfillment.required('run.mode', fulfillment.read_pattern(p, 'run.mode', '^(webhook|changes|full|manual)$',
        'webhook, changes, full or manual')),
      coalesce(fulfillment.read_time(p, 'run.started_at'), now()),
      coalesce(fulfillment.read_integer(p, 'run.calls', 0, 1000000), 0),
      coalesce(fulfillment.read_integer(p, 'run.unreadable', 0, 1000000), 0),
      save_bookings.saved, save_bookings.stale, save_bookings.duplicate, save_bookings.linked, save_bookings.unlinked,
      save_bookings.reviews_open);
  END IF;
  -- Also of records that were known: a run before this one may have been cut off between saving and posting.
  user_ids := fulfillment.users_to_post(v_user_ids || array(
    SELECT b.user_id FROM jsonb_array_elements(v_records) e JOIN fulfillment.bookings b
      ON b.company_id = v_company_id AND b.record_id = e ->> 'recordId' AND b.user_id IS NOT NULL));
  RETURN NEXT;
END
$fn$;

-- The match of a record, its form checked; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_match(p jsonb, path text) RETURNS jsonb LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM fulfillment.read_object(p, path);
  PERFORM fulfillment.read_id(p, path || '.userId');
  PERFORM fulfillment.read_pattern(p, path || '.matchedBy', '^(code|email|phone)$', 'code, email or phone');
  PERFORM fulfillment.read_flag(p, path || '.review', false);
  PERFORM fulfillment.read_texts(p, path || '.warnings', 100, 100);
  RETURN nullif(fulfillment.read_object(p, path), '{}');
END
$fn$;

-- Writes a version and whose it is over what was stored.
CREATE OR REPLACE FUNCTION fulfillment.store_booking(b fulfillment.bookings) RETURNS fulfillment.bookings
LANGUAGE plpgsql AS $fn$
BEGIN
  INSERT INTO fulfillment.bookings AS s (company_id, record_id, version_at, booking, status, visit_at, base_kopecks,
    api_id, client_codes, user_id, matched_by, matched_at, decided_for, in_review)
  VALUES (b.company_id, b.record_id, b.version_at, b.booking, b.status, b.visit_at, b.base_kopecks, b.api_id,
    b.client_codes, b.user_id, b.matched_by, b.matched_at, b.decided_for, b.in_review)
  ON CONFLICT (company_id, record_id) DO UPDATE SET version_at = excluded.version_at, booking = excluded.booking,
    status = excluded.status, visit_at = coalesce(excluded.visit_at, s.visit_at), base_kopecks = excluded.base_kopecks,
    api_id = excluded.api_id, client_codes = excluded.client_codes, user_id = excluded.user_id,
    matched_by = excluded.matched_by, matched_at = excluded.matched_at, decided_for = excluded.decided_for,
    in_review = excluded.in_review, saved_at = now()
  RETURNING s.* INTO b;
  RETURN b;
END
$fn$;

-- Those of the users whose histories have grown since they were last posted.
CREATE OR REPLACE FUNCTION fulfillment.users_to_post(ids bigint[]) RETURNS jsonb LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(u.id::text ORDER BY u.id), '[]') FROM fulfillment.loyalty_users u
    WHERE u.id = ANY (ids) AND u.revision > u.posted_revision);
END
$fn$;

-- Moves a cursor, never back: of two runs at once the slower one may have begun earlier.
CREATE OR REPLACE FUNCTION fulfillment.keep_cursor(company_id text, p jsonb) RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  IF fulfillment.read_json(p, 'cursor') IS NOT NULL THEN
    INSERT INTO fulfillment.sync_cursors AS c (company_id, name, since)
    VALUES (company_id, fulfillment.require_text(p, 'cursor.name', 100),
      fulfillment.required('cursor.since', fulfillment.read_time(p, 'cursor.since')))
    ON CONFLICT ON CONSTRAINT sync_cursors_pkey DO UPDATE
    SET since = greatest(c.since, excluded.since), updated_at = now();
  END IF;
END
$fn$;

-- Where a run of a sync begins. Called before YCLIENTS is asked.
--   p: company_id, name, first_days? (30: how far back the first run goes)
--   since: UTC in ISO; last_changes_at, last_full_at: when such a run was last stored, null for never
CREATE OR REPLACE FUNCTION fulfillment.sync_state(p jsonb)
RETURNS TABLE (since text, last_changes_at timestamptz, last_full_at timestamptz)
LANGUAGE plpgsql AS $fn$
DECLARE
  v_company_id text := fulfillment.require_company_id(p);
  v_name text := fulfillment.require_text(p, 'name', 100);
  v_first_days integer := coalesce(fulfillment.read_integer(p, 'first_days', 1, 3650), 30);
BEGIN
  RETURN QUERY
  SELECT fulfillment.iso(coalesce(
    (SELECT c.since FROM fulfillment.sync_cursors c WHERE c.company_id = v_company_id AND c.name = v_name),
    now() - make_interval(days => v_first_days))),
    (SELECT max(r.finished_at) FROM fulfillment.sync_runs r WHERE r.company_id = v_company_id AND r.mode = 'changes'),
    (SELECT max(r.finished_at) FROM fulfillment.sync_runs r WHERE r.company_id = v_company_id AND r.mode = 'full');
END
$fn$;

-- Bookings that a full read should have shown and did not: deleted for good, or moved out of the window. Called after
-- the read is saved; each is then looked up by itself.
--   p: company_id, from, to (visit times in the window, both included), record_ids (all that the read showed),
--      started_at (of the read; what was stored later is left out)
--   booking: the stored one as cancelled, to be saved when the look-up says that the record is gone
CREATE OR REPLACE FUNCTION fulfillment.missing_bookings(p jsonb) RETURNS TABLE (record_id text, booking jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_company_id text := fulfillment.require_company_id(p);
  v_from timestamptz := fulfillment.required('from', fulfillment.read_time(p, 'from'));
  v_to timestamptz := fulfillment.required('to', fulfillment.read_time(p, 'to'));
  v_record_ids text[] := fulfillment.required('record_ids', fulfillment.read_texts(p, 'record_ids', 100000, 20));
  v_started_at timestamptz := fulfillment.required('started_at', fulfillment.read_time(p, 'started_at'));
BEGIN
  RETURN QUERY
  SELECT b.record_id, b.booking || '{"status": "cancelled"}' FROM fulfillment.bookings b
  WHERE b.company_id = v_company_id AND b.visit_at BETWEEN v_from AND v_to AND b.status <> 'cancelled'
    AND b.saved_at < v_started_at
    AND NOT EXISTS (SELECT FROM unnest(v_record_ids) s (id) WHERE s.id = b.record_id)
  ORDER BY b.visit_at, b.record_id;
END
$fn$;

-- The bookings of a person, for the shop's own pages. None for somebody who is not known.
--   p: external_id, upcoming_only? (false), statuses? (upcoming: pending and confirmed; else all), limit? (50)
--   Upcoming ones start now or later, nearest first; otherwise newest first. points: what the booking was last posted
--   to hold
CREATE OR REPLACE FUNCTION fulfillment.list_bookings(p jsonb)
RETURNS TABLE (company_id text, record_id text, status text, visit_at timestamptz, duration_seconds integer,
  services jsonb, staff_name text, base_kopecks bigint, points bigint)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_external_id text := fulfillment.require_external_id(p, 'external_id');
  v_is_upcoming boolean := fulfillment.read_flag(p, 'upcoming_only', false);
  v_statuses text[] := coalesce(fulfillment.read_statuses(p, 'statuses'),
    CASE WHEN v_is_upcoming THEN '{pending,confirmed}'::text[] END);
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 50);
  v_user_id bigint := (SELECT u.id FROM fulfillment.loyalty_users u WHERE u.external_id = v_external_id);
BEGIN
  RETURN QUERY
  SELECT b.company_id, b.record_id, b.status, b.visit_at,
    CASE WHEN b.booking ->> 'durationSeconds' ~ '^\d{1,9}$' THEN (b.booking ->> 'durationSeconds')::integer END,
    coalesce(b.booking -> 'services', '[]'), b.booking #>> '{staff,name}', b.base_kopecks, coalesce(a.points, 0)
  FROM fulfillment.bookings b LEFT JOIN fulfillment.loyalty_awards a ON a.user_id = b.user_id AND a.source = b.source
  WHERE b.user_id = v_user_id AND (v_statuses IS NULL OR b.status = ANY (v_statuses))
    AND (NOT v_is_upcoming OR b.visit_at >= now())
  ORDER BY CASE WHEN v_is_upcoming THEN b.visit_at END, b.visit_at DESC NULLS LAST, b.record_id
  LIMIT v_limit;
END
$fn$;

-- What a person has to decide, newest first.
--   p: company_id?, open_only? (true), limit? (100)
--   linked_to, candidates: people as {external_id, name, code, email, phone}; candidates share something with the
--   booking
CREATE OR REPLACE FUNCTION fulfillment.list_reviews(p jsonb)
RETURNS TABLE (review_id bigint, company_id text, record_id text, reason text, visit_at timestamptz, status text,
  booking jsonb, linked_to jsonb, candidates jsonb, opened_at timestamptz, closed_at timestamptz, closed_by text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_company_id text := fulfillment.read_pattern(p, 'company_id', '^\d{1,20}$', 'the number of a branch');
  v_open_only boolean := fulfillment.read_flag(p, 'open_only', true);
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 100);
BEGIN
  RETURN QUERY
  SELECT r.id, r.company_id, r.record_id, r.reason, b.visit_at,
    CASE WHEN r.closed_at IS NULL THEN 'open' ELSE 'closed' END, b.booking,
    (SELECT fulfillment.person(u) FROM fulfillment.loyalty_users u WHERE u.id = b.user_id),
    (SELECT coalesce(jsonb_agg(fulfillment.person(u) ORDER BY u.id), '[]') FROM fulfillment.users_like(
      b.client_codes, array[b.client_email], array[b.client_phone_end]) u),
    r.opened_at, r.closed_at, r.closed_by
  FROM (
    SELECT * FROM fulfillment.booking_reviews o WHERE v_open_only AND o.closed_at IS NULL
    UNION ALL
    SELECT * FROM fulfillment.booking_reviews a WHERE NOT v_open_only) r
  JOIN fulfillment.bookings b ON b.company_id = r.company_id AND b.record_id = r.record_id
  WHERE v_company_id IS NULL OR r.company_id = v_company_id
  ORDER BY r.id DESC LIMIT v_limit;
END
$fn$;

-- A user as a person who decides needs to see them.
CREATE OR REPLACE FUNCTION fulfillment.person(u fulfillment.loyalty_users) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT jsonb_build_object(
    'external_id', u.external_id, 'name', u.name, 'code', u.code, 'email', u.email, 'phone', u.phone)
$fn$;

-- Keeps whose a booking is, as a person says: also when it was another's, and points were given. Closes all reviews of
-- the booking, and may be called again to correct it.
--   p: review_id, external_id (null: nobody's), by (who says so)
--   outcome: resolved, unknown, unknown_user; user_ids: users with something to post
CREATE OR REPLACE FUNCTION fulfillment.resolve_review(p jsonb) RETURNS TABLE (outcome text, user_ids jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.required('review_id', fulfillment.read_id(p, 'review_id'));
  v_external_id text := CASE WHEN p -> 'external_id' <> 'null' OR NOT p ? 'external_id'
    THEN fulfillment.require_external_id(p, 'external_id') END;
  v_by text := fulfillment.require_text(p, 'by', 200);
  v_review fulfillment.booking_reviews;
  v_stored fulfillment.bookings;
  v_row fulfillment.bookings;
  v_user_ids bigint[];
  v_at timestamptz;
BEGIN
  user_ids := '[]';
  SELECT r.* INTO v_review FROM fulfillment.booking_reviews r WHERE r.id = v_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM fulfillment.lock_branch(v_review.company_id);
  SELECT b.* INTO STRICT v_stored FROM fulfillment.bookings b
  WHERE b.company_id = v_review.company_id AND b.record_id = v_review.record_id;
  v_row := v_stored;
  v_row.user_id := (SELECT u.id FROM fulfillment.loyalty_users u WHERE u.external_id = v_external_id);
  IF v_external_id IS NOT NULL AND v_row.user_id IS NULL THEN
    outcome := 'unknown_user';
    RETURN NEXT;
    RETURN;
  END IF;

  v_user_ids := array_remove(array[v_stored.user_id, v_row.user_id], NULL);
  v_at := fulfillment.lock_users(v_user_ids);
  v_row.matched_by := 'person';
  v_row.matched_at := now();
  v_row.decided_for := fulfillment.match_facts(v_stored.booking);
  v_row.in_review := false;
  v_row := fulfillment.store_booking(v_row);
  PERFORM fulfillment.tell_history(v_row, i.id, v_at) FROM unnest(v_user_ids) i (id);
  UPDATE fulfillment.booking_reviews r SET closed_at = now(), closed_by = v_by
  WHERE r.company_id = v_row.company_id AND r.record_id = v_row.record_id AND r.closed_at IS NULL;
  outcome := 'resolved';
  user_ids := fulfillment.users_to_post(v_user_ids);
  RETURN NEXT;
END
$fn$;
