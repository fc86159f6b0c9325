import { hot } from "../column-types.ts";

/**
 * A row for each gateway that was ever started on this database, with the last batch that it committed: by it a gateway
 * knows after a lost connection what has become of one.
 */
export const writers = `
CREATE TABLE writers (
  generation bigint PRIMARY KEY,
  batch bigint NOT NULL
) ${hot};
`;
