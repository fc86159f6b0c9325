/** A replay goes on as long as the key that began it; those that run already go on without one. */
export const replayKeys = `
ALTER TABLE replays ADD COLUMN begun_by TEXT;
`;
