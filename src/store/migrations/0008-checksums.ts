/** Of what is sent and told: see `checksum.ts`. Rows from before have none, and are taken as they are. */
export const checksums = `
ALTER TABLE messages ADD COLUMN checksum TEXT;
ALTER TABLE calls ADD COLUMN checksum TEXT;
ALTER TABLE payloads ADD COLUMN checksum TEXT;
ALTER TABLE app_payloads ADD COLUMN checksum TEXT;
ALTER TABLE events ADD COLUMN checksum TEXT;
`;
