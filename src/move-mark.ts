import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { GatewayError } from "./core/problem.ts";

/** Beside a database that was moved to PostgreSQL, and says so. */
export function markOf(database: string): string {
  return `${database}.moved`;
}

/** On disk whole before anything goes on: with it no gateway starts on the file. */
export function markMoved(database: string, sentence: string): void {
  const path = markOf(database);
  writeFileSync(`${path}.new`, `${sentence}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  syncFolder(path);
}

export function takeMarkBack(database: string): void {
  rmSync(markOf(database), { force: true });
  syncFolder(database);
}

/** What the mark says; undefined: there is none. */
export function movedAs(database: string): string | undefined {
  const path = markOf(database);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** What the mark says between the last look and the answer to the commit: nobody knows where the store is. */
export function brokenOff(place: string): string {
  return `A move to ${place} was broken off at its end: type npm run move again with the same DATABASE_URL.`;
}

/** Refuses a start, on the file and on the database: one of them has the store, and only the next move tells which. */
function demandMoveEnded(database: string): void {
  const sentence = movedAs(database);
  if (sentence?.includes("was broken off")) throw refuse(`${database}: ${sentence}`);
}

/** Refuses a file that was moved: what waits in it would be sent from both. */
export function demandNotMoved(database: string): void {
  demandMoveEnded(database);
  const sentence = movedAs(database);
  if (sentence === undefined) return;
  throw refuse(
    `${database}: ${sentence} What waits in it would be sent twice. Start with DATABASE_URL; or, to go back to the file and lose what came since, rm ${markOf(database)}`,
  );
}

/** Refuses a database beside a file that was never moved to it: the gateway would begin with nothing, and what waits in the file would stay. */
export function demandNothingUnmoved(database: string): void {
  demandMoveEnded(database);
  if (!existsSync(database) || movedAs(database) !== undefined) return;
  throw refuse(
    `${database} is a store of its own, which a start with DATABASE_URL would leave aside. Move it: npm run move with the same DATABASE_URL. Or start without DATABASE_URL. Or, if what it holds is not wanted, rename it, and ${database}-wal with it.`,
  );
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
