/**
 * What of a replay waits is counted in its rows: dead ones may be replayed by another, or be tried again. And what has
 * failed is found by its age, however much of it waits.
 */
export const waitingDeliveries = `
CREATE INDEX deliveries_replay_waiting ON deliveries (replay_id) WHERE replay_id IS NOT NULL AND state = 'pending';
CREATE INDEX deliveries_failed_age ON deliveries (endpoint_id, queued_at) WHERE state = 'pending' AND timed = 1;
`;
