/** The lanes of a channel, found one after the other however long each is. */
export const lanes = `
CREATE INDEX calls_lanes ON calls (channel_id, conversation_id) WHERE state IN ('queued', 'sending', 'held');
`;
