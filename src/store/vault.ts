import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { MasterKey } from "./keyring.ts";

/** Every column that holds a secret, and the column that names its row. Those of a removed row are empty. */
export const sealedColumns = {
  channels: { row: "id", columns: ["credentials", "webhook_secret"] },
  apps: { row: "id", columns: ["secrets", "verify_token"] },
  endpoints: { row: "id", columns: ["secret", "previous_secret"] },
  /** Answers may hold what was made for the asker, an endpoint's secret say. */
  keyed_requests: { row: "scope", columns: ["body"] },
} as const;

export type SealedTable = keyof typeof sealedColumns;

/** Where a sealed text stands: it opens nowhere else. */
export interface Place<Table extends SealedTable = SealedTable> {
  table: Table;
  column: (typeof sealedColumns)[Table]["columns"][number];
  row: string;
}

export interface DataKey {
  /** Grows, and is never given twice. */
  id: number;
  bytes: Uint8Array;
}

/** A sealed text that does not open: its key is unknown, it was changed, or it comes from another place. */
export class Unreadable extends Error {}

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
export const keyBytes = 32;

/**
 * With random nonces a key may seal 2^32 texts before two of them alike become likely (NIST SP 800-38D, 8.3, read
 * 2026-11-22): it is replaced at half of that.
 */
export const maxSeals = 2 ** 31;

/** Seals and opens texts by AES-256-GCM, each bound to its place and to this installation. Holds keys, and no store. */
export class Vault {
  readonly install: string;
  readonly #keys = new Map<number, Uint8Array>();
  #current = 0;
  /** Told of each use of the key in force. */
  readonly #onUse: () => void;

  constructor(install: string, onUse: () => void = () => {}) {
    this.install = install;
    this.#onUse = onUse;
  }

  get currentKey(): number {
    return this.#current;
  }

  /** Opens by this key too; the newest seals. */
  add({ id, bytes }: DataKey): void {
    this.#keys.set(id, bytes);
    this.#current = Math.max(this.#current, id);
  }

  keys(): DataKey[] {
    return [...this.#keys].map(([id, bytes]) => ({ id, bytes }));
  }

  forgetBefore(id: number): void {
    for (const known of this.#keys.keys()) if (known < id) this.#keys.delete(known);
  }

  seal<Table extends SealedTable>(text: string, place: Place<Table>): string {
    this.#onUse();
    const key = this.#keys.get(this.#current);
    if (!key) throw new Unreadable("There is no key to seal by.");
    const bound = this.#bound(place, this.#current);
    return `${prefix}${this.#current}.${encrypt(key, Buffer.from(text, "utf8"), bound)}`;
  }

  /** Throws `Unreadable`, which says where and never what. */
  open<Table extends SealedTable>(sealed: string, place: Place<Table>): string {
    const { table, column, row } = place;
    const id = keyOf(sealed);
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (id === undefined || !key)
      throw new Unreadable(`${table}.${column} of ${row} is not sealed by a known key.`);
    const text = decrypt(key, sealed.slice(sealed.lastIndexOf(".") + 1), this.#bound(place, id));
    if (text) return text.toString("utf8");
    throw new Unreadable(`${table}.${column} of ${row} was changed, or belongs elsewhere.`);
  }

  #bound({ table, column, row }: Place, keyId: number): string {
    return JSON.stringify([this.install, table, column, row, keyId]);
  }
}

/** The opened fields of a row; undefined where one of them cannot be read: the row is then to be set aside. */
export function openRow<Fields>(read: () => Fields): Fields | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

const prefix = "s1.";

/** Which key sealed it; undefined: it is not sealed. */
export function keyOf(sealed: string): number | undefined {
  const digits = /^s1\.(\d{1,15})\./.exec(sealed)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function newDataKey(id: number): DataKey {
  return { id, bytes: randomBytes(keyBytes) };
}

/** A data key as it is stored; as long for every key, so that another's takes its very place in the file. */
export function wrap({ id, bytes }: DataKey, master: MasterKey, install: string): string {
  return encrypt(master.bytes, Buffer.from(bytes), wrapping(id, master, install));
}

/** Undefined: not by this master key, or it was changed. */
export function unwrap(
  { id, wrapped }: { id: number; wrapped: string },
  master: MasterKey,
  install: string,
): DataKey | undefined {
  const bytes = decrypt(master.bytes, wrapped, wrapping(id, master, install));
  return bytes?.length === keyBytes ? { id, bytes } : undefined;
}

function wrapping(id: number, master: MasterKey, install: string): string {
  return JSON.stringify([install, "data_keys", "wrapped", id, master.name]);
}

function encrypt(key: Uint8Array, plain: Uint8Array, bound: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound, "utf8"));
  const body = [cipher.update(plain), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...body]).toString("base64url");
}

function decrypt(key: Uint8Array, sealed: string, bound: string): Buffer | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound, "utf8"));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
