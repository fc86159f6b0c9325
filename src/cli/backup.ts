import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RunningGateway } from "./running-gateway.ts";

interface Backup {
  id: string;
  state: "under_way" | "done" | "failed";
  reason?: string;
  file: string;
  bytes: number;
  sha256: string;
  messages: number;
}

const askAgainMs = 250;
const usage = "Type: npm run backup, or npm run backup -- FILE for a copy elsewhere.";

/** `npm run backup -- [FILE]`: the running gateway makes a backup; a copy of it goes to FILE, which must not be there yet. */
export async function backup(args: string[]): Promise<string> {
  const [to, ...rest] = args;
  if (rest.length > 0 || to?.startsWith("-")) throw new Error(usage);
  const gateway = new RunningGateway();
  let made = await gateway.post<Backup>("/v1/backups");
  while (made.state === "under_way") {
    await pause(askAgainMs);
    made = await gateway.get<Backup>(`/v1/backups/${made.id}`);
  }
  if (made.state === "failed") throw new Error(`The backup failed: ${made.reason}`);
  const file = to === undefined ? made.file : copied(made, resolve(to));
  return [
    `${file}: ${made.messages} messages, ${made.bytes} bytes, proved.`,
    "It holds everything but the key that seals stored secrets (docs/operating.md, Backup): keep that elsewhere.",
  ].join("\n");
}

function copied({ file, sha256 }: Backup, to: string): string {
  try {
    copyFileSync(file, to, constants.COPYFILE_EXCL);
  } catch (error) {
    throw new Error(
      `${to} cannot be written (${(error as NodeJS.ErrnoException).code}). The backup is ${file}.`,
    );
  }
  chmodSync(to, 0o600);
  const descriptor = openSync(to, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
  if (createHash("sha256").update(readFileSync(to)).digest("hex") === sha256) return to;
  rmSync(to);
  throw new Error(`The copy at ${to} was not what was written. The backup is ${file}.`);
}
