import { setImmediate as othersTurn } from "node:timers/promises";
import type { Page, PageRequest } from "../store/paging.ts";

/** In parts of 5,000 messages: 100,000. */
export const maxParts = 20;
/** In parts of 500 messages whose words are read, 100,000; in parts of 200 conversations, 40,000. */
export const maxPartsOfTexts = 200;

/** A page filled from as many parts of a list as it takes, within bounds. Others have their turn between two parts. */
export async function filledPage<Row>(
  wish: PageRequest,
  read: (part: PageRequest) => Promise<Page<Row>>,
  most: number,
): Promise<Page<Row>> {
  const rows: Row[] = [];
  let after = wish.after;
  for (let part = 1; ; part++) {
    const page = await read({ limit: wish.limit - rows.length, after });
    rows.push(...page.rows);
    if (page.next === null || rows.length >= wish.limit || part === most) return { rows, next: page.next };
    after = page.next;
    await othersTurn();
  }
}
