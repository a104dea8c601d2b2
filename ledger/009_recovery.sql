-- What brings left-behind events on again.

-- Records an n8n execution that ended in an error, and fails the event it held. Called by the error workflow. The alert
-- (workflow_error) is written even when the execution held no event, so that errors before the ledger are seen too.
--   p: execution_id? (absent when a trigger failed), workflow_id, workflow_name?, node?, error, execution_url?
--   outcome: retry, dead (as fail_event), no_event
CREATE OR REPLACE FUNCTION fulfillment.fail_execution(p jsonb)
RETURNS TABLE (outcome text, event_id bigint, attempts integer, next_attempt_at timestamptz,
  next_event_id bigint, next_lease_token uuid, next_workflow_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_execution_id text := fulfillment.read_text(p, 'execution_id', 100);
  v_workflow_id text := fulfillment.require_text(p, 'workflow_id', 100);
  v_workflow_name text := coalesce(fulfillment.read_text(p, 'workflow_name', 1000), v_workflow_id);
  v_node text := coalesce(fulfillment.read_text(p, 'node', 1000), '(unknown)');
  v_error text := fulfillment.require_text(p, 'error', 100000000);
  v_event fulfillment.events;
BEGIN
  SELECT e.* INTO v_event FROM fulfillment.events e
  WHERE e.execution_id = v_execution_id AND e.workflow_id = v_workflow_id AND e.lease_until IS NOT NULL
  ORDER BY e.id LIMIT 1;
  IF FOUND THEN
    event_id := v_event.id;
    -- By its token, as anybody else: another run may have ended the event since it was read.
    SELECT f.outcome, f.attempts, f.next_attempt_at, f.next_event_id, f.next_lease_token, f.next_workflow_id
    INTO outcome, attempts, next_attempt_at, next_event_id, next_lease_token, next_workflow_id
    FROM fulfillment.fail_event(jsonb_build_object('event_id', v_event.id, 'lease_token', v_event.lease_token,
      'error', format('%s: %s', v_node, v_error))) f;
  ELSE
    outcome := 'no_event';
  END IF;

  PERFORM fulfillment.raise_alert('workflow_error',
    format('workflow %s stopped at node %s: %s', v_workflow_name, v_node, v_error), v_event.id, v_event.order_ref,
    jsonb_build_object('workflow_id', v_workflow_id, 'execution_id', v_execution_id,
      'execution_url', fulfillment.read_text(p, 'execution_url', 2000)));
  RETURN NEXT;
END
$fn$;

-- Claims what nobody is working on: leases that ran out (one more attempt, or dead with an alert), retries that are
-- due, and waiting events whose customer is free. Called every minute by the recovery workflow, which starts
-- workflow_id with each row. Calls may overlap: no event is handed out twice, and never two of one serial key.
--   p: limit? (20), lease_seconds? (as at intake)
CREATE OR REPLACE FUNCTION fulfillment.take_due_events(p jsonb)
RETURNS TABLE (event_id bigint, lease_token uuid, workflow_id text, attempts integer)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_limit integer := coalesce(fulfillment.read_integer(p, 'limit', 1, 1000), 20);
  v_lease_seconds integer := fulfillment.read_lease_seconds(p);
  v_serial_key text;
  v_event fulfillment.events;
BEGIN
  FOR v_serial_key IN
    SELECT c.serial_key FROM (
      (SELECT e.serial_key, e.lease_until AS due FROM fulfillment.events e
        WHERE e.lease_until <= now() ORDER BY e.lease_until LIMIT v_limit)
      UNION ALL
      (SELECT e.serial_key, e.next_attempt_at FROM fulfillment.events e
        WHERE e.next_attempt_at <= now() AND NOT EXISTS (
          SELECT FROM fulfillment.events b WHERE b.serial_key = e.serial_key AND b.status = 'processing')
        ORDER BY e.next_attempt_at LIMIT v_limit)
      UNION ALL
      (SELECT e.serial_key, e.received_at FROM fulfillment.events e
        WHERE e.status = 'received' AND NOT fulfillment.waits_for_older(e) AND NOT EXISTS (
          SELECT FROM fulfillment.events b WHERE b.serial_key = e.serial_key AND b.status = 'processing')
        ORDER BY e.id LIMIT v_limit)
    ) c GROUP BY c.serial_key ORDER BY min(c.due)
  LOOP
    -- A key that another call has in hand is not worth waiting for.
    CONTINUE WHEN NOT fulfillment.try_lock_serial_key(v_serial_key);
    SELECT e.* INTO v_event FROM fulfillment.events e
    WHERE e.serial_key = v_serial_key AND e.status = 'processing' AND e.lease_until <= now()
    FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      v_event := fulfillment.reclaim(v_event, NULL, NULL, v_lease_seconds);
    END IF;
    IF v_event.id IS NULL THEN
      v_event := fulfillment.claim_next(v_serial_key, v_lease_seconds);
    END IF;
    IF v_event.id IS NOT NULL THEN
      event_id := v_event.id;
      lease_token := v_event.lease_token;
      workflow_id := v_event.workflow_id;
      attempts := v_event.attempts;
      RETURN NEXT;
      v_limit := v_limit - 1;
      EXIT WHEN v_limit = 0;
    END IF;
  END LOOP;
END
$fn$;

-- Starts an event again by hand, with its full number of attempts: a dead, failed or ignored one, a waiting one, and a
-- done one with force. Replaying is a person's decision, so the reason an event was ignored for no longer counts; a
-- payment marks its order paid.
--   p: event_id, force? (false)
--   outcome: claimed (start workflow_id with the row), busy (the customer's current event comes first; this one follows
--            by itself), processing, done (force is needed), not_found
CREATE OR REPLACE FUNCTION fulfillment.replay_event(p jsonb)
RETURNS TABLE (outcome text, event_id bigint, lease_token uuid, workflow_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_force boolean := fulfillment.read_flag(p, 'force', false);
  v_event fulfillment.events;
BEGIN
  PERFORM fulfillment.lock_serial_key_of(v_id);
  SELECT e.* INTO v_event FROM fulfillment.events e WHERE e.id = v_id FOR UPDATE;
  event_id := v_id;
  IF NOT FOUND THEN
    outcome := 'not_found';
  ELSIF v_event.status = 'processing' OR (v_event.status = 'done' AND NOT v_force) THEN
    outcome := v_event.status;
  ELSE
    UPDATE fulfillment.events e
    SET status = 'received', attempts = 0, execution_id = NULL, lease_token = NULL, next_attempt_at = NULL,
      finished_at = NULL,
      order_ref = coalesce(e.order_ref, (fulfillment.order_of(e)).order_ref)
    WHERE e.id = v_id
    RETURNING e.* INTO v_event;
    IF v_event.order_ref IS NOT NULL THEN
      PERFORM fulfillment.follow_order(v_event);
    END IF;
    IF EXISTS (
      SELECT FROM fulfillment.events b WHERE b.serial_key = v_event.serial_key AND b.status = 'processing') THEN
      outcome := 'busy';
    ELSE
      v_event := fulfillment.claim(v_id, NULL, NULL, NULL);
      outcome := 'claimed';
      lease_token := v_event.lease_token;
      workflow_id := v_event.workflow_id;
    END IF;
  END IF;
  RETURN NEXT;
END
$fn$;
