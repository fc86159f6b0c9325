import { hot, text } from "../column-types.ts";

/** Settings, what connects to platforms and customers, and who may do what. */
export const channels = `
CREATE TABLE settings (
  key ${text} PRIMARY KEY,
  value ${text} NOT NULL
) ${hot};

CREATE TABLE data_keys (
  id bigint PRIMARY KEY,
  master ${text} NOT NULL,
  wrapped ${text} NOT NULL,
  used bigint NOT NULL DEFAULT 0
);

CREATE TABLE apps (
  id ${text} PRIMARY KEY,
  provider ${text} NOT NULL,
  app_id ${text} NOT NULL,
  name ${text} NOT NULL,
  secrets ${text} NOT NULL,
  verify_token ${text} NOT NULL,
  created_at bigint NOT NULL,
  removed_at bigint,
  unknown_parts bigint NOT NULL DEFAULT 0,
  refused_parts bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX apps_provider ON apps (provider, app_id) WHERE removed_at IS NULL;

CREATE TABLE channels (
  id ${text} PRIMARY KEY,
  platform ${text} NOT NULL,
  natural_id ${text} NOT NULL,
  name ${text} NOT NULL,
  credentials ${text} NOT NULL,
  base_url ${text} NOT NULL,
  simulated bigint NOT NULL,
  webhook_secret ${text} NOT NULL,
  paused bigint NOT NULL,
  paused_reason ${text},
  created_at bigint NOT NULL,
  removed_at bigint,
  poll_cursor bigint NOT NULL DEFAULT 0,
  app_id ${text} REFERENCES apps (id),
  options ${text},
  on_ambiguous ${text},
  messages_per_second bigint,
  awaits_credentials bigint NOT NULL DEFAULT 0,
  on_failed ${text},
  retention ${text},
  checksum ${text},
  restricted bigint NOT NULL DEFAULT 0,
  resumes_at bigint
);
CREATE UNIQUE INDEX channels_natural ON channels (platform, natural_id) WHERE removed_at IS NULL;
CREATE INDEX channels_app ON channels (app_id) WHERE removed_at IS NULL;

CREATE TABLE channel_health (
  channel_id ${text} PRIMARY KEY,
  state ${text} NOT NULL
);

CREATE TABLE paces (
  key ${text} PRIMARY KEY,
  full_at double precision NOT NULL
) ${hot};

CREATE TABLE endpoints (
  id ${text} PRIMARY KEY,
  url ${text} NOT NULL,
  secret ${text} NOT NULL,
  events ${text} NOT NULL,
  channels ${text} NOT NULL,
  enabled bigint NOT NULL,
  created_at bigint NOT NULL,
  previous_secret ${text} NOT NULL DEFAULT '',
  previous_until bigint,
  format ${text} NOT NULL DEFAULT 'antiphon',
  ordered bigint NOT NULL DEFAULT 0,
  max_age_seconds bigint,
  max_per_second bigint,
  disabled ${text},
  failing ${text},
  checksum ${text}
);

CREATE TABLE api_keys (
  id ${text} PRIMARY KEY,
  name ${text} NOT NULL,
  hash ${text} NOT NULL,
  scopes ${text} NOT NULL,
  channels ${text} NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);

CREATE TABLE sessions (
  hash ${text} PRIMARY KEY,
  key_id ${text} NOT NULL,
  key_hash ${text} NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX sessions_key ON sessions (key_id, expires_at);

CREATE TABLE audit (
  number bigint PRIMARY KEY,
  at bigint NOT NULL,
  key_id ${text} NOT NULL,
  key_name ${text} NOT NULL,
  action ${text} NOT NULL,
  target ${text},
  fields ${text} NOT NULL,
  address ${text} NOT NULL,
  status bigint NOT NULL,
  hash ${text} NOT NULL
);
CREATE INDEX audit_target ON audit (target, number) WHERE target IS NOT NULL;

INSERT INTO settings VALUES ('hash_key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
`;
