import { hash } from "node:crypto";
import type { Value } from "../sql/db.ts";

/** What a table holds: the same on both sides, or something of it was lost, doubled or changed. */
export interface Content {
  rows: number;
  hash: string;
}

const size = 2n ** 128n;

/** Of all rows of a table, in whatever order they come: engines need not agree on one. A row that is there twice counts twice. */
export class ContentHash {
  #rows = 0;
  #sum = 0n;

  add(row: readonly Value[]): void {
    this.#rows++;
    this.#sum += BigInt(`0x${hash("sha256", JSON.stringify(row)).slice(0, 32)}`);
    if (this.#sum >= size) this.#sum -= size;
  }

  get content(): Content {
    return { rows: this.#rows, hash: this.#sum.toString(16).padStart(32, "0") };
  }
}
