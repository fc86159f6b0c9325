/** How long a channel's rows are kept, where it wishes otherwise than all. */
export const retention = `
ALTER TABLE channels ADD COLUMN retention TEXT;
CREATE INDEX message_payloads_payload ON message_payloads (payload_id);
CREATE INDEX payloads_channel ON payloads (channel_id, id);
CREATE INDEX payloads_app_payload ON payloads (app_payload_id) WHERE app_payload_id IS NOT NULL;
CREATE INDEX unrouted_parts_payload ON unrouted_parts (app_payload_id);
`;
