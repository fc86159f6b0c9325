import { setImmediate as othersTurn } from "node:timers/promises";
import type { Page, PageRequest } from "../store/paging.ts";

/** In parts of 5,000 messages: 100,000. */
export const maxParts = 20;
/** In parts of 500 messages whose words are read, 100,000; in parts of 200 conversations, 40,000. */
export const maxPartsOfTexts = 200;

/** What a page is filled from. */
export interface Filling<Row> {
  read: (part: PageRequest) => Promise<Page<Row>>;
  /** So many parts at the most. */
  most: number;
  /** Nobody waits for the page any more. */
  isGone?: () => boolean;
}

/** Of all pages together one part is read in a turn of the event loop, first come first served. */
let turns: Promise<unknown> = Promise.resolve();

/** A page filled from as many parts of a list as it takes, within bounds. Others have their turn between two parts. */
export async function filledPage<Row>(
  wish: PageRequest,
  { read, most, isGone = () => false }: Filling<Row>,
): Promise<Page<Row>> {
  const rows: Row[] = [];
  let after = wish.after;
  for (let part = 1; ; part++) {
    const from = { limit: wish.limit - rows.length, after };
    const page = await inTurn(async () => (isGone() ? undefined : read(from)));
    if (page === undefined) return { rows, next: after ?? null };
    rows.push(...page.rows);
    if (page.next === null || rows.length >= wish.limit || part === most) return { rows, next: page.next };
    after = page.next;
  }
}

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = turns.then(() => othersTurn()).then(work);
  turns = mine.catch(() => {});
  return mine;
}
