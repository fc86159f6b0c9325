import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { bootstrapId, newKeyText } from "./gateway/access/key-text.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { hashKey } from "./gateway/secret.ts";
import { takeStartKey } from "./start-key.ts";

/** `npm start` shows its key each time: it stays in a file that only its owner reads. One that was revoked gets another. */
export async function keptKey({ apiKey, dataDir }: Config, gateway: Gateway): Promise<string> {
  const { keys } = gateway;
  const file = join(dataDir, "api-key");
  const kept = readKey(file);
  const wished = apiKey ?? kept;
  const key = wished === undefined || keys.isRevokedBootstrap(wished) ? newKeyText(bootstrapId) : wished;
  if (key !== kept) writeWhole(file, `${key}\n`);
  chmodSync(file, 0o600);
  await takeStartKey(gateway, hashKey(key));
  return key;
}

/** `npm run serve` keeps the hash alone; gives the key only when it was just made, to be shown once. */
export async function hashedKey({ apiKey }: Config, gateway: Gateway): Promise<string | undefined> {
  const { keys, log } = gateway;
  if (apiKey !== undefined && keys.isRevokedBootstrap(apiKey)) {
    log.warn({}, "ANTIPHON_API_KEY is a key that was revoked, and stays so: set another, or leave it out");
    return undefined;
  }
  if (apiKey !== undefined) {
    await takeStartKey(gateway, hashKey(apiKey));
    return undefined;
  }
  if (keys.hasBootstrap) return undefined;
  const key = newKeyText(bootstrapId);
  // Of several that start at once one makes it, and shows it.
  return (await keys.firstBootstrap(hashKey(key))) ? key : undefined;
}

/** By way of a new file, so that neither a kill nor a full disk leaves half a key. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

function readKey(file: string): string | undefined {
  const key = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return key.length >= 16 ? key : undefined;
}
