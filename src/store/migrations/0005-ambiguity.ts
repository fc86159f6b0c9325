/**
 * Calls whose lane waits for the platform's word of them (`held`), and what a message or its channel wishes for those
 * of which none comes. `unanswered` counts the tries that left without an answer.
 */
export const ambiguity = `
ALTER TABLE calls ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
UPDATE calls SET unanswered = 1 WHERE state = 'unknown';
DROP INDEX calls_open;
CREATE INDEX calls_open ON calls (conversation_id, message_seq, position) WHERE state IN ('queued', 'sending', 'held');
ALTER TABLE messages ADD COLUMN on_ambiguous TEXT;
ALTER TABLE channels ADD COLUMN on_ambiguous TEXT;
`;
