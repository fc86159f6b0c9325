/**
 * What an endpoint wishes and how it fares, and its deliveries in two queues: those that wait for their turn, in the
 * order of their rows, and those that wait for a time (`timed`: failed once, or asked for by a person). An index for
 * each, and one for the conversations, so that neither a million that wait nor a million of one conversation makes the
 * next hard to find. Triggers count what waits. `lane` is the conversation, or whose payload it is.
 */
export const delivering = `
ALTER TABLE endpoints ADD COLUMN previous_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoints ADD COLUMN previous_until INTEGER;
ALTER TABLE endpoints ADD COLUMN format TEXT NOT NULL DEFAULT 'antiphon';
ALTER TABLE endpoints ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE endpoints ADD COLUMN max_age_seconds INTEGER;
ALTER TABLE endpoints ADD COLUMN max_per_second INTEGER;
ALTER TABLE endpoints ADD COLUMN disabled TEXT;
ALTER TABLE endpoints ADD COLUMN failing TEXT;

DROP INDEX deliveries_order;
DROP INDEX deliveries_due;
ALTER TABLE deliveries DROP COLUMN event_position;
ALTER TABLE deliveries RENAME COLUMN conversation_id TO lane;
ALTER TABLE deliveries ADD COLUMN timed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN queued_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN first_tried_at INTEGER;
ALTER TABLE deliveries ADD COLUMN tried_at INTEGER;
ALTER TABLE deliveries ADD COLUMN reason TEXT;
ALTER TABLE deliveries ADD COLUMN replay_id TEXT;
ALTER TABLE deliveries ADD COLUMN payload_id INTEGER;
ALTER TABLE deliveries ADD COLUMN app_payload_id INTEGER;
ALTER TABLE delivery_attempts ADD COLUMN category TEXT;
UPDATE deliveries SET queued_at = created_at WHERE state = 'pending';
UPDATE deliveries SET timed = 1, first_tried_at = created_at, tried_at = created_at WHERE state = 'pending' AND tries > 0;
CREATE INDEX deliveries_turn ON deliveries (endpoint_id, seq) WHERE state = 'pending' AND timed = 0;
CREATE INDEX deliveries_timed ON deliveries (endpoint_id, due_at) WHERE state = 'pending' AND timed = 1;
CREATE INDEX deliveries_lane ON deliveries (endpoint_id, lane, seq) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (endpoint_id, seq) WHERE state = 'dead';
CREATE INDEX deliveries_replay ON deliveries (replay_id, seq) WHERE replay_id IS NOT NULL;
CREATE INDEX deliveries_payload ON deliveries (payload_id) WHERE payload_id IS NOT NULL AND state = 'pending';
CREATE INDEX deliveries_app_payload ON deliveries (app_payload_id)
  WHERE app_payload_id IS NOT NULL AND state = 'pending';

CREATE TABLE delivery_backlog (
  endpoint_id TEXT PRIMARY KEY,
  pending INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_backlog SELECT endpoint_id, count(*) FROM deliveries WHERE state = 'pending' GROUP BY endpoint_id;
CREATE TRIGGER delivery_backlog_queued AFTER INSERT ON deliveries WHEN NEW.state = 'pending' BEGIN
  INSERT INTO delivery_backlog VALUES (NEW.endpoint_id, 1)
    ON CONFLICT (endpoint_id) DO UPDATE SET pending = pending + 1;
END;
CREATE TRIGGER delivery_backlog_changed AFTER UPDATE OF state ON deliveries
WHEN (OLD.state = 'pending') <> (NEW.state = 'pending') BEGIN
  UPDATE delivery_backlog SET pending = pending + CASE WHEN NEW.state = 'pending' THEN 1 ELSE -1 END
  WHERE endpoint_id = NEW.endpoint_id;
END;

ALTER TABLE payloads ADD COLUMN signature TEXT;
ALTER TABLE app_payloads ADD COLUMN signature TEXT;

CREATE TABLE replays (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  endpoint_id TEXT NOT NULL,
  wish TEXT NOT NULL,
  per_second INTEGER NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  after INTEGER NOT NULL,
  until INTEGER NOT NULL,
  total INTEGER NOT NULL,
  queued INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX replays_endpoint ON replays (endpoint_id, seq);
CREATE TRIGGER replays_counted AFTER UPDATE OF state ON deliveries
WHEN NEW.replay_id IS NOT NULL AND OLD.state <> NEW.state BEGIN
  UPDATE replays SET
    delivered = delivered + (NEW.state = 'delivered') - (OLD.state = 'delivered'),
    dead = dead + (NEW.state = 'dead') - (OLD.state = 'dead')
  WHERE id = NEW.replay_id;
END;
`;
