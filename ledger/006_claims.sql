-- Who may work on an event, and what follows when it fails. Called by the interface functions only, and only while
-- they hold the lock of the event's serial key. Locks are always taken in the order serial key, order, event for a
-- first delivery and serial key, event, order afterwards, so that calls wait for each other but never in a circle.

-- Makes calls about one serial key go one after the other until their transactions end.
CREATE OR REPLACE FUNCTION fulfillment.lock_serial_key(serial_key text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('fulfillment:' || serial_key, 0));
END
$fn$;

-- As lock_serial_key, but answers false instead of waiting.
CREATE OR REPLACE FUNCTION fulfillment.try_lock_serial_key(serial_key text) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN pg_try_advisory_xact_lock(hashtextextended('fulfillment:' || serial_key, 0));
END
$fn$;

-- Locks the serial key of a stored event; an unknown event has none.
CREATE OR REPLACE FUNCTION fulfillment.lock_serial_key_of(event_id bigint) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  PERFORM fulfillment.lock_serial_key(e.serial_key) FROM fulfillment.events e WHERE e.id = event_id;
END
$fn$;

-- Gives an event to a new holder: new token, new lease, one more attempt. execution_id is null when the run that will
-- take the event up is still to be started. Workflow and lease length stay as stored where null is given.
CREATE OR REPLACE FUNCTION fulfillment.claim(event_id bigint, execution_id text, workflow_id text,
  lease_seconds integer) RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_event fulfillment.events;
BEGIN
  UPDATE fulfillment.events e
  SET status = 'processing', attempts = e.attempts + 1, lease_token = gen_random_uuid(),
    lease_until = now() + make_interval(secs => coalesce(lease_seconds, e.lease_seconds)),
    lease_seconds = coalesce(lease_seconds, e.lease_seconds),
    workflow_id = coalesce(workflow_id, e.workflow_id), execution_id = execution_id,
    next_attempt_at = NULL, finished_at = NULL
  WHERE e.id = event_id
  RETURNING e.* INTO v_event;
  RETURN v_event;
END
$fn$;

-- Whether an event has to wait for an older one of its customer that waits for a retry.
CREATE OR REPLACE FUNCTION fulfillment.waits_for_older(e fulfillment.events) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN e.in_order AND EXISTS (
    SELECT FROM fulfillment.events b
    WHERE b.serial_key = e.serial_key AND b.id < e.id AND b.status = 'failed' AND b.next_attempt_at > now());
END
$fn$;

-- The oldest event of a serial key that may start now; null while one is processing or none waits.
CREATE OR REPLACE FUNCTION fulfillment.next_in_line(serial_key text) RETURNS bigint LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
BEGIN
  RETURN (
    SELECT e.id FROM fulfillment.events e
    WHERE e.serial_key = serial_key AND e.status IN ('received', 'failed')
      AND (e.status = 'received' OR e.next_attempt_at <= now()) AND NOT fulfillment.waits_for_older(e)
      AND NOT EXISTS (
        SELECT FROM fulfillment.events b WHERE b.serial_key = serial_key AND b.status = 'processing')
    ORDER BY e.id LIMIT 1);
END
$fn$;

-- Claims the event that is next in line for a run still to be started; all null when there is none.
CREATE OR REPLACE FUNCTION fulfillment.claim_next(serial_key text, lease_seconds integer) RETURNS fulfillment.events
LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.claim(fulfillment.next_in_line(serial_key), NULL, NULL, lease_seconds);
END
$fn$;

-- Ends the current attempt with an error. Waits 30 s, doubled with every attempt, ±20 % so that failures do not come
-- back in step, at most an hour; not retryable or out of attempts: dead, with an alert.
CREATE OR REPLACE FUNCTION fulfillment.fail_attempt(event_id bigint, error text, retryable boolean)
RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_event fulfillment.events;
BEGIN
  UPDATE fulfillment.events e
  SET status = CASE WHEN f.retry THEN 'failed' ELSE 'dead' END,
    next_attempt_at = CASE WHEN f.retry THEN
      now() + make_interval(secs => least(3600, 30 * 2 ^ least(e.attempts - 1, 10) * (0.8 + 0.4 * random()))) END,
    finished_at = CASE WHEN NOT f.retry THEN now() END,
    last_error = left(error, 2000), lease_token = NULL, lease_until = NULL
  FROM (SELECT retryable AND s.attempts < s.max_attempts AS retry FROM fulfillment.events s WHERE s.id = event_id) f
  WHERE e.id = event_id
  RETURNING e.* INTO v_event;

  IF v_event.status = 'dead' THEN
    PERFORM fulfillment.raise_alert('event_dead',
      format('%s event %s was given up after %s attempt(s): %s',
        v_event.kind, v_event.event_key, v_event.attempts, v_event.last_error),
      v_event.id, v_event.order_ref);
  END IF;
  RETURN v_event;
END
$fn$;

-- Claims an event whose holder let the lease run out; at the last attempt it becomes dead instead, and all null is
-- returned.
CREATE OR REPLACE FUNCTION fulfillment.reclaim(e fulfillment.events, execution_id text, workflow_id text,
  lease_seconds integer) RETURNS fulfillment.events LANGUAGE plpgsql AS $fn$
DECLARE
  v_error text := format('the lease of execution %s ran out', coalesce(e.execution_id, '(not started)'));
BEGIN
  IF e.attempts >= e.max_attempts THEN
    PERFORM fulfillment.fail_attempt(e.id, v_error, false);
    RETURN NULL;
  END IF;
  UPDATE fulfillment.events s SET last_error = v_error WHERE s.id = e.id;
  RETURN fulfillment.claim(e.id, execution_id, workflow_id, lease_seconds);
END
$fn$;
