import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { hashKey, newApiKey } from "./gateway/secret.ts";
import type { Store } from "./store/store.ts";

const setting = "api_key_hash";

/** `npm start` shows its key each time: it stays in a file that only its owner reads. */
export async function keptKey(config: Config, store: Store): Promise<{ key: string; hash: string }> {
  const file = join(config.dataDir, "api-key");
  const kept = readKey(file);
  const key = config.apiKey ?? kept ?? newApiKey();
  if (key !== kept) writeWhole(file, `${key}\n`);
  chmodSync(file, 0o600);
  const hash = hashKey(key);
  await store.putSetting(setting, hash);
  return { key, hash };
}

/** `npm run serve` keeps the hash alone; `key` is there only when it was just made, to be shown once. */
export async function hashedKey(config: Config, store: Store): Promise<{ key?: string; hash: string }> {
  const kept = await store.setting(setting);
  if (!config.apiKey && kept) return { hash: kept };
  const key = config.apiKey ?? newApiKey();
  const hash = hashKey(key);
  await store.putSetting(setting, hash);
  return { key: config.apiKey ? undefined : key, hash };
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
