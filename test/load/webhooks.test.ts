import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as rest } from "node:timers/promises";
import { promisify } from "node:util";
import { whatsappNumber } from "../support/meta-webhook.ts";
import { type Stack, startStack } from "../support/stack.ts";
import type { Load, Measured } from "./generator.ts";

/** CI is short, and its machine may be slow; the promise is of 1,000 a second for a minute: ANTIPHON_LOAD_RATE=1000 ANTIPHON_LOAD_SECONDS=60. */
const perSecond = Number(process.env.ANTIPHON_LOAD_RATE ?? 100);
const seconds = Number(process.env.ANTIPHON_LOAD_SECONDS ?? 10);
const isWhole = process.env.ANTIPHON_LOAD_RATE !== undefined;
/** Of 2 cores that nobody else uses. Wherever CI runs, Meta's own rule must hold: 99% within a second. */
const maxP99Ms = isWhole ? 250 : 1_000;
/** In CI what waits for a processor or for the disk is answered as late; in the whole nothing excuses the gateway. */
const excused = isWhole ? "" : " beyond what was waited for a processor and for the disk";
const generator = join(import.meta.dirname, "generator.ts");

async function post(load: Load): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(load)]);
  return JSON.parse(stdout);
}

/** User and system time of a process until now, in seconds (man 5 proc, of 100 ticks a second). */
function cpuSeconds({ child }: Stack): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How long a process was ready to run until now and others ran, in ms (sched-stats of the kernel: in ns). */
function waitedMs({ child }: Stack): number {
  return Number(readFileSync(`/proc/${child.pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
}

/** How long the disk made somebody wait at most who wrote a page now and then, in ms, until it is over. */
async function longestSync(folder: string, over: AbortSignal): Promise<number> {
  const file = await open(join(folder, "bystander"), "w");
  let longest = 0;
  while (!over.aborted) {
    const startedAt = performance.now();
    await file.write(Buffer.alloc(4096), 0, 4096, 0);
    await file.datasync();
    longest = Math.max(longest, performance.now() - startedAt);
    await rest(50);
  }
  await file.close();
  return Math.round(longest);
}

/** How often each message stands in the stored payloads, read when nobody has the file any more. */
function storedCounts(file: string): Map<string, number> {
  const db = new DatabaseSync(file);
  const counts = new Map<string, number>();
  for (const { body } of db.prepare("SELECT body FROM payloads").iterate()) {
    for (const [id] of String(body).matchAll(/wamid\.LOAD\d+/g)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  db.close();
  return counts;
}

test(`webhooks at ${perSecond}/s for ${seconds} s: whatever was answered 200 is stored exactly once, at p99 under ${maxP99Ms} ms${excused}`, async (t) => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const gateway = await startStack({ command: "serve", from: first, env: { LOG_LEVEL: "warn" } });
  const number = await whatsappNumber(Object.assign(gateway, { simulate: simulator.simulate }));
  const acknowledgedFile = join(gateway.dataDir, "acknowledged");
  const [cpuBefore, waitedBefore] = [cpuSeconds(gateway), waitedMs(gateway)];
  const startedAt = performance.now();
  const over = new AbortController();
  const syncing = longestSync(gateway.dataDir, over.signal);
  const measured = await post({ url: gateway.url, number, perSecond, seconds, acknowledgedFile }).finally(
    () => over.abort(),
  );
  const longestSyncMs = await syncing;
  const cpu = ((cpuSeconds(gateway) - cpuBefore) * 1000) / (performance.now() - startedAt);
  const gatewayWaitedMs = Math.round(waitedMs(gateway) - waitedBefore);
  // In the midst of reading them: what was answered must not need a peaceful end.
  await gateway.stop("SIGKILL");

  const figures = {
    ...measured,
    gatewayWaitedMs,
    longestSyncMs,
    gatewayCpu: Math.round(cpu * 100) / 100,
    cores: cpus().length,
    loadavg: loadavg().map((one) => Math.round(one * 10) / 10),
  };
  t.diagnostic(JSON.stringify(figures));
  const acknowledged = readFileSync(acknowledgedFile, "utf8").split("\n");
  const counts = storedCounts(join(gateway.dataDir, "antiphon.db"));
  assert.deepEqual(measured.statuses, { 200: perSecond * seconds });
  assert.equal(acknowledged.length, perSecond * seconds);
  assert.deepEqual(
    acknowledged.filter((id) => counts.get(id) !== 1),
    [],
  );
  const excusedMs = isWhole ? 0 : gatewayWaitedMs + 2 * longestSyncMs + measured.lateMs.p99;
  const mostMs = maxP99Ms + excusedMs;
  assert.ok(measured.latencyMs.p99 < mostMs, `p99 is ${measured.latencyMs.p99} ms`);
});
