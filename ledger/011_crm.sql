-- What a CRM is told about payments. A lead's totals are always written as absolute numbers: what the lead held before this
-- ledger knew it, and the sum of the ledger's own payments since. So a repeated write does no harm.

CREATE TABLE fulfillment.crm_leads (
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  lead_id text NOT NULL CHECK (lead_id ~ '^\d{1,20}$'),
  -- As the lead showed them when its first payment came.
  base_paid_minor bigint NOT NULL,
  base_count integer NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, lead_id)
);

-- One row per event that changes totals.
CREATE TABLE fulfillment.crm_payments (
  event_id bigint PRIMARY KEY REFERENCES fulfillment.events (id),
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 100),
  provider_payment_id text,
  -- Negative for money that went back.
  amount_minor bigint NOT NULL,
  -- What it adds to the number of purchases: 1 for a payment, -1 once all of it went back, else 0.
  purchases integer NOT NULL CHECK (purchases BETWEEN -1 AND 1),
  -- Null until the lead is known.
  lead_id text CHECK (lead_id ~ '^\d{1,20}$'),
  contact_id text CHECK (contact_id ~ '^\d{1,20}$'),
  note_id text CHECK (note_id ~ '^\d{1,20}$'),
  planned_at timestamptz NOT NULL DEFAULT now(),
  registered_at timestamptz,
  FOREIGN KEY (pipeline, lead_id) REFERENCES fulfillment.crm_leads (pipeline, lead_id)
);
CREATE INDEX crm_payments_by_lead ON fulfillment.crm_payments (pipeline, lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX crm_payments_by_payment ON fulfillment.crm_payments (provider, provider_payment_id)
  WHERE provider_payment_id IS NOT NULL;

-- A CRM's number; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_crm_id(p jsonb, path text) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_pattern(p, path, '^\d{1,20}$', 'the number of a CRM record');
END
$fn$;

-- What the lead has to show now: its base and all payments the ledger gave to it.
CREATE OR REPLACE FUNCTION fulfillment.crm_totals(pipeline text, lead_id text)
RETURNS TABLE (paid_minor bigint, purchases integer) LANGUAGE sql AS $fn$
  SELECT l.base_paid_minor + coalesce(sum(c.amount_minor), 0)::bigint, l.base_count + coalesce(sum(c.purchases), 0)::integer
  FROM fulfillment.crm_leads l LEFT JOIN fulfillment.crm_payments c ON c.pipeline = l.pipeline AND c.lead_id = l.lead_id
  WHERE l.pipeline = crm_totals.pipeline AND l.lead_id = crm_totals.lead_id
  GROUP BY l.base_paid_minor, l.base_count
$fn$;

-- What an event adds to the totals. A refund names all that went back so far, so only what is new of it counts.
CREATE OR REPLACE FUNCTION fulfillment.crm_change(e fulfillment.events)
RETURNS TABLE (amount_minor bigint, purchases integer) LANGUAGE plpgsql AS $fn$
DECLARE
  v_paid bigint;
  v_returned bigint;
BEGIN
  IF e.kind <> 'refunded' THEN
    RETURN QUERY SELECT e.amount_minor, 1;
    RETURN;
  END IF;
  SELECT sum(c.amount_minor) FILTER (WHERE c.amount_minor > 0), -sum(c.amount_minor) FILTER (WHERE c.amount_minor < 0)
  INTO v_paid, v_returned
  FROM fulfillment.crm_payments c
  WHERE c.provider = e.provider AND c.provider_payment_id = e.provider_payment_id AND c.event_id <> e.id;
  RETURN QUERY SELECT -greatest(e.amount_minor - coalesce(v_returned, 0), 0),
    CASE WHEN e.amount_minor >= coalesce(v_paid, e.amount_minor) AND coalesce(v_returned, 0) < coalesce(v_paid, e.amount_minor)
      THEN -1 ELSE 0 END;
END
$fn$;

-- Plans what is written to the CRM for a claimed event, before anything is written. May be repeated.
--   p: event_id, contact_id?, lead_id? (absent: the lead is still to be created), held? {paid_minor, count,
--      last_payment_id} as the lead shows them now
--   lead_id: the lead to write to: for a refund the one its payment went to, if the ledger knows it
--   paid_minor, purchases: the totals to write; amount_minor: what this event adds to them (negative for a refund);
--   purchases_change: what it adds to the number of purchases; is_repeat: an earlier attempt may have written some of it
CREATE OR REPLACE FUNCTION fulfillment.plan_crm_payment(p jsonb)
RETURNS TABLE (event_id bigint, lead_id text, amount_minor bigint, paid_minor bigint, purchases integer,
  purchases_change integer, is_repeat boolean)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_lead_id text := fulfillment.read_crm_id(p, 'lead_id');
  v_event fulfillment.events;
  v_change record;
  v_held_paid bigint := coalesce(fulfillment.read_integer(p, 'held.paid_minor', -9007199254740991, 9007199254740991), 0);
  v_held_count integer := coalesce(fulfillment.read_integer(p, 'held.count', -1000000000, 1000000000), 0);
  v_is_written boolean;
BEGIN
  SELECT e.* INTO v_event FROM fulfillment.events e WHERE e.id = v_id;
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('event_id', 'is not known');
  ELSIF v_event.amount_minor IS NULL THEN
    PERFORM fulfillment.reject('event_id', 'names an event without an amount');
  END IF;
  IF v_event.kind = 'refunded' THEN
    v_lead_id := coalesce((
      SELECT c.lead_id FROM fulfillment.crm_payments c
      WHERE c.provider = v_event.provider AND c.provider_payment_id = v_event.provider_payment_id
        AND c.pipeline = v_event.pipeline AND c.lead_id IS NOT NULL
      ORDER BY c.event_id LIMIT 1), v_lead_id);
  END IF;
  SELECT * INTO v_change FROM fulfillment.crm_change(v_event);

  IF v_lead_id IS NOT NULL THEN
    -- An earlier attempt may have created this lead, with the payment in it, and been cut off before it could say so.
    v_is_written := v_event.kind <> 'refunded'
      AND fulfillment.read_text(p, 'held.last_payment_id', 300) = v_event.provider_payment_id;
    INSERT INTO fulfillment.crm_leads (pipeline, lead_id, base_paid_minor, base_count)
    VALUES (v_event.pipeline, v_lead_id,
      v_held_paid - CASE WHEN v_is_written THEN v_change.amount_minor ELSE 0 END,
      v_held_count - CASE WHEN v_is_written THEN v_change.purchases ELSE 0 END)
    ON CONFLICT (pipeline, lead_id) DO NOTHING;
  END IF;
  INSERT INTO fulfillment.crm_payments AS c (
    event_id, pipeline, provider, provider_payment_id, amount_minor, purchases, lead_id, contact_id
  ) VALUES (
    v_id, v_event.pipeline, v_event.provider, v_event.provider_payment_id, v_change.amount_minor, v_change.purchases,
    v_lead_id, fulfillment.read_crm_id(p, 'contact_id')
  )
  -- The first plan that names a lead stays: another attempt must not count the payment at another lead as well.
  ON CONFLICT (event_id) DO UPDATE SET
    lead_id = coalesce(c.lead_id, excluded.lead_id), contact_id = coalesce(excluded.contact_id, c.contact_id);

  RETURN QUERY
  SELECT c.event_id, c.lead_id, c.amount_minor, coalesce(t.paid_minor, c.amount_minor), coalesce(t.purchases, c.purchases),
    c.purchases, v_event.attempts > 1
  FROM fulfillment.crm_payments c LEFT JOIN LATERAL fulfillment.crm_totals(c.pipeline, c.lead_id) t ON true
  WHERE c.event_id = v_id;
END
$fn$;

-- Keeps what was written to the CRM, and says whether another payment of the lead came in between, so that the totals have
-- to be written once more. Whoever writes last asks last, so the lead ends with the sum of all.
--   p: event_id, lead_id, contact_id?, note_id?, written {paid_minor, count}
CREATE OR REPLACE FUNCTION fulfillment.confirm_crm_payment(p jsonb)
RETURNS TABLE (event_id bigint, lead_id text, write_again boolean, paid_minor bigint, purchases integer)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_id bigint := fulfillment.require_event_id(p);
  v_lead_id text := fulfillment.required('lead_id', fulfillment.read_crm_id(p, 'lead_id'));
  v_payment fulfillment.crm_payments;
BEGIN
  SELECT c.* INTO v_payment FROM fulfillment.crm_payments c WHERE c.event_id = v_id;
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('event_id', 'was not planned');
  END IF;
  -- A lead that was created for the payment begins with nothing.
  INSERT INTO fulfillment.crm_leads (pipeline, lead_id, base_paid_minor, base_count)
  VALUES (v_payment.pipeline, v_lead_id, 0, 0) ON CONFLICT (pipeline, lead_id) DO NOTHING;
  UPDATE fulfillment.crm_payments c
  SET lead_id = coalesce(c.lead_id, v_lead_id), contact_id = coalesce(fulfillment.read_crm_id(p, 'contact_id'), c.contact_id),
    note_id = coalesce(c.note_id, fulfillment.read_crm_id(p, 'note_id')), registered_at = coalesce(c.registered_at, now())
  WHERE c.event_id = v_id
  RETURNING c.* INTO v_payment;

  RETURN QUERY
  SELECT v_id, v_payment.lead_id,
    (t.paid_minor, t.purchases) IS DISTINCT FROM (
      fulfillment.required('written.paid_minor',
        fulfillment.read_integer(p, 'written.paid_minor', -9007199254740991, 9007199254740991)),
      fulfillment.required('written.count',
        fulfillment.read_integer(p, 'written.count', -1000000000, 1000000000))::integer),
    t.paid_minor, t.purchases
  FROM fulfillment.crm_totals(v_payment.pipeline, v_payment.lead_id) t;
END
$fn$;
