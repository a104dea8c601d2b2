-- Reading the one jsonb argument of the interface functions. A path is dotted: 'event.eventKey'.
-- Every refusal names the path, so that an n8n execution shows which field to correct.

-- Refuses the call because of one field (SQLSTATE 22023).
CREATE OR REPLACE FUNCTION fulfillment.reject(path text, problem text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  RAISE EXCEPTION '%: %', path, problem USING ERRCODE = 'invalid_parameter_value';
END
$fn$;

-- A text of at most max_length characters; null when absent or empty. Numbers are taken as written.
CREATE OR REPLACE FUNCTION fulfillment.read_text(p jsonb, path text, max_length integer) RETURNS text
LANGUAGE plpgsql AS $fn$
DECLARE
  v_value jsonb := p #> string_to_array(path, '.');
  v_text text := v_value #>> '{}';
BEGIN
  IF v_text IS NULL OR v_text = '' THEN
    RETURN NULL;
  ELSIF jsonb_typeof(v_value) NOT IN ('string', 'number') THEN
    PERFORM fulfillment.reject(path, 'must be a text');
  ELSIF length(v_text) > max_length THEN
    PERFORM fulfillment.reject(path, format('must have at most %s characters, has %s', max_length, length(v_text)));
  END IF;
  RETURN v_text;
END
$fn$;

-- The value that was read from a path, refused when it is null.
CREATE OR REPLACE FUNCTION fulfillment.required(path text, value anyelement) RETURNS anyelement
LANGUAGE plpgsql AS $fn$
BEGIN
  IF value IS NULL THEN
    PERFORM fulfillment.reject(path, 'is required');
  END IF;
  RETURN value;
END
$fn$;

-- As read_text, but absent or empty is refused.
CREATE OR REPLACE FUNCTION fulfillment.require_text(p jsonb, path text, max_length integer) RETURNS text
LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required(path, fulfillment.read_text(p, path, max_length));
END
$fn$;

-- As read_text, and the text has to match a pattern; `expected` says in words what is wanted.
CREATE OR REPLACE FUNCTION fulfillment.read_pattern(p jsonb, path text, pattern text, expected text) RETURNS text
LANGUAGE plpgsql AS $fn$
DECLARE
  v_text text := fulfillment.read_text(p, path, 1000);
BEGIN
  IF v_text !~ pattern THEN
    PERFORM fulfillment.reject(path, format('must be %s, got "%s"', expected, left(v_text, 60)));
  END IF;
  RETURN v_text;
END
$fn$;

-- A whole number within bounds, as JSON number or digits; null when absent or empty.
CREATE OR REPLACE FUNCTION fulfillment.read_integer(p jsonb, path text, lowest bigint, highest bigint) RETURNS bigint
LANGUAGE plpgsql AS $fn$
DECLARE
  v_text text := fulfillment.read_text(p, path, 1000);
BEGIN
  IF v_text IS NULL THEN
    RETURN NULL;
  ELSIF v_text !~ '^-?\d{1,18}$' OR v_text::bigint NOT BETWEEN lowest AND highest THEN
    PERFORM fulfillment.reject(path,
      format('must be a whole number from %s to %s, got "%s"', lowest, highest, left(v_text, 60)));
  END IF;
  RETURN v_text::bigint;
END
$fn$;

-- An amount in minor units, within what JavaScript counts exactly; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_amount(p jsonb, path text, lowest bigint) RETURNS bigint
LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_integer(p, path, lowest, 9007199254740991);
END
$fn$;

-- An ISO 4217 code; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_currency(p jsonb, path text) RETURNS text
LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_pattern(p, path, '^[A-Z]{3}$', 'three upper-case letters');
END
$fn$;

-- An id made by this ledger; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_id(p jsonb, path text) RETURNS bigint LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_integer(p, path, 1, 999999999999999999);
END
$fn$;

-- The id of an event in the ledger, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_event_id(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required('event_id', fulfillment.read_id(p, 'event_id'));
END
$fn$;

-- A lease token, refused when absent.
CREATE OR REPLACE FUNCTION fulfillment.require_lease_token(p jsonb) RETURNS uuid LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.required('lease_token', fulfillment.read_pattern(
    p, 'lease_token', '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'a UUID'))::uuid;
END
$fn$;

-- How long a claim holds, in seconds (at most a day); null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_lease_seconds(p jsonb) RETURNS integer LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_integer(p, 'lease_seconds', 1, 86400);
END
$fn$;

-- True or false; `fallback` when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_flag(p jsonb, path text, fallback boolean) RETURNS boolean
LANGUAGE plpgsql AS $fn$
DECLARE
  v_value jsonb := p #> string_to_array(path, '.');
BEGIN
  IF coalesce(jsonb_typeof(v_value), 'null') = 'null' THEN
    RETURN fallback;
  ELSIF jsonb_typeof(v_value) <> 'boolean' THEN
    PERFORM fulfillment.reject(path, 'must be true or false');
  END IF;
  RETURN v_value::boolean;
END
$fn$;

-- A point in time, UTC in ISO 8601 (2025-01-31T09:00:00Z); null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_time(p jsonb, path text) RETURNS timestamptz LANGUAGE plpgsql AS $fn$
DECLARE
  v_text text := fulfillment.read_pattern(
    p, path, '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$', 'a UTC time in ISO 8601');
BEGIN
  RETURN v_text::timestamptz;
EXCEPTION WHEN datetime_field_overflow THEN
  PERFORM fulfillment.reject(path, format('is no real date or time, got "%s"', v_text));
END
$fn$;

-- A JSON object; {} when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_object(p jsonb, path text) RETURNS jsonb LANGUAGE plpgsql AS $fn$
DECLARE
  v_value jsonb := p #> string_to_array(path, '.');
BEGIN
  IF coalesce(jsonb_typeof(v_value), 'null') = 'null' THEN
    RETURN '{}';
  ELSIF jsonb_typeof(v_value) <> 'object' THEN
    PERFORM fulfillment.reject(path, 'must be an object');
  END IF;
  RETURN v_value;
END
$fn$;

-- Any JSON value; null for absent and for JSON null.
CREATE OR REPLACE FUNCTION fulfillment.read_json(p jsonb, path text) RETURNS jsonb LANGUAGE sql AS $fn$
  SELECT nullif(p #> string_to_array(path, '.'), 'null')
$fn$;

-- Calls an interface function for somebody outside, and gives its refusal of a field out as data, so that the workflow can
-- answer it. Any other error stays an error.
--   fn: name of a function of this schema with one jsonb argument; p: its argument
--   rows: those of the function as `result`, or one with `refusal`
CREATE OR REPLACE FUNCTION fulfillment.checked(fn text, p jsonb) RETURNS TABLE (result jsonb, refusal text)
LANGUAGE plpgsql AS $fn$
BEGIN
  -- The sign of the placeholder stands alone, because n8n reads this file as a query with placeholders of its own.
  RETURN QUERY EXECUTE format('SELECT to_jsonb(r), NULL::text FROM fulfillment.%I(%s) r', fn, '$' || 1) USING p;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN QUERY SELECT NULL::jsonb, SQLERRM;
END
$fn$;
