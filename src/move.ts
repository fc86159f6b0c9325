import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { GatewayError } from "./core/problem.ts";
import { mintId } from "./gateway/secret.ts";
import { brokenOff, markMoved, markOf, movedAs, takeMarkBack } from "./move-mark.ts";
import { demandNoHalfRestore } from "./restore-leftovers.ts";
import { keyringOf } from "./secret-key.ts";
import type { Moved, Rehearsed } from "./store/move.ts";
import { isHeld } from "./store/sqlite.ts";

const usage =
  "Type: DATABASE_URL=postgresql://… npm run move, with ANTIPHON_DATA as the gateway has it; npm run move -- --dry-run to see whether it can be.";
const flags = ["--as-it-is", "--dry-run"];

/** `npm run move`: all of the data folder's database into the empty PostgreSQL database that DATABASE_URL names. */
export async function moveToPostgres(config: Config, args: string[]): Promise<void> {
  const { databaseUrl: url, dataDir } = config;
  if (args.some((arg) => !flags.includes(arg)) || url === undefined) throw refuse(usage);
  const file = join(dataDir, "antiphon.db");
  demandMovable(file);
  const tell = (sentence: string) => void process.stdout.write(`${sentence}\n`);
  const mark = {
    begin: (place: string) => markMoved(file, brokenOff(place)),
    takeBack: () => takeMarkBack(file),
  };
  // The driver is loaded where it is wanted.
  const { move, placeOf, rehearse } = await import("./store/move.ts");
  demandSamePlace(file, placeOf(url));
  if (args.includes("--dry-run"))
    return tell(rehearsed(await rehearse({ file, url, keyring: keyringOf(config) }), file));
  const isAsItIs = args.includes("--as-it-is");
  const moved = await move({ file, url, isAsItIs, tell, mark, mint: mintId, keyring: keyringOf(config) });
  markMoved(file, `It was moved to ${moved.place} at ${new Date().toISOString()}.`);
  tell(told(moved, file));
}

function demandMovable(file: string): void {
  demandNoHalfRestore(file);
  if (!existsSync(file)) throw refuse(`There is no file ${file}. ${usage}`);
  const sentence = movedAs(file);
  if (sentence?.startsWith("It was moved"))
    throw refuse(
      `${file}: ${sentence} Start with DATABASE_URL. To move it once more, into another empty database: rm ${markOf(file)}`,
    );
  if (isHeld(file)) throw refuse(`A gateway runs on ${file}. Stop it first.`);
}

/** What was broken off at its end may stand in the database that it went to: another would make two of it. */
function demandSamePlace(file: string, place: string): void {
  const sentence = movedAs(file);
  if (sentence === undefined || sentence === brokenOff(place)) return;
  throw refuse(
    `${file}: ${sentence} This time it names ${place}. If you know that the former one holds nothing: rm ${markOf(file)}`,
  );
}

function rehearsed({ place, tables, rows, faults }: Rehearsed, file: string): string {
  const damage = faults.map((fault) => `${file} is damaged: ${fault}. A move would refuse it.`);
  const would = `${file} could be moved to ${place}, which is empty or has it already: ${tables} tables with ${rows} rows.`;
  return [...(damage.length > 0 ? damage : [would]), "Nothing was changed."].join("\n");
}

function told({ place, tables, rows, wasThere }: Moved, file: string): string {
  const proof = `${tables} tables with ${rows} rows, each table the same on both sides by its rows and their hash`;
  return [
    wasThere ? `A former move to ${place} had stored all: ${proof}.` : `Moved to ${place}: ${proof}.`,
    "1. Start with the same DATABASE_URL and ANTIPHON_DATA, whose folder holds the key of the secrets and the platforms' last answers (receipts.journal).",
    `2. ${file} holds all that it held, and no gateway starts on it without DATABASE_URL. When all is well, remove it and its backups: they hold what people wrote.`,
    `3. To go back before a gateway has started on the database: rm ${markOf(file)}, and start without DATABASE_URL.`,
  ].join("\n");
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
