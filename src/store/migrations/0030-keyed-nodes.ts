/** Which node works on a request that is not answered yet, where several share a store: as long as it lives it is not cut short. */
export const keyedNodes = `
ALTER TABLE keyed_requests ADD COLUMN node TEXT;
`;
