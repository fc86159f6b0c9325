import type { Chance } from "../fuzz/chance.ts";
import type { Step } from "./record.ts";

export interface State {
  files: Map<string, Buffer>;
  /** Messages that were answered 202 before the cut. */
  told: Set<string>;
}

/** A sector is written wholly or not at all. */
const sectorBytes = 512;

/** A file in memory that grows without being copied at every write. */
class Contents {
  #bytes: Buffer;
  #length: number;

  constructor(bytes: Buffer) {
    this.#bytes = Buffer.from(bytes);
    this.#length = bytes.length;
  }

  get whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** `at` below 0: at the end. */
  write(at: number, bytes: Buffer, isKept: () => boolean): void {
    const start = at < 0 ? this.#length : at;
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + sectorBytes - ((start + from) % sectorBytes));
      if (isKept()) this.#put(start + from, bytes.subarray(from, to));
      from = to;
    }
  }

  resize(length: number): void {
    if (length > this.#length) this.#put(length, Buffer.alloc(0));
    this.#bytes.fill(0, length, this.#length);
    this.#length = length;
  }

  #put(at: number, bytes: Buffer): void {
    const end = at + bytes.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(2 * end);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, at);
    this.#length = Math.max(this.#length, end);
  }
}

/**
 * What a disk holds after the power went at `instant`: all that was synced, and of what came later any sectors, by
 * chance. `start` are the files as they were before the first step.
 */
export function cutAt(
  steps: readonly Step[],
  instant: number,
  { start, chance }: { start: ReadonlyMap<string, Buffer>; chance: Chance },
): State {
  const done = steps.slice(0, instant);
  const synced = new Map<string, number>();
  for (const [index, step] of done.entries()) if (step.kind === "sync") synced.set(step.file, index);
  const files = new Map([...start].map(([file, bytes]) => [file, new Contents(bytes)]));
  const told = new Set<string>();
  for (const [index, step] of done.entries()) {
    if (step.kind === "told") told.add(step.messageId);
    if (step.kind === "told" || step.kind === "sync") continue;
    const contents = files.get(step.file) ?? new Contents(Buffer.alloc(0));
    files.set(step.file, contents);
    const isSynced = index < (synced.get(step.file) ?? -1);
    // A file system orders a truncation with its journal: whole or not at all.
    if (step.kind === "write") contents.write(step.at, step.bytes, () => isSynced || chance.once(2));
    else if (isSynced || chance.once(2)) contents.resize(step.length);
  }
  return { files: new Map([...files].map(([file, contents]) => [file, contents.whole])), told };
}
