import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "./config.ts";
import { GatewayError } from "./core/problem.ts";
import { mintId } from "./gateway/secret.ts";
import { formerOf, preparedAt, removePrepared } from "./restore-leftovers.ts";
import { keyringOf } from "./secret-key.ts";
import type { Proof } from "./store/backing.ts";
import { isHeld, openSqlite, prove } from "./store/sqlite.ts";

const usage = "Type: npm run restore -- FILE [--replace] [--send-waiting]";
const elsewhere =
  "With DATABASE_URL everything is stored in PostgreSQL, which is gone back by its own means: pg_restore, or its archived WAL (docs/operating.md, On PostgreSQL). To restore a backup of a file, leave DATABASE_URL out.";
const atATime = 500;

interface Wish {
  file: string;
  /** What is there is moved aside. */
  isReplacing: boolean;
  /** Nothing has been sent since the backup: what waited in it goes out. */
  isSendingWaiting: boolean;
}

/** `npm run restore -- FILE`: makes a backup the database of the data folder, having proved it. */
export async function restore(config: Config, args: string[]): Promise<void> {
  if (config.databaseUrl) throw refuse(elsewhere);
  const wish = readWish(args);
  const database = join(config.dataDir, "antiphon.db");
  demandStopped(config, database);
  if (existsSync(database) && !wish.isReplacing)
    throw refuse(
      `${database} is there already. Take an empty folder (ANTIPHON_DATA=…), or --replace to move it aside.`,
    );
  const proof = proved(wish.file);
  const heldBack = await prepare(config, wish, database);
  const moved = moveAside(config.dataDir);
  renameSync(preparedAt(database), database);
  sync(config.dataDir);
  process.stdout.write(`${told(config, proof, { heldBack, moved }).join("\n")}\n`);
}

function demandStopped({ dataDir }: Config, database: string): void {
  if (existsSync(database) && isHeld(database)) throw refuse(`A gateway runs on ${dataDir}. Stop it first.`);
}

/** A copy of the backup, ready to become the database, and how many calls it holds back; none where anything is wrong. */
async function prepare(config: Config, { file, isSendingWaiting }: Wish, database: string): Promise<number> {
  const aside = preparedAt(database);
  removePrepared(database);
  try {
    copyFileSync(file, aside);
    chmodSync(aside, 0o600);
    const heldBack = await opened(config, aside, isSendingWaiting);
    sync(aside);
    // One may have been started since.
    demandStopped(config, database);
    return heldBack;
  } catch (error) {
    removePrepared(database);
    const told = error instanceof GatewayError ? error.detail : (error as Error).message;
    throw refuse(`${told.replaceAll(aside, file)} Nothing was changed.`);
  }
}

function readWish(args: string[]): Wish {
  const flags = args.filter((arg) => arg.startsWith("--"));
  const [file, ...others] = args.filter((arg) => !arg.startsWith("--"));
  const unknown = flags.filter((flag) => flag !== "--replace" && flag !== "--send-waiting");
  if (file === undefined || others.length > 0 || unknown.length > 0) throw refuse(usage);
  return {
    file: resolve(file),
    isReplacing: flags.includes("--replace"),
    isSendingWaiting: flags.includes("--send-waiting"),
  };
}

function proved(file: string): Proof {
  if (!existsSync(file)) throw refuse(`There is no file ${file}.`);
  let proof: Proof;
  try {
    proof = prove(file);
  } catch (error) {
    throw refuse(`${file} is no backup of Antiphon, or is damaged (${(error as Error).message}).`);
  }
  if (proof.faults.length === 0) return proof;
  throw refuse(`${file} is damaged: ${proof.faults.join("; ")}. Nothing was changed. Take another backup.`);
}

/** Opens it as a start would, with the master key, so that what cannot be used is found before anything is moved. */
async function opened(config: Config, file: string, isSendingWaiting: boolean): Promise<number> {
  const store = await openSqlite({ file, mint: mintId, windowMs: () => null, keyring: keyringOf(config) });
  let count = 0;
  try {
    // Who has signed out since would be signed in again.
    await store.endSessions("all");
    if (isSendingWaiting) return 0;
    for (let some = 1; some > 0; count += some) some = await store.setOpenAside(Date.now(), atATime);
  } finally {
    await store.close();
  }
  return count;
}

/** The database that was there, and the journal of its calls, which would settle calls that the backup does not have. */
function moveAside(folder: string): string[] {
  const stamp = new Date().toISOString().replaceAll(":", "-");
  return ["antiphon.db", "antiphon.db-wal", "antiphon.db.moved", "receipts.journal"].flatMap((name) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [];
    renameSync(path, formerOf(path, stamp));
    return [formerOf(path, stamp)];
  });
}

function told(
  { dataDir }: Config,
  proof: Proof,
  { heldBack, moved }: { heldBack: number; moved: string[] },
): string[] {
  const until = proof.newestAt === undefined ? "" : `, until ${new Date(proof.newestAt).toISOString()}`;
  const past = "What happened after the backup is not known any more: messages that were sent, and webhooks.";
  const held = `${heldBack} calls that waited in it are unknown now, for they may have left since: GET /v1/messages?status=unknown, then resolve each.`;
  return [
    `${dataDir} holds the backup: ${proof.messages} messages, ${proof.events} events${until}.`,
    past,
    ...(heldBack > 0 ? [held] : []),
    ...(moved.length > 0 ? [`What was there is kept: ${moved.join(", ")}`] : []),
  ];
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
