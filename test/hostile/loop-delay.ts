import { appendFileSync } from "node:fs";

/**
 * Loaded into a gateway (`--import`) by the flood: how late each of its timers of 10 ms came, with the time of day, into
 * the file of `LOOP_DELAY_FILE`, a line of JSON a second.
 */
const file = process.env.LOOP_DELAY_FILE;
const everyMs = 10;

if (file !== undefined && process.argv[2] === "serve") {
  let late: number[] = [];
  let dueMs = performance.now() + everyMs;
  const timer = setInterval(() => {
    late.push(Math.round((performance.now() - dueMs) * 10) / 10);
    dueMs = performance.now() + everyMs;
  }, everyMs).unref();
  const writer = setInterval(() => {
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), late, rss: process.memoryUsage.rss() })}\n`);
    late = [];
  }, 1_000).unref();
  process.once("exit", () => [timer, writer].map(clearInterval));
}
