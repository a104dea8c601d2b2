-- Writes what a person has to look at. Kinds: mismatch, double_payment, event_dead, workflow_error, points_changed_often,
-- notice_dead.
CREATE OR REPLACE FUNCTION fulfillment.raise_alert(
  kind text, message text, event_id bigint, order_ref text, details jsonb DEFAULT '{}'
) RETURNS void LANGUAGE sql AS $fn$
  INSERT INTO fulfillment.alerts (kind, message, event_id, order_ref, details)
  VALUES (kind, left(message, 2500), event_id, order_ref, details)
$fn$;
