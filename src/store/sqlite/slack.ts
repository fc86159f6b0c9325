import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";

/** 4 MiB of pages in one turn: about 10 ms. */
const pagesAtATime = 1024;
/** From this page on, the number of a following page could look like the kind of a page. 4 KiB each: 128 GiB. */
const tooManyPages = 1 << 25;

interface Shape {
  pageBytes: number;
  /** With auto-vacuum, some pages are maps of the others. */
  hasMaps: boolean;
}

/**
 * The gaps of a database's pages. When SQLite moves rows from page to page, it leaves copies of them in the space
 * that no row uses, where `secure_delete` does not reach. Here that space is overwritten, in the file itself: SQLite
 * never reads it (https://sqlite.org/fileformat2.html, 1.6, read 2026-11-22), so that a write that is torn harms
 * nothing. Whoever calls sees to it that the log is empty and that SQLite has no copy of a page in memory.
 */
export class Slack {
  readonly #file: string;
  #descriptor: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Overwrites the gaps of some pages from `page` (1 is the first) on. Gives the page to go on with. */
  overwrite(page: number, { pageBytes, hasMaps }: Shape): number | undefined {
    // Opened once: to close any descriptor of the file would drop the locks that SQLite holds on it.
    this.#descriptor ??= openSync(this.#file, "r+");
    const pages = Math.min(Math.floor(fstatSync(this.#descriptor).size / pageBytes), tooManyPages);
    const count = Math.min(pagesAtATime, pages - page + 1);
    if (count <= 0) return undefined;
    const bytes = Buffer.alloc(count * pageBytes);
    readSync(this.#descriptor, bytes, 0, bytes.length, (page - 1) * pageBytes);
    for (let index = 0; index < count; index++) {
      if (hasMaps && isMap(page + index, pageBytes)) continue;
      const at = index * pageBytes;
      const gap = gapOf(bytes.subarray(at, at + pageBytes), page + index === 1 ? 100 : 0);
      if (gap)
        this.#blank(bytes.subarray(at + gap.from, at + gap.to), (page - 1) * pageBytes + at + gap.from);
    }
    const next = page + count;
    if (next <= pages) return next;
    fsyncSync(this.#descriptor);
    return undefined;
  }

  /** After the database is closed. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #blank(gap: Buffer, position: number): void {
    if (gap.every((byte) => byte === 0)) return;
    gap.fill(0);
    writeSync(this.#descriptor!, gap, 0, gap.length, position);
  }
}

/** One page in so many tells of those that follow it. */
function isMap(page: number, pageBytes: number): boolean {
  const usual = Math.floor(pageBytes / 5) + 1;
  const map = Math.floor((page - 2) / usual) * usual + 2;
  const pendingByte = Math.floor(0x40000000 / pageBytes) + 1;
  return page === (map === pendingByte ? map + 1 : map);
}

/**
 * Between the list of a page's cells and the first of them. Undefined: no page of a tree. A page that continues a long
 * row, or lists free ones, begins with a page's number, whose first byte is 0 or 1 in a file of this size.
 */
function gapOf(page: Buffer, header: number): { from: number; to: number } | undefined {
  const kind = page[header];
  const isLeaf = kind === 10 || kind === 13;
  if (!isLeaf && kind !== 2 && kind !== 5) return undefined;
  const cells = page.readUInt16BE(header + 3);
  // 0 stands for 65536.
  const to = page.readUInt16BE(header + 5) || 65_536;
  const list = header + (isLeaf ? 8 : 12);
  const from = list + 2 * cells;
  if (from > to || to > page.length) return undefined;
  for (let at = list; at < from; at += 2) if (page.readUInt16BE(at) < to) return undefined;
  return { from, to };
}
