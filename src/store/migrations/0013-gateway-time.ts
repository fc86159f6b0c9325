/**
 * What waits is in gateway time: `due_at`, `expires_at`, `full_at`, and `began_at`, from which waits are counted. That
 * time goes on from the wall clock's, so what was stored before keeps its meaning. `ttl_ms`: what a message had at first.
 */
export const gatewayTime = `
ALTER TABLE messages ADD COLUMN ttl_ms INTEGER;
`;
