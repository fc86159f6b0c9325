import { hot, text } from "../column-types.ts";

/** Which node works for what, and what nodes tell each other. SQLite's migration 0028 says why. */
export const nodes = `
CREATE TABLE nodes (
  id ${text} PRIMARY KEY,
  beat bigint NOT NULL
) ${hot};
CREATE TABLE leases (
  name ${text} PRIMARY KEY,
  node ${text},
  fence bigint NOT NULL
) ${hot};
CREATE INDEX leases_node ON leases (node);
CREATE TABLE changes (
  kind ${text} PRIMARY KEY,
  version bigint NOT NULL
) ${hot};
CREATE TABLE wakes (
  name ${text} NOT NULL,
  lane ${text} NOT NULL,
  PRIMARY KEY (name, lane)
);
`;
