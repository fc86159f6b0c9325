/**
 * What a person looks for messages by: their kind (`text`, `list`, `button_reply` …; of what is erased or taken back,
 * that) and their time. `last_seq` is the last message of a conversation, for lists by activity; 0: there was none yet.
 */
export const listsForPeople = `
ALTER TABLE messages ADD COLUMN kind TEXT;
UPDATE messages SET kind = coalesce(
  json_extract(content, '$.interactive.type'),
  json_extract(content, '$.type'),
  (SELECT key FROM json_each(content) LIMIT 1)
) WHERE json_valid(content);
CREATE INDEX messages_kind ON messages (kind, seq);
CREATE INDEX messages_time ON messages (created_at, seq);
ALTER TABLE conversations ADD COLUMN last_seq INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET last_seq = coalesce(
  (SELECT max(seq) FROM messages WHERE messages.conversation_id = conversations.id), 0
);
CREATE INDEX conversations_activity ON conversations (last_seq, seq) WHERE merged_into IS NULL;
CREATE INDEX conversations_channel_activity ON conversations (channel_id, last_seq, seq) WHERE merged_into IS NULL;
`;
