/** Text is compared by its bytes, as SQLite does, whatever the database's own order is: ids sort by time so. */
export const text = `text COLLATE "C"`;

/**
 * Of tables whose rows change again and again: room in each page for the next version of a row beside it, which then
 * needs no index entry, and old versions cleared away early.
 */
export const hot = "WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02)";
