import { hot, text } from "../column-types.ts";

/**
 * What is counted as it changes: how much waits of each channel and endpoint, how many rows there are by state, and how
 * a replay goes. SQLite's migrations 0004, 0014 and 0022 say why.
 */
export const counters = `
CREATE TABLE backlog (
  channel_id ${text} PRIMARY KEY,
  queued bigint NOT NULL DEFAULT 0,
  unread bigint NOT NULL DEFAULT 0
) ${hot};
INSERT INTO backlog (channel_id) VALUES ('');

CREATE TABLE delivery_backlog (
  endpoint_id ${text} PRIMARY KEY,
  pending bigint NOT NULL
) ${hot};

CREATE TABLE tally (
  kind ${text} NOT NULL,
  owner ${text} NOT NULL,
  bucket bigint NOT NULL,
  state ${text} NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (kind, owner, bucket, state)
) ${hot};
INSERT INTO tally VALUES ('unknown_parts', '', 0, '', 0);

${trigger("backlog_channel", "AFTER INSERT ON channels", "", "INSERT INTO backlog (channel_id) VALUES (NEW.id);")}
${trigger(
  "backlog_channel_removed",
  "AFTER UPDATE OF removed_at ON channels",
  "OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL",
  `UPDATE backlog SET queued = backlog.queued - own.queued, unread = backlog.unread - own.unread
    FROM backlog own WHERE backlog.channel_id = '' AND own.channel_id = NEW.id;
  DELETE FROM backlog WHERE channel_id = NEW.id;`,
)}
${trigger("backlog_call", "AFTER INSERT ON calls", open("NEW"), waiting("queued", "1"))}
${trigger(
  "backlog_call_closed",
  "AFTER UPDATE OF state ON calls",
  `(${open("OLD")}) <> (${open("NEW")})`,
  waiting("queued", `CASE WHEN ${open("NEW")} THEN 1 ELSE -1 END`),
)}
${trigger("backlog_payload", "AFTER INSERT ON payloads", "NEW.digested_at < 0", waiting("unread", "1"))}
${trigger(
  "backlog_payload_read",
  "AFTER UPDATE OF digested_at ON payloads",
  "OLD.digested_at < 0 AND NEW.digested_at >= 0",
  waiting("unread", "-1"),
)}
${trigger(
  "backlog_app_payload",
  "AFTER INSERT ON app_payloads",
  "NEW.routed_at < 0",
  "UPDATE backlog SET unread = unread + 1 WHERE channel_id = '';",
)}
${trigger(
  "backlog_app_payload_routed",
  "AFTER UPDATE OF routed_at ON app_payloads",
  "OLD.routed_at < 0 AND NEW.routed_at >= 0",
  "UPDATE backlog SET unread = unread - 1 WHERE channel_id = '';",
)}

${trigger(
  "delivery_backlog_queued",
  "AFTER INSERT ON deliveries",
  "NEW.state = 'pending'",
  `INSERT INTO delivery_backlog VALUES (NEW.endpoint_id, 1)
    ON CONFLICT (endpoint_id) DO UPDATE SET pending = delivery_backlog.pending + 1;`,
)}
${trigger(
  "delivery_backlog_changed",
  "AFTER UPDATE OF state ON deliveries",
  "(OLD.state = 'pending') <> (NEW.state = 'pending')",
  `UPDATE delivery_backlog SET pending = pending + CASE WHEN NEW.state = 'pending' THEN 1 ELSE -1 END
    WHERE endpoint_id = NEW.endpoint_id;`,
)}
${trigger(
  "replays_counted",
  "AFTER UPDATE OF state ON deliveries",
  "NEW.replay_id IS NOT NULL AND OLD.state <> NEW.state",
  `UPDATE replays SET
    delivered = delivered + (NEW.state = 'delivered')::int - (OLD.state = 'delivered')::int,
    dead = dead + (NEW.state = 'dead')::int - (OLD.state = 'dead')::int
  WHERE id = NEW.replay_id;`,
)}

${kept("messages", "channel_id", "status")}
${kept("calls", "channel_id", "state")}
${kept("deliveries", "endpoint_id", "state")}
${trigger("tally_unknown_parts_added", "AFTER INSERT ON unknown_parts", "", unknownParts("+ 1"))}
${trigger("tally_unknown_parts_gone", "AFTER DELETE ON unknown_parts", "", unknownParts("- 1"))}
`;

function trigger(name: string, event: string, when: string, body: string): string {
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  ${body}
  RETURN NULL;
END $$;
CREATE TRIGGER ${name} ${event} FOR EACH ROW ${when && `WHEN (${when})`} EXECUTE FUNCTION ${name}();`;
}

function open(row: "OLD" | "NEW"): string {
  return `${row}.state IN ('queued', 'sending')`;
}

/** Of a channel that is not removed, and of all. */
function waiting(column: "queued" | "unread", change: string): string {
  return `UPDATE backlog SET ${column} = ${column} + ${change} WHERE channel_id = NEW.channel_id;
  IF FOUND THEN UPDATE backlog SET ${column} = ${column} + ${change} WHERE channel_id = ''; END IF;`;
}

function kept(table: string, owner: string, state: string): string {
  const add = (of: string) =>
    `INSERT INTO tally VALUES ('${table}', NEW.${owner}, NEW.seq >> 14, ${of}, 1)
    ON CONFLICT (kind, owner, bucket, state) DO UPDATE SET count = tally.count + 1;`;
  const take = (of: string) =>
    `UPDATE tally SET count = count - 1
    WHERE kind = '${table}' AND owner = OLD.${owner} AND bucket = OLD.seq >> 14 AND state = ${of};`;
  const added = `${add("''")}\n  ${add(`NEW.${state}`)}`;
  const changed = `${take(`OLD.${state}`)}\n  ${add(`NEW.${state}`)}`;
  const gone = `${take("''")}\n  ${take(`OLD.${state}`)}`;
  return [
    trigger(`tally_${table}_added`, `AFTER INSERT ON ${table}`, "", added),
    trigger(
      `tally_${table}_changed`,
      `AFTER UPDATE OF ${state} ON ${table}`,
      `OLD.${state} <> NEW.${state}`,
      changed,
    ),
    trigger(`tally_${table}_gone`, `AFTER DELETE ON ${table}`, "", gone),
  ].join("\n");
}

function unknownParts(change: string): string {
  return `UPDATE tally SET count = count ${change} WHERE kind = 'unknown_parts' AND owner = '' AND bucket = 0 AND state = '';`;
}
