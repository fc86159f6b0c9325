/** Keeps what is read again from being older than what this node has changed meanwhile. */
export class Edition {
  #count = 0;

  /** This node has changed what it keeps in memory. */
  count(): void {
    this.#count++;
  }

  /** Reads, and puts it in place at once; once more where a change of this node's came between. */
  async reread<Rows>(read: () => Promise<Rows>, replace: (rows: Rows) => void): Promise<void> {
    for (;;) {
      const before = this.#count;
      const rows = await read();
      if (before !== this.#count) continue;
      replace(rows);
      return;
    }
  }
}

/** `join` makes of what was kept and what was read of a row what is kept from now on. */
export function replaceAll<Row extends { id: string }>(
  kept: Map<string, Row>,
  rows: readonly Row[],
  join: (before: Row, after: Row) => Row = (_, after) => after,
): void {
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
  for (const row of rows) {
    const before = kept.get(row.id);
    kept.set(row.id, before ? join(before, row) : row);
  }
}
