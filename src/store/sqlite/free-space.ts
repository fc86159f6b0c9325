import type { DatabaseSync } from "node:sqlite";

/** Of a file with less free space nothing is given back: it is soon used again. */
const minFreePages = 2_000;
const pagesGivenAtATime = 200;

/** Inside a transaction. Only a file that was made with it can: `auto_vacuum` is 2 then. True: there is more to give. */
export function giveSpaceBack(db: DatabaseSync): boolean {
  const number = (pragma: string) => Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
  const free = number("freelist_count");
  if (number("auto_vacuum") !== 2 || free < minFreePages || free * 10 < number("page_count")) return false;
  db.prepare(`PRAGMA incremental_vacuum(${pagesGivenAtATime})`).all();
  return true;
}
