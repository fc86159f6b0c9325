/**
 * What goes on after a restart: calls whose link was refused, with the file itself, and watermarks that reach more calls
 * than one transaction gives receipts to. `joined`: those sent until then have theirs.
 */
export const unfinished = `
ALTER TABLE calls ADD COLUMN by_upload INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watermarks ADD COLUMN joined INTEGER NOT NULL DEFAULT -1;
UPDATE watermarks SET joined = until;
CREATE INDEX watermarks_unfinished ON watermarks (conversation_id, status) WHERE joined < until;
`;
