/** What lets a database be spread over several machines. */
export interface SpreadingStore {
  /** Says of a part of what was stored before rows had their shard key whose it is. True: there is more to do. */
  fillShardKeys(): Promise<boolean>;
}
