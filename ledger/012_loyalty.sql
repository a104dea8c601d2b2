-- Loyalty: its tables, people and their codes. What a user's points come from is a history that only grows; the Loyalty
-- Calculator works out from it what the ledger has to hold, and that is posted only while the history is as it was
-- read. Locks are always taken in the order branch, users (by id), so that webhook, sync and posting wait but never in
-- a circle.

CREATE TABLE fulfillment.loyalty_users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The shop's own id of the person.
  external_id text NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200),
  -- Given once, never changed; null until somebody asks for it with free candidates.
  code text UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{2,59}$'),
  name text CHECK (length(name) <= 300),
  email text CHECK (email = lower(email) AND length(email) <= 320),
  phone text CHECK (phone ~ '^\+\d{7,15}$'),
  phone_end text GENERATED ALWAYS AS (right(phone, 10)) STORED,
  telegram_id text CHECK (telegram_id ~ '^\d{1,20}$'),
  -- When code, e-mail or phone were last changed, and whether bookings of nobody are still to be looked through for
  -- them.
  contacts_at timestamptz NOT NULL DEFAULT now(),
  is_rematch_due boolean NOT NULL DEFAULT true,
  -- Events in the history, and how many of them are posted; history_at is the time of the newest.
  revision bigint NOT NULL DEFAULT 0,
  posted_revision bigint NOT NULL DEFAULT 0 CHECK (posted_revision BETWEEN 0 AND revision),
  history_at timestamptz,
  -- What the calculator said last, as of points_at; expiring is its expiringSoon.
  tier text CHECK (length(tier) <= 200),
  tier_metric bigint CHECK (tier_metric >= 0),
  available bigint NOT NULL DEFAULT 0,
  pending bigint NOT NULL DEFAULT 0 CHECK (pending >= 0),
  expiring jsonb,
  points_at timestamptz,
  -- When time alone changes something: points expire or become active.
  next_check_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX loyalty_users_by_email ON fulfillment.loyalty_users (email) WHERE email IS NOT NULL;
