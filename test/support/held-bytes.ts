import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/**
 * Bytes that somebody in this process still holds, in buffers and in objects. What the process takes of the machine
 * (`rss`) is no measure of it: the allocator keeps what was let go, as long as it likes.
 */
export function heldBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
