-- Tables of the ledger. Money: bigint minor units and an ISO 4217 currency. Time: timestamptz.

-- What somebody was asked to pay, written before the provider is called.
CREATE TABLE fulfillment.orders (
  -- The number given to strangers: 160 random bits as hex, made by create_order.
  order_ref text PRIMARY KEY CHECK (order_ref ~ '^[0-9a-f]{40}$'),
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 100),
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'paid', 'failed', 'canceled', 'expired', 'refunded', 'disputed')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  description text,
  customer_name text,
  customer_email text,
  customer_phone text,
  customer_telegram_id text,
  customer_telegram_username text,
  -- Who buys, as the pipeline tells buyers apart; open_order gives one buyer one open order.
  buyer_key text CHECK (length(buyer_key) BETWEEN 1 AND 200),
  -- What fulfilment needs to know, as the pipeline defines it.
  details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
  -- What the buyer got. Written once, never changed.
  result jsonb,
  provider_payment_id text,
  -- All that went back of the payment so far.
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
  -- When the newest fact about a dispute happened, and whether it took the money; null without one.
  dispute_at timestamptz,
  is_disputed boolean NOT NULL DEFAULT false,
  -- The caller's own key: a repeated create_order finds the same order.
  idempotency_key text CHECK (length(idempotency_key) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  paid_at timestamptz,
  fulfilled_at timestamptz,
  UNIQUE (pipeline, idempotency_key),
  CHECK (status <> 'paid' OR paid_at IS NOT NULL),
  CHECK (result IS NULL OR fulfilled_at IS NOT NULL)
);

-- Inbox of verified provider events: one row per (provider, event key), however often it was delivered.
--   received    waits for another event of the same serial key
--   processing  claimed: somebody holds lease_token until lease_until
--   failed      waits for next_attempt_at
--   done, dead (given up, alert written), ignored (kept with the reason) are final
CREATE TABLE fulfillment.events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 100),
  event_key text NOT NULL CHECK (length(event_key) BETWEEN 1 AND 300),
  kind text NOT NULL CHECK (kind IN ('check', 'authorized', 'paid', 'renewed', 'failed', 'refunded', 'disputed', 'dispute_won',
    'canceled', 'subscription_ended', 'subscription_resumed', 'expired', 'other')),
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  -- The n8n workflow that fulfils the event, and the execution that holds it now.
  workflow_id text NOT NULL,
  execution_id text,
  order_ref text REFERENCES fulfillment.orders (order_ref),
  provider_payment_id text,
  amount_minor bigint CHECK (amount_minor >= 0),
  currency char(3) CHECK (currency ~ '^[A-Z]{3}$'),
  occurred_at timestamptz NOT NULL,
  is_test boolean NOT NULL,
  -- The event as first delivered, shape of nodes/shared/paymentEvent.ts.
  payload jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
  -- Events of one serial key (one customer) are fulfilled one after the other, oldest first.
  serial_key text NOT NULL CHECK (length(serial_key) BETWEEN 1 AND 300),
  -- True: also waits while an older event of its serial key waits for a retry.
  in_order boolean NOT NULL DEFAULT false,
  status text NOT NULL CHECK (status IN ('received', 'processing', 'done', 'failed', 'dead', 'ignored')),
  -- Why the event was ignored.
  reason text,
  -- What the fulfilment said at its end.
  note text,
  -- Result of an event that has no order to keep it.
  result jsonb,
  last_error text CHECK (length(last_error) <= 2000),
  -- Claims so far; a replay by hand starts again from zero.
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  max_attempts integer NOT NULL CHECK (max_attempts > 0),
  lease_seconds integer NOT NULL CHECK (lease_seconds > 0),
  lease_token uuid,
  lease_until timestamptz,
  next_attempt_at timestamptz,
  deliveries integer NOT NULL DEFAULT 1 CHECK (deliveries > 0),
  received_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (provider, event_key),
  CHECK ((status = 'processing') = (lease_until IS NOT NULL)),
  CHECK (status <> 'processing' OR lease_token IS NOT NULL),
  CHECK ((status = 'failed') = (next_attempt_at IS NOT NULL)),
  CHECK ((status IN ('done', 'dead', 'ignored')) = (finished_at IS NOT NULL)),
  CHECK (status <> 'ignored' OR reason IS NOT NULL)
);

-- These indexes hold open events only and stay small however many are done. Each has a condition of its own, although
-- lease_until is set exactly while processing: where two indexes fit a query, PostgreSQL may take the wrong one while
-- both are empty, and keep it.

-- The schema's own word on "never two of one customer at a time".
CREATE UNIQUE INDEX events_one_processing_per_serial_key ON fulfillment.events (serial_key)
  WHERE status = 'processing';
-- Who is next of a customer.
CREATE INDEX events_waiting_by_serial_key ON fulfillment.events (serial_key, id)
  WHERE status IN ('received', 'failed');
-- What recovery looks for.
CREATE INDEX events_expiring_leases ON fulfillment.events (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX events_due_retries ON fulfillment.events (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
-- What came for an order, and the orders of a buyer: looked up by people.
CREATE INDEX events_by_order ON fulfillment.events (order_ref) WHERE order_ref IS NOT NULL;
CREATE INDEX orders_by_email ON fulfillment.orders (customer_email) WHERE customer_email IS NOT NULL;
-- Facts that name a payment and no order, such as a dispute, and the orders of one buyer.
CREATE INDEX orders_by_payment ON fulfillment.orders (provider, provider_payment_id)
  WHERE provider_payment_id IS NOT NULL;
CREATE INDEX events_without_order ON fulfillment.events (provider, provider_payment_id)
  WHERE status = 'ignored' AND reason = 'unknown_order';
CREATE INDEX orders_by_buyer ON fulfillment.orders (pipeline, buyer_key, created_at) WHERE buyer_key IS NOT NULL;
-- n8n's error workflow knows only the execution.
CREATE INDEX events_by_execution ON fulfillment.events (execution_id)
  WHERE execution_id IS NOT NULL AND lease_until IS NOT NULL;

-- A buyer's subscription at a provider, as the newest event left it.
CREATE TABLE fulfillment.subscriptions (
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 100),
  subscription_id text NOT NULL CHECK (length(subscription_id) BETWEEN 1 AND 300),
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  -- The order that began it, if it began with one of ours.
  order_ref text REFERENCES fulfillment.orders (order_ref),
  plan_id text,
  name text,
  -- canceled: will not renew, paid access lasts until next_payment_at. ended: access is over.
  status text NOT NULL CHECK (status IN ('active', 'canceled', 'ended')),
  renews boolean NOT NULL,
  next_payment_at timestamptz,
  -- When the event happened that status, renews and next_payment_at come from; null before the first such event.
  state_at timestamptz,
  last_payment_at timestamptz,
  last_payment_minor bigint CHECK (last_payment_minor >= 0),
  last_payment_currency char(3) CHECK (last_payment_currency ~ '^[A-Z]{3}$'),
  -- 1 for the first charge, 2 for the first renewal.
  last_payment_number integer CHECK (last_payment_number >= 0),
  customer_name text,
  customer_email text,
  customer_phone text,
  customer_telegram_id text,
  customer_telegram_username text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, subscription_id)
);

-- What a person has to look at.
CREATE TABLE fulfillment.alerts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,50}$'),
  message text NOT NULL CHECK (length(message) <= 2500),
  event_id bigint REFERENCES fulfillment.events (id),
  order_ref text REFERENCES fulfillment.orders (order_ref),
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
