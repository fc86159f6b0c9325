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

/** Refuses a file that was moved: what waits in it would be sent from both. */
export function demandNotMoved(database: string): void {
  const sentence = movedAs(database);
  if (sentence === undefined) return;
  throw new GatewayError(
    "unavailable",
    `${database}: ${sentence} What waits in it would be sent twice. Start with DATABASE_URL; or, to go back to the file and lose what came since, rm ${markOf(database)}`,
  );
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
