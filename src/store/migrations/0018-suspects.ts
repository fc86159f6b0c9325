/**
 * How often the reading of a payload was begun that was there when the process started: one that ends the process each
 * time is known by it. What is read is no suspect any more.
 */
export const suspects = `
CREATE TABLE suspects (
  kind TEXT NOT NULL CHECK (kind IN ('payload', 'app_payload')),
  id INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
`;
