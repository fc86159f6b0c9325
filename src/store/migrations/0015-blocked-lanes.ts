/**
 * Messages that hold up what is behind them, by wish of theirs or of their channel: `blocks` is 1 while one does and 0
 * once a person has let its lane go on.
 */
export const blockedLanes = `
ALTER TABLE channels ADD COLUMN on_failed TEXT;
ALTER TABLE messages ADD COLUMN on_failed TEXT;
ALTER TABLE messages ADD COLUMN blocks INTEGER;
CREATE INDEX messages_blocking ON messages (conversation_id, seq) WHERE blocks = 1;
`;
