/**
 * Integer keys (`seq`, `position`) grow with insertion and give every list its order; ids are what the API shows.
 * Partial indexes keep the queues (open calls, pending deliveries, undigested payloads) small whatever the history.
 */
export const initial = `
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  id TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  natural_id TEXT NOT NULL,
  name TEXT NOT NULL,
  credentials TEXT NOT NULL,
  base_url TEXT NOT NULL,
  simulated INTEGER NOT NULL,
  webhook_secret TEXT NOT NULL,
  paused INTEGER NOT NULL,
  paused_reason TEXT,
  created_at INTEGER NOT NULL,
  removed_at INTEGER,
  poll_cursor INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX channels_natural ON channels (platform, natural_id) WHERE removed_at IS NULL;

CREATE TABLE endpoints (
  id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  events TEXT NOT NULL,
  channels TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE contacts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES channels (id),
  name TEXT,
  username TEXT,
  language TEXT,
  blocked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE aliases (
  channel_id TEXT NOT NULL,
  alias TEXT NOT NULL,
  contact_id TEXT NOT NULL REFERENCES contacts (id),
  rank INTEGER NOT NULL,
  PRIMARY KEY (channel_id, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_contact ON aliases (contact_id, rank);

CREATE TABLE conversations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES channels (id),
  chat_id TEXT NOT NULL,
  chat_type TEXT NOT NULL,
  contact_id TEXT REFERENCES contacts (id),
  last_inbound_at INTEGER,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  merged_into TEXT
) STRICT;
CREATE UNIQUE INDEX conversations_contact ON conversations (contact_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_group ON conversations (channel_id, chat_id) WHERE chat_type <> 'private';
CREATE INDEX conversations_channel ON conversations (channel_id, seq);
CREATE INDEX conversations_merged ON conversations (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  address TEXT NOT NULL,
  content TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  platform_ids TEXT NOT NULL,
  token TEXT,
  metadata TEXT,
  policy TEXT,
  options TEXT,
  adaptation TEXT,
  choices TEXT,
  expires_at INTEGER,
  problem TEXT,
  reported TEXT NOT NULL DEFAULT '',
  open_request INTEGER
) STRICT;
CREATE INDEX messages_conversation ON messages (conversation_id, seq);
CREATE INDEX messages_channel ON messages (channel_id, seq);
CREATE INDEX messages_status ON messages (status, seq);
CREATE UNIQUE INDEX messages_token ON messages (channel_id, token) WHERE token IS NOT NULL;
CREATE INDEX messages_open_request ON messages (conversation_id, seq) WHERE open_request = 1;

CREATE TABLE calls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL REFERENCES messages (id),
  message_seq INTEGER NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  call TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  began_at INTEGER,
  platform_ids TEXT NOT NULL DEFAULT '[]',
  problem TEXT
) STRICT;
CREATE UNIQUE INDEX calls_message ON calls (message_id, position);
CREATE INDEX calls_open ON calls (conversation_id, message_seq, position) WHERE state IN ('queued', 'sending');
CREATE INDEX calls_state ON calls (state);

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  call_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  http_status INTEGER,
  problem TEXT
) STRICT;
CREATE INDEX attempts_call ON attempts (call_id);

CREATE TABLE receipts (
  call_id TEXT NOT NULL,
  receipt TEXT NOT NULL,
  at INTEGER NOT NULL,
  problem TEXT,
  PRIMARY KEY (call_id, receipt)
) STRICT, WITHOUT ROWID;
CREATE TABLE parked (
  channel_id TEXT NOT NULL,
  platform_id TEXT NOT NULL,
  receipt TEXT NOT NULL,
  at INTEGER NOT NULL,
  problem TEXT,
  aliases TEXT,
  PRIMARY KEY (channel_id, platform_id, receipt)
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_ids (
  channel_id TEXT NOT NULL,
  platform_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  call_id TEXT,
  PRIMARY KEY (channel_id, platform_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_ids_message ON platform_ids (message_id);

CREATE TABLE history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  receipt TEXT,
  problem TEXT
) STRICT;
CREATE INDEX history_message ON history (message_id);

CREATE TABLE payloads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id TEXT NOT NULL REFERENCES channels (id),
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  digested_at INTEGER
) STRICT;
CREATE INDEX payloads_waiting ON payloads (channel_id, id) WHERE digested_at IS NULL;
CREATE TABLE unknown_parts (
  payload_id INTEGER NOT NULL REFERENCES payloads (id),
  path TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX unknown_parts_payload ON unknown_parts (payload_id);
CREATE TABLE seen (
  channel_id TEXT NOT NULL,
  dedupe_key TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, dedupe_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  channel_id TEXT,
  conversation_id TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX events_channel ON events (channel_id, position);
CREATE INDEX events_conversation ON events (conversation_id, position);
CREATE INDEX events_type ON events (type, position);

CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  endpoint_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_position INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  conversation_id TEXT,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_order ON deliveries (endpoint_id, event_position, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_endpoint ON deliveries (endpoint_id, seq);
CREATE INDEX deliveries_event ON deliveries (event_id, seq);
CREATE INDEX deliveries_state ON deliveries (state, seq);
CREATE TABLE delivery_attempts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  latency_ms INTEGER NOT NULL,
  http_status INTEGER,
  error TEXT,
  answer TEXT
) STRICT;
CREATE INDEX delivery_attempts_delivery ON delivery_attempts (delivery_id);
`;
