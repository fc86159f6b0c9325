import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { GatewayError } from "./core/problem.ts";
import { mintId } from "./gateway/secret.ts";
import { demandNotMoved } from "./move-mark.ts";
import { demandNoHalfRestore } from "./restore-leftovers.ts";
import { keyringOf } from "./secret-key.ts";
import type { Forward } from "./store/migrating.ts";
import { isHeld, openSqlite, planOf } from "./store/sqlite.ts";

const usage = "Type: npm run migrate, or npm run migrate -- --dry-run to see what it would do.";
const dryRun = "--dry-run";

/** `npm run migrate`: brings the database to the schema of this version, as a start would, and says what it did. */
export async function migrate(config: Config, args: string[]): Promise<void> {
  if (args.some((arg) => arg !== dryRun)) throw new GatewayError("unavailable", usage);
  const isDry = args.includes(dryRun);
  const said = config.databaseUrl
    ? await onPostgres(config.databaseUrl, isDry)
    : await onSqlite(config, isDry);
  process.stdout.write(`${said}\n`);
}

async function onPostgres(url: string, isDry: boolean): Promise<string> {
  // The driver is loaded where it is wanted.
  const { migratePostgres } = await import("./store/postgres/migrating.ts");
  const { place, forward } = await migratePostgres(url, isDry);
  return told(place.charAt(0).toUpperCase() + place.slice(1), forward, isDry);
}

async function onSqlite(config: Config, isDry: boolean): Promise<string> {
  const file = join(config.dataDir, "antiphon.db");
  demandNoHalfRestore(file);
  demandNotMoved(file);
  if (!existsSync(file)) return `There is no ${file} yet: the first start makes it. Nothing was changed.`;
  if (isHeld(file))
    throw new GatewayError(
      "unavailable",
      `A gateway runs on ${file}, which has one owner. Stop it first; its next start brings the file forward, too.`,
    );
  const forward = planOf(file);
  if (!isDry && forward.steps.length > 0) {
    const options = { file, mint: mintId, windowMs: () => null, keyring: keyringOf(config) };
    await (await openSqlite(options)).close();
  }
  return told(file, forward, isDry);
}

function told(place: string, { from, to, steps }: Forward, isDry: boolean): string {
  if (steps.length === 0) return `${place} has schema ${to}, as this version wants it. Nothing was changed.`;
  const names = steps.join(", ");
  return isDry
    ? `${place} has schema ${from}, and this version wants ${to}. It would run ${names}. Nothing was changed.`
    : `${place} is brought from schema ${from} to ${to}: ${names}.`;
}
