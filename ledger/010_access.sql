-- Access to a Telegram chat, person by person: who may be in, by which invite link, and since when no more.

-- What a paid order gives. One row per order, written when the order is first fulfilled.
CREATE TABLE fulfillment.accesses (
  order_ref text PRIMARY KEY REFERENCES fulfillment.orders (order_ref),
  pipeline text NOT NULL CHECK (length(pipeline) BETWEEN 1 AND 100),
  chat_id text NOT NULL CHECK (length(chat_id) BETWEEN 1 AND 100),
  -- Null until a buyer from the site has opened the bot.
  telegram_id text CHECK (telegram_id ~ '^\d{1,20}$'),
  status text NOT NULL CHECK (status IN ('granted', 'ended')),
  -- The personal link that was made last, and how many were made.
  invite_link text CHECK (length(invite_link) <= 1000),
  invite_expires_at timestamptz,
  invites_made integer NOT NULL DEFAULT 0 CHECK (invites_made >= 0),
  -- Who came in by that link; not always the buyer.
  link_used_by text CHECK (link_used_by ~ '^\d{1,20}$'),
  granted_at timestamptz NOT NULL DEFAULT now(),
  joined_at timestamptz,
  ended_at timestamptz,
  -- The event that ended it, so that only this event is told to the buyer, however often it is tried.
  ended_by_event bigint REFERENCES fulfillment.events (id),
  CHECK ((status = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX accesses_by_person ON fulfillment.accesses (chat_id, telegram_id) WHERE telegram_id IS NOT NULL;
CREATE INDEX accesses_by_link ON fulfillment.accesses (invite_link) WHERE invite_link IS NOT NULL;

-- A Telegram user id; null when absent.
CREATE OR REPLACE FUNCTION fulfillment.read_telegram_id(p jsonb) RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN fulfillment.read_pattern(p, 'telegram_id', '^\d{1,20}$', 'digits');
END
$fn$;

-- Whether another order of the same person still opens the same chat.
CREATE OR REPLACE FUNCTION fulfillment.has_other_access(a fulfillment.accesses) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN EXISTS (
    SELECT FROM fulfillment.accesses b JOIN fulfillment.orders o ON o.order_ref = b.order_ref
    WHERE b.chat_id = a.chat_id AND b.telegram_id = a.telegram_id AND b.order_ref <> a.order_ref
      AND b.status = 'granted' AND fulfillment.gives_access(o));
END
$fn$;

-- Whether the link that was made last still lets the buyer in: not about to expire, and nobody has used it up.
CREATE OR REPLACE FUNCTION fulfillment.link_is_good(a fulfillment.accesses) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
  RETURN a.invite_link IS NOT NULL AND a.link_used_by IS NULL
    AND (a.invite_expires_at IS NULL OR a.invite_expires_at > now() + interval '10 minutes');
END
$fn$;

-- Decides what an order's buyer is to get or lose now, and keeps the decision. Called by the workflow that gives access:
-- for an event of the order, or because the buyer asks. May be repeated; each action may be, too.
--   p: order_ref, chat_id, static_link? (one link for all buyers instead of personal ones), max_links? (5),
--      event_id? and kind? (of the event; absent when the buyer asks)
--   action: create_link  make a personal link, then call store_invite; replaces_link is to be revoked
--           send         invite_link is the buyer's way in
--           remove       take the buyer out of the chat and revoke invite_link
--           tell         nothing to give; say `text`
--           nothing
--   text: access, second_payment, not_paid_yet, access_ended, too_many_links, payment_failed, renewal_failed,
--         renewal_canceled, session_expired, refunded, disputed, subscription_ended; null for nothing
CREATE OR REPLACE FUNCTION fulfillment.settle_access(p jsonb)
RETURNS TABLE (action text, text text, order_ref text, telegram_id text, chat_id text, description text,
  invite_link text, invite_name text, replaces_link text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_order_ref text := fulfillment.require_text(p, 'order_ref', 1000);
  v_chat_id text := fulfillment.require_text(p, 'chat_id', 100);
  v_static_link text := fulfillment.read_text(p, 'static_link', 1000);
  v_max_links integer := coalesce(fulfillment.read_integer(p, 'max_links', 1, 1000), 5);
  v_event_id bigint := fulfillment.read_id(p, 'event_id');
  v_kind text := fulfillment.read_text(p, 'kind', 50);
  v_order fulfillment.orders;
  v_access fulfillment.accesses;
BEGIN
  SELECT o.* INTO v_order FROM fulfillment.orders o WHERE o.order_ref = v_order_ref FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM fulfillment.reject('order_ref', 'is not known');
  END IF;
  SELECT a.* INTO v_access FROM fulfillment.accesses a WHERE a.order_ref = v_order_ref;

  action := 'nothing';
  order_ref := v_order_ref;
  telegram_id := coalesce(v_access.telegram_id, v_order.customer_telegram_id);
  chat_id := coalesce(v_access.chat_id, v_chat_id);
  description := v_order.description;

  IF fulfillment.gives_access(v_order) THEN
    IF v_kind IS NULL OR v_kind IN ('paid', 'dispute_won') THEN
      v_access := fulfillment.grant_access(v_order, v_chat_id, v_event_id);
      IF v_access.telegram_id IS NOT NULL THEN
        text := 'access';
        action := CASE
          WHEN v_kind = 'paid' AND v_access.invites_made = 0 AND fulfillment.has_other_access(v_access) THEN 'tell'
          -- A second try at the same payment: the message of the first one got through, and its link was used.
          WHEN v_kind = 'paid' AND v_access.link_used_by = v_access.telegram_id THEN 'nothing'
          WHEN v_static_link IS NOT NULL OR fulfillment.link_is_good(v_access) THEN 'send'
          WHEN v_access.invites_made >= v_max_links THEN 'tell'
          ELSE 'create_link' END;
        IF action = 'tell' THEN
          text := CASE WHEN v_access.invites_made = 0 THEN 'second_payment' ELSE 'too_many_links' END;
        ELSIF action = 'send' THEN
          invite_link := coalesce(v_static_link, v_access.invite_link);
        ELSIF action = 'create_link' THEN
          invite_name := left(v_order_ref, 24) || '-' || (v_access.invites_made + 1);
          replaces_link := v_access.invite_link;
        END IF;
      END IF;
    ELSIF v_kind IN ('failed', 'canceled') THEN
      action := 'tell';
      text := 'renewal_' || v_kind;
    END IF;
  ELSIF v_access.status = 'granted' OR (v_event_id IS NOT NULL AND v_access.ended_by_event = v_event_id) THEN
    UPDATE fulfillment.accesses a SET status = 'ended', ended_at = coalesce(a.ended_at, now()),
      ended_by_event = coalesce(a.ended_by_event, v_event_id)
    WHERE a.order_ref = v_order_ref;
    text := CASE WHEN v_order.status = 'paid' THEN 'subscription_ended' ELSE v_order.status END;
    invite_link := v_access.invite_link;
    action := CASE WHEN v_access.telegram_id IS NULL OR fulfillment.has_other_access(v_access)
      THEN 'nothing' ELSE 'remove' END;
  ELSIF v_kind IS NULL THEN
    action := 'tell';
    text := CASE WHEN v_order.status IN ('paid', 'refunded', 'disputed') THEN 'access_ended' ELSE 'not_paid_yet' END;
  ELSIF v_kind IN ('failed', 'expired') AND v_order.status = v_kind THEN
    action := 'tell';
    text := CASE v_kind WHEN 'failed' THEN 'payment_failed' ELSE 'session_expired' END;
  END IF;

  IF telegram_id IS NULL THEN
    action := 'nothing';
  END IF;
  IF action = 'nothing' THEN
    text := NULL;
  END IF;
  RETURN NEXT;
END
$fn$;

-- Writes that an order's buyer may be in the chat, and warns once when he had paid for it already.
CREATE OR REPLACE FUNCTION fulfillment.grant_access(o fulfillment.orders, chat_id text, event_id bigint)
RETURNS fulfillment.accesses LANGUAGE plpgsql AS $fn$
#variable_conflict use_variable
DECLARE
  v_access fulfillment.accesses;
  v_is_new boolean;
BEGIN
  INSERT INTO fulfillment.accesses AS a (order_ref, pipeline, chat_id, telegram_id, status)
  VALUES (o.order_ref, o.pipeline, chat_id, o.customer_telegram_id, 'granted')
  ON CONFLICT (order_ref) DO UPDATE
  SET status = 'granted', ended_at = NULL, ended_by_event = NULL,
    telegram_id = coalesce(a.telegram_id, excluded.telegram_id),
    -- Whoever came back from a dispute was removed: the link they came by is of no more use.
    link_used_by = CASE WHEN a.status = 'ended' THEN coalesce(a.link_used_by, a.telegram_id) ELSE a.link_used_by END
  RETURNING a.* INTO v_access;
  SELECT NOT EXISTS (
    SELECT FROM fulfillment.alerts l WHERE l.order_ref = o.order_ref AND l.kind = 'double_payment') INTO v_is_new;
  IF v_is_new AND v_access.invites_made = 0 AND fulfillment.has_other_access(v_access) THEN
    PERFORM fulfillment.raise_alert('double_payment',
      format('order %s was paid by a buyer who has access to chat %s already', o.order_ref, chat_id),
      event_id, o.order_ref);
  END IF;
  RETURN v_access;
END
$fn$;

-- Keeps the personal link that was made after `create_link`.
--   p: order_ref, invite_link, expires_at? (null: never), replaces_link? (as from settle_access)
--   invite_link is the link to send: of two runs that made one at the same time, the first. revoke_link is the link nobody
--   needs any more, if any.
CREATE OR REPLACE FUNCTION fulfillment.store_invite(p jsonb)
RETURNS TABLE (invite_link text, revoke_link text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_order_ref text := fulfillment.require_text(p, 'order_ref', 1000);
  v_link text := fulfillment.require_text(p, 'invite_link', 1000);
  v_replaces text := fulfillment.read_text(p, 'replaces_link', 1000);
BEGIN
  UPDATE fulfillment.accesses a
  SET invite_link = v_link, invite_expires_at = fulfillment.read_time(p, 'expires_at'),
    invites_made = a.invites_made + 1, link_used_by = NULL
  WHERE a.order_ref = v_order_ref AND a.invite_link IS NOT DISTINCT FROM v_replaces
  RETURNING a.invite_link, v_replaces INTO invite_link, revoke_link;
  IF NOT FOUND THEN
    SELECT a.invite_link, nullif(v_link, a.invite_link) INTO STRICT invite_link, revoke_link
    FROM fulfillment.accesses a WHERE a.order_ref = v_order_ref;
  END IF;
  RETURN NEXT;
END
$fn$;

-- Ties an order from the site to the Telegram account that opens its deep link first. Called by /start <order number>.
--   p: order_ref, pipeline, telegram_id, telegram_username?
--   outcome: bound (also when it was bound to this account before), taken (another account was first), unknown
CREATE OR REPLACE FUNCTION fulfillment.bind_buyer(p jsonb) RETURNS TABLE (outcome text, order_ref text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_order_ref text := fulfillment.require_text(p, 'order_ref', 1000);
  v_pipeline text := fulfillment.require_text(p, 'pipeline', 100);
  v_telegram_id text := fulfillment.required('telegram_id', fulfillment.read_telegram_id(p));
  v_bound text;
BEGIN
  UPDATE fulfillment.orders o
  SET customer_telegram_id = coalesce(o.customer_telegram_id, v_telegram_id),
    customer_telegram_username = CASE WHEN coalesce(o.customer_telegram_id, v_telegram_id) = v_telegram_id
      THEN coalesce(fulfillment.read_text(p, 'telegram_username', 100), o.customer_telegram_username)
      ELSE o.customer_telegram_username END
  WHERE o.order_ref = v_order_ref AND o.pipeline = v_pipeline
  RETURNING o.customer_telegram_id INTO v_bound;
  outcome := CASE WHEN v_bound IS NULL THEN 'unknown' WHEN v_bound = v_telegram_id THEN 'bound' ELSE 'taken' END;
  order_ref := CASE WHEN outcome = 'bound' THEN v_order_ref END;
  RETURN NEXT;
END
$fn$;

-- The order a person means who asks for help or wants to pay: one that gives access now, else the newest that was paid.
--   p: pipeline, telegram_id
--   outcome: found, none; chat_id is null until the order is fulfilled
CREATE OR REPLACE FUNCTION fulfillment.find_access(p jsonb)
RETURNS TABLE (outcome text, order_ref text, gives_access boolean, chat_id text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_pipeline text := fulfillment.require_text(p, 'pipeline', 100);
  v_telegram_id text := fulfillment.required('telegram_id', fulfillment.read_telegram_id(p));
BEGIN
  RETURN QUERY
  SELECT 'found', o.order_ref, fulfillment.gives_access(o), a.chat_id
  FROM fulfillment.orders o LEFT JOIN fulfillment.accesses a ON a.order_ref = o.order_ref
  WHERE o.pipeline = v_pipeline AND o.customer_telegram_id = v_telegram_id AND o.paid_at IS NOT NULL
  ORDER BY fulfillment.gives_access(o) DESC, o.paid_at DESC LIMIT 1;
  IF NOT FOUND THEN
    outcome := 'none';
    gives_access := false;
    RETURN NEXT;
  END IF;
END
$fn$;

-- Whether a request to join comes from somebody who paid.
--   p: chat_id, telegram_id
--   outcome: approve, decline
CREATE OR REPLACE FUNCTION fulfillment.judge_join(p jsonb) RETURNS TABLE (outcome text, order_ref text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_chat_id text := fulfillment.require_text(p, 'chat_id', 100);
  v_telegram_id text := fulfillment.required('telegram_id', fulfillment.read_telegram_id(p));
BEGIN
  SELECT 'approve', a.order_ref INTO outcome, order_ref
  FROM fulfillment.accesses a JOIN fulfillment.orders o ON o.order_ref = a.order_ref
  WHERE a.chat_id = v_chat_id AND a.telegram_id = v_telegram_id AND a.status = 'granted' AND fulfillment.gives_access(o)
  ORDER BY a.granted_at LIMIT 1;
  outcome := coalesce(outcome, 'decline');
  RETURN NEXT;
END
$fn$;

-- Keeps who came into the chat, and by whose link. A link that was used is not sent again.
--   p: chat_id, telegram_id, invite_link?
--   outcome: buyer, stranger (came by the link of somebody else), unknown
CREATE OR REPLACE FUNCTION fulfillment.record_join(p jsonb) RETURNS TABLE (outcome text, order_ref text)
LANGUAGE plpgsql AS $fn$
#variable_conflict use_column
DECLARE
  v_chat_id text := fulfillment.require_text(p, 'chat_id', 100);
  v_telegram_id text := fulfillment.required('telegram_id', fulfillment.read_telegram_id(p));
  v_link text := fulfillment.read_text(p, 'invite_link', 1000);
BEGIN
  UPDATE fulfillment.accesses a
  SET link_used_by = CASE WHEN a.invite_link = v_link THEN v_telegram_id ELSE a.link_used_by END,
    joined_at = CASE WHEN a.telegram_id = v_telegram_id THEN now() ELSE a.joined_at END
  WHERE a.chat_id = v_chat_id AND (a.invite_link = v_link OR a.telegram_id = v_telegram_id);

  SELECT CASE WHEN a.telegram_id = v_telegram_id THEN 'buyer' ELSE 'stranger' END, a.order_ref INTO outcome, order_ref
  FROM fulfillment.accesses a
  WHERE a.chat_id = v_chat_id AND (a.invite_link = v_link OR a.telegram_id = v_telegram_id)
  ORDER BY a.telegram_id = v_telegram_id DESC NULLS LAST LIMIT 1;
  outcome := coalesce(outcome, 'unknown');
  RETURN NEXT;
END
$fn$;
