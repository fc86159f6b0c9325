import { GatewayError } from "../../core/problem.ts";
import type { Keyring, MasterKey } from "../keyring.ts";
import { maxSeals, newDataKey, unwrap, Vault, wrap } from "../vault.ts";
import type { Db, SqliteOptions } from "./connection.ts";
import { sealAll } from "./sealing.ts";

type Statements = Pick<Db, "one" | "all" | "run" | "insert">;
export type KeyOptions = Pick<SqliteOptions, "file" | "keyring" | "mint" | "sealsPerKey">;

interface StoredKey {
  id: number;
  master: string;
  wrapped: string;
}

/** Seals that are counted at once, so that not every one writes a count. */
const countedAtOnce = 2 ** 20;

/** What seals the secrets of one file: data keys in it, wrapped by a master key that is not. */
export class DataKeys {
  readonly vault: Vault;
  readonly #db: Statements;
  readonly #keyring: Keyring;
  readonly #maxSeals: number;
  #master: MasterKey | undefined;
  #counted = 0;
  /** The key in force has sealed as much as one may: another is to follow. */
  isWorn = false;

  constructor(db: Statements, install: string, { keyring, sealsPerKey = maxSeals }: KeyOptions) {
    this.#db = db;
    this.#keyring = keyring;
    this.#maxSeals = sealsPerKey;
    this.vault = new Vault(install, (id) => this.#count(id));
  }

  /** Of the master key in force. */
  get masterName(): string {
    return this.#master?.name ?? "";
  }

  get masterKeys(): MasterKey[] {
    return this.#keyring.read();
  }

  get source(): string {
    return this.#keyring.source;
  }

  /** Opens what is stored, or says in a sentence which master key is missing. */
  unlock(stored: readonly StoredKey[], file: string): void {
    const masters = this.#keyring.read();
    for (const key of stored) {
      const master = masters.find(({ name }) => name === key.master);
      if (!master) throw missing(file, key.master, this.#keyring.source, masters);
      const opened = unwrap(key, master, this.vault.install);
      if (!opened) throw refuse(`The keys in ${file} are damaged. Restore a backup.`);
      this.vault.add(opened);
      this.#master = master;
    }
  }

  /** Inside a transaction: wraps all keys and a new one by `master`. The new one seals only when `use` is told of it. */
  change(master: MasterKey): Parameters<DataKeys["use"]> {
    const { install, currentKey } = this.vault;
    for (const key of this.vault.keys()) {
      const wrapped = wrap(key, master, install);
      this.#db.run("UPDATE data_keys SET master = ?, wrapped = ? WHERE id = ?", master.name, wrapped, key.id);
    }
    const key = newDataKey(currentKey + 1);
    this.#db.insert("data_keys", { id: key.id, master: master.name, wrapped: wrap(key, master, install) });
    return [key, master];
  }

  /** Inside a transaction: the same master key, another data key. */
  renew(): Parameters<DataKeys["use"]> {
    return this.change(this.#master!);
  }

  /** After the commit: what a key sealed that was never stored would be lost. */
  use(key: ReturnType<typeof newDataKey>, master: MasterKey): void {
    this.vault.add(key);
    this.#master = master;
    this.#counted = 0;
    this.isWorn = false;
  }

  /** Whether the first of the master keys is another than the one in force. */
  newer(): MasterKey | undefined {
    const [newest] = this.#keyring.read();
    return newest && newest.name !== this.masterName ? newest : undefined;
  }

  /** Inside a transaction. What is rolled back with it is counted again with the next lot. */
  #count(id: number): void {
    if (this.#counted-- > 0) return;
    const lot = Math.min(countedAtOnce, this.#maxSeals);
    this.#db.run("UPDATE data_keys SET used = used + ? WHERE id = ?", lot, id);
    this.#counted = lot - 1;
    const used = this.#db.one<{ used: number }>("SELECT used FROM data_keys WHERE id = ?", id)?.used ?? 0;
    this.isWorn = used > this.#maxSeals;
  }
}

/**
 * Inside a transaction: the keys of a file, opened, and by the newest master key. A file that has none yet gets its
 * first, and every secret that stands there in plain text is sealed with it.
 */
export function openDataKeys(db: Statements, options: KeyOptions): DataKeys {
  const stored = db.all<StoredKey>("SELECT id, master, wrapped FROM data_keys ORDER BY id");
  const keys = new DataKeys(db, installation(db, options), options);
  if (stored.length > 0) {
    keys.unlock(stored, options.file);
    const newest = keys.newer();
    if (newest) keys.use(...keys.change(newest));
    return keys;
  }
  const master = options.keyring.read()[0] ?? options.keyring.make();
  keys.use(...keys.change(master));
  sealAll(db, keys.vault, options.file);
  return keys;
}

/** Given once, and bound to whatever is sealed: a text from another installation does not open here. */
function installation(db: Statements, { mint }: KeyOptions): string {
  const known = db.one<{ value: string }>("SELECT value FROM settings WHERE key = 'install_id'")?.value;
  if (known !== undefined) return known;
  const id = mint("ins");
  db.insert("settings", { key: "install_id", value: id });
  return id;
}

function missing(file: string, needed: string, source: string, given: MasterKey[]): GatewayError {
  const wants = `The secrets in ${file} are sealed with the key ${needed}`;
  if (given.length === 0)
    return refuse(
      `${wants}, and there is none in ${source}. Put it back, or name it: ANTIPHON_SECRET_KEY_FILE=/path/to/key`,
    );
  const names = given.map(({ name }) => name).join(", ");
  return refuse(
    `${wants}, but ${source} holds ${names}. Give the key that was in use, or restore the backup that belongs to this one.`,
  );
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
