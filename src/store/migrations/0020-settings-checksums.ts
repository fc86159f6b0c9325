/** Of where things go: see `checksum.ts`. Rows from before have none until they are changed. */
export const settingsChecksums = `
ALTER TABLE channels ADD COLUMN checksum TEXT;
ALTER TABLE endpoints ADD COLUMN checksum TEXT;
`;
