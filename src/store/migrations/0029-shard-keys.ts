/**
 * Each row says whose it is, so that a database can be spread: by the channel, deliveries and their attempts by the
 * endpoint. What was stored before is filled in part by part while the gateway runs: `sql/spreading.ts`.
 */
export const shardKeys = `
ALTER TABLE attempts ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE message_payloads ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE watermarks ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE unknown_parts ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE paces ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN channel_id TEXT;
ALTER TABLE delivery_attempts ADD COLUMN endpoint_id TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_attempts ADD COLUMN channel_id TEXT;
`;