CREATE INDEX loyalty_users_by_phone ON fulfillment.loyalty_users (phone_end) WHERE phone_end IS NOT NULL;
CREATE INDEX loyalty_users_to_post ON fulfillment.loyalty_users (id) WHERE revision > posted_revision;
CREATE INDEX loyalty_users_to_check ON fulfillment.loyalty_users (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX loyalty_users_to_rematch ON fulfillment.loyalty_users (contacts_at) WHERE is_rematch_due;

-- The newest known version of every record of YCLIENTS.
CREATE TABLE fulfillment.bookings (
  company_id text NOT NULL CHECK (company_id ~ '^\d{1,20}$'),
  record_id text NOT NULL CHECK (record_id ~ '^\d{1,20}$'),
  -- Its name in histories and entries.
  source text NOT NULL UNIQUE GENERATED ALWAYS AS ('yclients:' || company_id || ':record:' || record_id) STORED,
  version_at timestamptz NOT NULL,
  -- As the node gave it, without the client's name and with nothing but the codes left of the comment.
  booking jsonb NOT NULL CHECK (jsonb_typeof(booking) = 'object'),
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'cancelled')),
  -- The last that could be read.
  visit_at timestamptz,
  base_kopecks bigint NOT NULL CHECK (base_kopecks >= 0),
  api_id text,
  client_codes text[] NOT NULL,
  client_email text GENERATED ALWAYS AS (
    CASE WHEN length(booking #>> '{client,email}') <= 320 THEN lower(btrim(booking #>> '{client,email}')) END) STORED,
  client_phone_end text GENERATED ALWAYS AS (
    CASE WHEN length(regexp_replace(booking #>> '{client,phone}', '\D', '', 'g')) >= 10
      THEN right(regexp_replace(booking #>> '{client,phone}', '\D', '', 'g'), 10) END) STORED,
  user_id bigint REFERENCES fulfillment.loyalty_users (id),
  -- `person` with no user: a person said that it is nobody's.
  matched_by text CHECK (matched_by IN ('code', 'email', 'phone', 'person')),
  matched_at timestamptz NOT NULL DEFAULT '-infinity',
  -- The codes and contacts a person decided by: while they stay, the decision does.
  decided_for jsonb,
  in_review boolean NOT NULL DEFAULT false,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (company_id, record_id),
  CHECK (user_id IS NULL OR matched_by IS NOT NULL)
);
CREATE INDEX bookings_by_user ON fulfillment.bookings (user_id, visit_at) WHERE user_id IS NOT NULL;
CREATE INDEX bookings_by_visit ON fulfillment.bookings (company_id, visit_at) WHERE status <> 'cancelled';
-- Bookings of nobody, by what they could be recognised by.
CREATE INDEX bookings_unlinked_by_code ON fulfillment.bookings USING gin (client_codes)
  WHERE user_id IS NULL AND decided_for IS NULL;
CREATE INDEX bookings_unlinked_by_email ON fulfillment.bookings (client_email)
  WHERE user_id IS NULL AND decided_for IS NULL;
CREATE INDEX bookings_unlinked_by_phone ON fulfillment.bookings (client_phone_end)
  WHERE user_id IS NULL AND decided_for IS NULL;

-- What a booking means to the points of one user; a booking that changed hands has a row for each.
CREATE TABLE fulfillment.loyalty_awards (
  user_id bigint NOT NULL REFERENCES fulfillment.loyalty_users (id),
  source text NOT NULL REFERENCES fulfillment.bookings (source),
  -- What points depend on, as the history says it; null while the booking holds none.
  counted jsonb,
  -- Events of the booking in the history, and how many of them are posted.
  version integer NOT NULL CHECK (version > 0),
  posted_version integer NOT NULL DEFAULT 0 CHECK (posted_version BETWEEN 0 AND version),
  -- The rate it was first awarded with; kept for all corrections.
  rate_bps integer CHECK (rate_bps BETWEEN 0 AND 10000),
  -- What it was to hold when it was last posted.
  points bigint NOT NULL DEFAULT 0 CHECK (points >= 0),
  PRIMARY KEY (user_id, source)
);

-- What people and tills do with points, once per key.
CREATE TABLE fulfillment.loyalty_acts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES fulfillment.loyalty_users (id),
  type text NOT NULL CHECK (type IN ('burn', 'burn_cancel', 'adjust')),
  -- The caller's; a burn_cancel has that of its burn.
  key text NOT NULL CHECK (key ~ '^[!-~]{1,200}$'),
  points bigint,
  bill_kopecks bigint CHECK (bill_kopecks >= 0),
  expires_at timestamptz,
  note text CHECK (length(note) <= 1000),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'rejected')),
  -- The calculator's code for what it turned down.
  reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CHECK (CASE type WHEN 'burn' THEN points > 0 WHEN 'adjust' THEN points <> 0 ELSE points IS NULL END),
  CHECK ((status = 'rejected') = (reason IS NOT NULL)),
  CHECK ((status = 'pending') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX loyalty_acts_by_key ON fulfillment.loyalty_acts (key, (type = 'burn_cancel'));
CREATE INDEX loyalty_acts_pending ON fulfillment.loyalty_acts (user_id, id) WHERE status = 'pending';

-- The history of a user: the events the Loyalty Calculator takes, without `at`, which is a column.
CREATE TABLE fulfillment.loyalty_history (
  user_id bigint NOT NULL REFERENCES fulfillment.loyalty_users (id),
  revision bigint NOT NULL CHECK (revision > 0),
  -- When it became known. Bookings that were saved together share it; otherwise later than all before.
  at timestamptz NOT NULL,
  source text REFERENCES fulfillment.bookings (source),
  act_id bigint UNIQUE REFERENCES fulfillment.loyalty_acts (id),
  event jsonb NOT NULL CHECK (jsonb_typeof(event) = 'object'),
  PRIMARY KEY (user_id, revision),
  CHECK ((source IS NULL) <> (act_id IS NULL))
);

-- The ledger of points: the balance of a user is the sum.
CREATE TABLE fulfillment.loyalty_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES fulfillment.loyalty_users (id),
  type text NOT NULL CHECK (type IN ('earn', 'reverse', 'burn', 'burn_cancel', 'expire', 'adjust')),
  points bigint NOT NULL,
  source text REFERENCES fulfillment.bookings (source),
  key text CHECK (length(key) BETWEEN 1 AND 200),
  -- Counts the postings of a source, from 1.
  seq integer CHECK (seq > 0),
  rate_bps integer CHECK (rate_bps BETWEEN 0 AND 10000),
  base_kopecks bigint CHECK (base_kopecks >= 0),
  record_version timestamptz,
  note text CHECK (length(note) <= 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, seq),
  CHECK (CASE WHEN type IN ('earn', 'burn_cancel') THEN points > 0
    WHEN type IN ('reverse', 'burn', 'expire') THEN points < 0 ELSE points <> 0 END),
  CHECK (CASE WHEN type IN ('earn', 'reverse') THEN source IS NOT NULL
    WHEN type IN ('burn', 'burn_cancel', 'adjust') THEN key IS NOT NULL ELSE true END),
  CHECK ((source IS NULL) <> (key IS NULL)),
  CHECK ((source IS NULL) = (seq IS NULL))
);
CREATE INDEX loyalty_entries_by_user ON fulfillment.loyalty_entries (user_id, id);
CREATE UNIQUE INDEX loyalty_entries_by_key ON fulfillment.loyalty_entries (key, type)
  WHERE key IS NOT NULL AND type <> 'expire';

CREATE OR REPLACE FUNCTION fulfillment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  RAISE EXCEPTION 'Rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$fn$;
CREATE TRIGGER loyalty_entries_append_only BEFORE UPDATE OR DELETE ON fulfillment.loyalty_entries
  FOR EACH ROW EXECUTE FUNCTION fulfillment.refuse_change();
CREATE TRIGGER loyalty_history_append_only BEFORE UPDATE OR DELETE ON fulfillment.loyalty_history
  FOR EACH ROW EXECUTE FUNCTION fulfillment.refuse_change();

-- Bookings whose user a person has to decide about.
CREATE TABLE fulfillment.booking_reviews (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id text NOT NULL,
  record_id text NOT NULL,
  -- The warning of the match that demands it.
  reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,50}$'),
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  -- The person, or `match` when the doubt went away by itself.
  closed_by text CHECK (length(closed_by) BETWEEN 1 AND 200),
  FOREIGN KEY (company_id, record_id) REFERENCES fulfillment.bookings (company_id, record_id),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX booking_reviews_one_open ON fulfillment.booking_reviews (company_id, record_id, reason)
  WHERE closed_at IS NULL;
CREATE INDEX booking_reviews_open ON fulfillment.booking_reviews (id) WHERE closed_at IS NULL;

-- Where the next run of a sync begins.
CREATE TABLE fulfillment.sync_cursors (
  company_id text NOT NULL CHECK (company_id ~ '^\d{1,20}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  since timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (company_id, name)
);

CREATE TABLE fulfillment.sync_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id text NOT NULL CHECK (company_id ~ '^\d{1,20}$'),
  mode text NOT NULL CHECK (mode IN ('webhook', 'changes', 'full', 'manual')),
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(),
  calls integer NOT NULL CHECK (calls >= 0),
  unreadable integer NOT NULL CHECK (unreadable >= 0),
  saved integer NOT NULL,
  stale integer NOT NULL,
  duplicate integer NOT NULL,
  linked integer NOT NULL,
  unlinked integer NOT NULL,
  reviews_open integer NOT NULL
);
CREATE INDEX sync_runs_newest ON fulfillment.sync_runs (company_id, mode, finished_at);

-- A list of at most so many elements; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_list(p jsonb, path text, most integer) RETURNS jsonb
LANGUAGE plpgsql AS $fn$
DECLARE
  v_value jsonb := fulfillment.read_json(p, path);
BEGIN
  IF v_value IS NULL THEN
    RETURN NULL;
  ELSIF jsonb_typeof(v_value) <> 'array' THEN
    PERFORM fulfillment.reject(path, 'must be a list');
  ELSIF jsonb_array_length(v_value) > most THEN
    PERFORM fulfillment.reject(path,
      format('must have at most %s elements, has %s', most, jsonb_array_length(v_value)));
  END IF;
  RETURN v_value;
END
$fn$;

-- A list of texts of at most max_length characters; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_texts(p jsonb, path text, most integer, max_length integer) RETURNS text[]
LANGUAGE plpgsql AS $fn$
DECLARE
  v_count integer := jsonb_array_length(fulfillment.read_list(p, path, most));
BEGIN
  RETURN CASE WHEN v_count IS NOT NULL THEN array(
    SELECT fulfillment.require_text(p, path || '.' || i, max_length) FROM generate_series(0, v_count - 1) i) END;
END
$fn$;

-- The shop's own id of a person, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_external_id(p jsonb, path text) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.require_text(p, path, 200);
END
$fn$;

-- A point in time as nodes write it.
CREATE OR REPLACE FUNCTION fulfillment.iso(moment timestamptz) RETURNS text LANGUAGE sql AS $fn$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$fn$;

-- Locks users, always in the same order, and tells the moment at which what follows becomes known to them: later than
-- all that is in their histories, and than all that was posted for them. Called before anything of a user is changed.
CREATE OR REPLACE FUNCTION fulfillment.lock_users(ids bigint[]) RETURNS timestamptz LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM FROM fulfillment.loyalty_users u WHERE u.id = ANY (ids) ORDER BY u.id FOR NO KEY UPDATE;
  RETURN (
    SELECT greatest(date_trunc('milliseconds', clock_timestamp()),
      max(greatest(u.history_at, u.points_at)) + interval '1 millisecond')
    FROM fulfillment.loyalty_users u WHERE u.id = ANY (ids));
END
$fn$;

-- Adds an event to the history of a locked user. Called with the moment from lock_users.
CREATE OR REPLACE FUNCTION fulfillment.append_history(user_id bigint, at timestamptz, source text, act_id bigint,
  event jsonb) RETURNS void LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_revision bigint;
BEGIN
  UPDATE fulfillment.loyalty_users u SET revision = u.revision + 1, history_at = at
  WHERE u.id = user_id RETURNING u.revision INTO STRICT v_revision;
  INSERT INTO fulfillment.loyalty_history (user_id, revision, at, source, act_id, event)
  VALUES (user_id, v_revision, at, source, act_id, event);
END
$fn$;

-- Keeps people, and gives a code to each who has none. Called when somebody needs a code, and in bulk for all. A code
-- never changes; a field that is left out stays as it was. Calls go one after the other, so that candidates may be
-- shared.
--   p: users [{external_id, name?, email?, phone? (E.164), telegram_id?}], codes [candidates; taken ones are skipped]
--   a row for each, in the order of users; outcome: created, known, no_code_left (the person is kept all the same);
--   contacts_changed: bookings of nobody may be found to be this person's now
CREATE OR REPLACE FUNCTION fulfillment.issue_codes(p jsonb)
RETURNS TABLE (outcome text, user_id bigint, external_id text, code text, contacts_changed boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_count integer := jsonb_array_length(fulfillment.required('users', fulfillment.read_list(p, 'users', 10000)));
  v_codes text[] := fulfillment.required('codes', fulfillment.read_texts(p, 'codes', 20000, 60));
  v_next integer := 1;
  v_path text;
  v_user fulfillment.loyalty_users;
  v_name text;
  v_email text;
  v_phone text;
  v_telegram_id text;
BEGIN
  FOR i IN 0 .. cardinality(v_codes) - 1 LOOP
    PERFORM fulfillment.read_pattern(p, 'codes.' || i, '^[A-Z0-9][A-Z0-9_-]{2,59}$', 'a code such as ABC12345');
  END LOOP;
  PERFORM pg_advisory_xact_lock(hashtextextended('fulfillment:loyalty_codes', 0));
  PERFORM FROM fulfillment.loyalty_users u
  WHERE u.external_id = ANY (array(SELECT e ->> 'external_id' FROM jsonb_array_elements(p -> 'users') e))
  ORDER BY u.id FOR UPDATE;

  FOR i IN 0 .. v_count - 1 LOOP
    v_path := format('users.%s.', i);
    external_id := fulfillment.require_external_id(p, v_path || 'external_id');
    v_name := fulfillment.read_text(p, v_path || 'name', 300);
    v_email := nullif(lower(btrim(fulfillment.read_text(p, v_path || 'email', 320))), '');
    v_phone := fulfillment.read_pattern(p, v_path || 'phone', '^\+\d{7,15}$', 'a number in E.164 such as +79990000001');
    v_telegram_id := fulfillment.read_pattern(p, v_path || 'telegram_id', '^\d{1,20}$', 'digits');
    INSERT INTO fulfillment.loyalty_users (external_id) VALUES (issue_codes.external_id)
    ON CONFLICT (external_id) DO NOTHING;
    outcome := CASE WHEN FOUND THEN 'created' ELSE 'known' END;
    SELECT u.* INTO STRICT v_user FROM fulfillment.loyalty_users u WHERE u.external_id = issue_codes.external_id;
    contacts_changed := outcome = 'created' OR (coalesce(v_email, v_user.email), coalesce(v_phone, v_user.phone))
      IS DISTINCT FROM (v_user.email, v_user.phone);

    code := v_user.code;
    WHILE code IS NULL AND v_next <= cardinality(v_codes) LOOP
      IF NOT EXISTS (SELECT FROM fulfillment.loyalty_users u WHERE u.code = v_codes[v_next]) THEN
        code := v_codes[v_next];
        contacts_changed := true;
      END IF;
      v_next := v_next + 1;
    END LOOP;
    IF code IS NULL THEN
      outcome := 'no_code_left';
    END IF;

    UPDATE fulfillment.loyalty_users u
    SET code = issue_codes.code, name = coalesce(v_name, u.name), email = coalesce(v_email, u.email),
      phone = coalesce(v_phone, u.phone), telegram_id = coalesce(v_telegram_id, u.telegram_id),
      contacts_at = CASE WHEN contacts_changed THEN now() ELSE u.contacts_at END,
      is_rematch_due = contacts_changed OR u.is_rematch_due
    WHERE u.id = v_user.id;
    user_id := v_user.id;
    RETURN NEXT;
  END LOOP;
END
$fn$;
