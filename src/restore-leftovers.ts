import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GatewayError } from "./core/problem.ts";

/** Where a backup is made ready, beside the database that it is to become. */
export function preparedAt(database: string): string {
  return `${database}.restoring`;
}

/** What was there before a restore. */
export function formerOf(path: string, stamp: string): string {
  return `${path}.before-${stamp}`;
}

/** It holds all texts of a backup: nothing of it stays where it does not become the database. */
export function removePrepared(database: string): void {
  const file = preparedAt(database);
  for (const left of [file, `${file}-wal`, `${file}-journal`]) rmSync(left, { force: true });
}

/** Refuses a folder in which a restore was broken off halfway: a start would begin with nothing, and nobody would know. */
export function demandNoHalfRestore(database: string): void {
  if (existsSync(database)) return;
  const [folder, name] = [dirname(database), basename(database)];
  const left = readdirSync(folder)
    .filter((one) => one === basename(preparedAt(database)) || one.startsWith(formerOf(name, "")))
    .map((one) => join(folder, one));
  if (left.length === 0) return;
  throw new GatewayError(
    "unavailable",
    `A restore was broken off: ${database} is not there, and ${left.join(", ")} ${left.length > 1 ? "are" : "is"}. Type npm run restore -- FILE again, or give what was there its name back (without .before-…); to begin with nothing, move these files away.`,
  );
}
