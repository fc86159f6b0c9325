import { openSqlite } from "../sqlite.ts";
import type { Store } from "../store.ts";
import { keyring, mint, windowMs } from "./harness.ts";

/** Opens a file as the tests do, in whatever process. */
export function openStore(file: string, onCommit?: (intentions: number) => void): Promise<Store> {
  return openSqlite({ file, mint, windowMs, onCommit, keyring });
}
