-- The end of a claimed event. Only the holder of the current lease token may end it; anybody else gets `stale` and
-- changes nothing. Ending an event claims the customer's next one, if any, for the caller to start at once:
-- next_workflow_id is called with next_event_id and next_lease_token.

-- Takes over an event that was claimed for this run by recovery, by a replay or by finish_event. Called first by a run
-- that was started with an event id and a lease token; binds the execution and renews the lease.
--   p: event_id, lease_token, execution_id, lease_seconds? (as at intake)
--   outcome: claimed (row as from receive_event), or stale: another run has it, or it is not claimed any more
CREATE OR REPLACE FUNCTION fulfillment.take_up_event(p jsonb)
RETURNS TABLE (outcome text, reason text, event_id bigint, lease_token uuid, event jsonb, "order" jsonb)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_token uuid := fulfillment.require_lease_token(p);
  v_execution_id text := fulfillment.require_text(p, 'execution_id', 100);
  v_lease_seconds integer := fulfillment.read_lease_seconds(p);
  v_event fulfillment.events;
BEGIN
  PERFORM fulfillment.lock_serial_key_of(v_id);
  UPDATE fulfillment.events e
  SET execution_id = v_execution_id,
    lease_until = now() + make_interval(secs => coalesce(v_lease_seconds, e.lease_seconds))
  WHERE e.id = v_id AND e.status = 'processing' AND e.lease_token = v_token
    AND coalesce(e.execution_id, v_execution_id) = v_execution_id
  RETURNING e.* INTO v_event;

  outcome := CASE WHEN FOUND THEN 'claimed' ELSE 'stale' END;
  event_id := v_id;
  lease_token := v_event.lease_token;
  event := v_event.payload;
  "order" := fulfillment.order_json(v_event.order_ref);
  RETURN NEXT;
END
$fn$;

-- Marks an event done. Called as the last step of every fulfilment; may be repeated with the same lease token.
--   p: event_id, lease_token, result? (any JSON; kept with the paid order, where the first one stays for good, or with
--      the event when it pays for no order), note?
--   outcome: done, already_done, stale
CREATE OR REPLACE FUNCTION fulfillment.finish_event(p jsonb)
RETURNS TABLE (outcome text, next_event_id bigint, next_lease_token uuid, next_workflow_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_token uuid := fulfillment.require_lease_token(p);
  v_result jsonb := fulfillment.read_json(p, 'result');
  v_note text := fulfillment.read_text(p, 'note', 2000);
  v_event fulfillment.events;
  v_next fulfillment.events;
BEGIN
  PERFORM fulfillment.lock_serial_key_of(v_id);
  UPDATE fulfillment.events e
  SET status = 'done', finished_at = now(), lease_until = NULL, note = v_note,
    result = CASE WHEN e.kind <> 'paid' OR e.order_ref IS NULL THEN v_result END
  WHERE e.id = v_id AND e.status = 'processing' AND e.lease_token = v_token
  RETURNING e.* INTO v_event;

  IF FOUND THEN
    IF v_event.kind = 'paid' THEN
      UPDATE fulfillment.orders o
      SET result = coalesce(o.result, v_result), fulfilled_at = coalesce(o.fulfilled_at, now())
      WHERE o.order_ref = v_event.order_ref;
    END IF;
    v_next := fulfillment.claim_next(v_event.serial_key, NULL);
    outcome := 'done';
  ELSIF EXISTS (
    SELECT FROM fulfillment.events e WHERE e.id = v_id AND e.status = 'done' AND e.lease_token = v_token) THEN
    outcome := 'already_done';
  ELSE
    outcome := 'stale';
  END IF;
  next_event_id := v_next.id;
  next_lease_token := v_next.lease_token;
  next_workflow_id := v_next.workflow_id;
  RETURN NEXT;
END
$fn$;

-- Ends an attempt that failed. Called by fail_execution; a fulfilment that knows its error to be final may call it too.
--   p: event_id, lease_token, error, retryable? (true)
--   outcome: retry (again at next_attempt_at), dead (alert written), stale
CREATE OR REPLACE FUNCTION fulfillment.fail_event(p jsonb)
RETURNS TABLE (outcome text, attempts integer, next_attempt_at timestamptz,
  next_event_id bigint, next_lease_token uuid, next_workflow_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_token uuid := fulfillment.require_lease_token(p);
  v_error text := fulfillment.require_text(p, 'error', 100000000);
  v_retryable boolean := fulfillment.read_flag(p, 'retryable', true);
  v_event fulfillment.events;
  v_next fulfillment.events;
BEGIN
  PERFORM fulfillment.lock_serial_key_of(v_id);
  IF EXISTS (
    SELECT FROM fulfillment.events e WHERE e.id = v_id AND e.status = 'processing' AND e.lease_token = v_token) THEN
    v_event := fulfillment.fail_attempt(v_id, v_error, v_retryable);
    v_next := fulfillment.claim_next(v_event.serial_key, NULL);
  END IF;
  RETURN QUERY SELECT
    CASE v_event.status WHEN 'failed' THEN 'retry' WHEN 'dead' THEN 'dead' ELSE 'stale' END,
    v_event.attempts, v_event.next_attempt_at, v_next.id, v_next.lease_token, v_next.workflow_id;
END
$fn$;

-- The first step of a workflow that both a provider and the ledger start: takes in a new event, or takes up one that was
-- claimed for this run. A workflow with one entry for both needs each of its settings once.
--   p: as receive_event; or, when event_id is there, as take_up_event
--   rows: as theirs; outcome `stale` for an event that another run has
CREATE OR REPLACE FUNCTION fulfillment.claim_event(p jsonb)
RETURNS TABLE (outcome text, reason text, event_id bigint, lease_token uuid, event jsonb, "order" jsonb)
LANGUAGE plpgsql AS $fn$
BEGIN
  IF fulfillment.read_json(p, 'event_id') IS NULL THEN
    RETURN QUERY SELECT * FROM fulfillment.receive_event(p);
  ELSE
    RETURN QUERY SELECT * FROM fulfillment.take_up_event(p);
  END IF;
END
$fn$;
