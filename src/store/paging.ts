export interface Page<Row> {
  rows: Row[];
  /** Pass as `after` to go on; null at the end. */
  next: string | null;
}
export interface PageRequest {
  limit: number;
  after?: string;
}

/** The first of what waits: at most so many, and no more bytes of bodies, but for the first alone. */
export interface Batch {
  limit: number;
  maxBytes: number;
}
