/**
 * How much waits, of each channel and (under the empty id) of all: calls to leave, payloads to be read. Triggers keep
 * it, whoever changes a row: counting a million waiting rows anew for every request would take a second.
 * A removed channel counts no more, whatever becomes of what it left.
 */
export const backlog = `
CREATE TABLE backlog (
  channel_id TEXT PRIMARY KEY,
  queued INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO backlog (channel_id) VALUES ('');
INSERT INTO backlog (channel_id) SELECT id FROM channels WHERE removed_at IS NULL;
UPDATE backlog SET queued = counted.queued FROM (
  SELECT channel_id, count(*) AS queued FROM calls WHERE state IN ('queued', 'sending') GROUP BY channel_id
) AS counted WHERE counted.channel_id = backlog.channel_id;
UPDATE backlog SET unread = counted.unread FROM (
  SELECT channel_id, count(*) AS unread FROM payloads WHERE digested_at < 0 GROUP BY channel_id
) AS counted WHERE counted.channel_id = backlog.channel_id;
UPDATE backlog SET
  queued = (SELECT coalesce(sum(queued), 0) FROM backlog),
  unread = (SELECT coalesce(sum(unread), 0) FROM backlog) + (SELECT count(*) FROM app_payloads WHERE routed_at < 0)
WHERE channel_id = '';

CREATE TRIGGER backlog_channel AFTER INSERT ON channels BEGIN
  INSERT INTO backlog (channel_id) VALUES (NEW.id);
END;
CREATE TRIGGER backlog_channel_removed AFTER UPDATE OF removed_at ON channels
WHEN OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL BEGIN
  UPDATE backlog SET
    queued = queued - (SELECT queued FROM backlog WHERE channel_id = NEW.id),
    unread = unread - (SELECT unread FROM backlog WHERE channel_id = NEW.id)
  WHERE channel_id = '';
  DELETE FROM backlog WHERE channel_id = NEW.id;
END;

CREATE TRIGGER backlog_call AFTER INSERT ON calls
WHEN NEW.state IN ('queued', 'sending') AND EXISTS (SELECT 1 FROM backlog WHERE channel_id = NEW.channel_id) BEGIN
  UPDATE backlog SET queued = queued + 1 WHERE channel_id IN ('', NEW.channel_id);
END;
CREATE TRIGGER backlog_call_closed AFTER UPDATE OF state ON calls
WHEN (OLD.state IN ('queued', 'sending')) <> (NEW.state IN ('queued', 'sending'))
  AND EXISTS (SELECT 1 FROM backlog WHERE channel_id = NEW.channel_id) BEGIN
  UPDATE backlog SET queued = queued + CASE WHEN NEW.state IN ('queued', 'sending') THEN 1 ELSE -1 END
  WHERE channel_id IN ('', NEW.channel_id);
END;

CREATE TRIGGER backlog_payload AFTER INSERT ON payloads
WHEN NEW.digested_at < 0 AND EXISTS (SELECT 1 FROM backlog WHERE channel_id = NEW.channel_id) BEGIN
  UPDATE backlog SET unread = unread + 1 WHERE channel_id IN ('', NEW.channel_id);
END;
CREATE TRIGGER backlog_payload_read AFTER UPDATE OF digested_at ON payloads
WHEN OLD.digested_at < 0 AND NEW.digested_at >= 0
  AND EXISTS (SELECT 1 FROM backlog WHERE channel_id = NEW.channel_id) BEGIN
  UPDATE backlog SET unread = unread - 1 WHERE channel_id IN ('', NEW.channel_id);
END;
CREATE TRIGGER backlog_app_payload AFTER INSERT ON app_payloads WHEN NEW.routed_at < 0 BEGIN
  UPDATE backlog SET unread = unread + 1 WHERE channel_id = '';
END;
CREATE TRIGGER backlog_app_payload_routed AFTER UPDATE OF routed_at ON app_payloads
WHEN OLD.routed_at < 0 AND NEW.routed_at >= 0 BEGIN
  UPDATE backlog SET unread = unread - 1 WHERE channel_id = '';
END;
`;
