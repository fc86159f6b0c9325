import { text } from "../column-types.ts";

/** SQLite's migration 0030 says what for. */
export const keyedNodes = `
ALTER TABLE keyed_requests ADD COLUMN node ${text};
`;
