/**
 * Of what had come when a contact was to be forgotten, the last: an erasure ends when all of it is read. `read_until` is
 * the last payload that the app payloads among it were divided into.
 */
export const erasingUnread = `
ALTER TABLE erasures ADD COLUMN last_payload INTEGER NOT NULL DEFAULT 0;
ALTER TABLE erasures ADD COLUMN last_app_payload INTEGER NOT NULL DEFAULT 0;
ALTER TABLE erasures ADD COLUMN read_until INTEGER;
UPDATE erasures SET phase = 'waiting', position = 0, messages = 0,
  last_payload = (SELECT coalesce(max(id), 0) FROM payloads WHERE received_at <= asked_at),
  last_app_payload = (SELECT coalesce(max(id), 0) FROM app_payloads WHERE received_at <= asked_at)
WHERE erased_at IS NULL AND phase <> 'gone';
`;
