import { GatewayError } from "../../core/problem.ts";
import type { Keyring, MasterKey } from "../keyring.ts";
import { type DataKey, maxSeals, newDataKey, unwrap, Vault, wrap } from "../vault.ts";
import type { Db, Work } from "./db.ts";
import type { StoreOptions } from "./options.ts";
import { sealAll } from "./sealing.ts";
import { countChange } from "./telling.ts";

type Statements = Pick<Db, "one" | "all" | "run" | "insert">;
export interface KeyOptions extends Pick<StoreOptions, "keyring" | "mint" | "sealsPerKey"> {
  /** Where the store is, as a sentence names it. */
  place: string;
}

/** A data key as it stands in the store. */
export interface StoredKey {
  id: number;
  master: string;
  wrapped: string;
}

/** Seals that are counted at once, so that not every one writes a count. */
const countedAtOnce = 2 ** 20;

/** What seals the secrets of one store: data keys in it, wrapped by a master key that is not. */
export class DataKeys {
  readonly vault: Vault;
  readonly #db: Statements;
  readonly #keyring: Keyring;
  readonly #maxSeals: number;
  readonly #place: string;
  #master: MasterKey | undefined;
  /** How many more seals are counted already; less than 0: some are not yet. */
  #counted = 0;
  /** The key in force has sealed as much as one may: another is to follow. */
  isWorn = false;
  /** Why newer keys could not be taken in: what an older one seals from here on would be lost when that is gone. */
  #behind: unknown;

  constructor(db: Statements, install: string, { keyring, sealsPerKey = maxSeals, place }: KeyOptions) {
    this.#db = db;
    this.#place = place;
    this.#keyring = keyring;
    this.#maxSeals = sealsPerKey;
    this.vault = new Vault(install, () => {
      if (this.#behind !== undefined) throw this.#behind;
      this.#counted--;
    });
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
  unlock(stored: readonly StoredKey[], place: string): void {
    const { install } = this.vault;
    unlock(stored, { install, keyring: this.#keyring, place }, (key, master) => {
      this.vault.add(key);
      this.#master = master;
    });
  }

  /** What other nodes have made since: theirs seals from here on. */
  *takeIn(): Work<void> {
    const stored = yield* this.#db.all<StoredKey>("SELECT id, master, wrapped FROM data_keys ORDER BY id");
    const known = new Set(this.vault.keys().map(({ id }) => id));
    const fresh = stored.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    try {
      this.unlock(fresh, this.#place);
    } catch (error) {
      this.#behind = error;
      throw error;
    }
    this.#behind = undefined;
    this.#counted = 0;
    this.isWorn = false;
  }

  /** Inside a transaction: wraps all keys and a new one by `master`. The new one seals only when `use` is told of it. */
  *change(master: MasterKey): Work<Parameters<DataKeys["use"]>> {
    const { install, currentKey } = this.vault;
    for (const key of this.vault.keys()) {
      const wrapped = wrap(key, master, install);
      yield* this.#db.run(
        "UPDATE data_keys SET master = ?, wrapped = ? WHERE id = ?",
        master.name,
        wrapped,
        key.id,
      );
    }
    const key = newDataKey(currentKey + 1);
    yield* this.#db.insert("data_keys", {
      id: key.id,
      master: master.name,
      wrapped: wrap(key, master, install),
    });
    yield* countChange(this.#db, "sealing");
    return [key, master];
  }

  /** Inside a transaction: the same master key, another data key. */
  *renew(): Work<Parameters<DataKeys["use"]>> {
    return yield* this.change(this.#master!);
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

  /** Something was sealed that is not counted. */
  get isBehind(): boolean {
    return this.#counted < 0;
  }

  /** A count may have been rolled back with the rest: better one lot too many than one seal too few. */
  undone(): void {
    this.#counted = Math.min(this.#counted, -1);
  }

  /** Inside the transaction of what was sealed, at its end: what is rolled back is counted no more. */
  *count(): Work<void> {
    const id = this.vault.currentKey;
    const lot = Math.min(countedAtOnce, this.#maxSeals);
    const counted = Math.ceil(-this.#counted / lot) * lot;
    yield* this.#db.run("UPDATE data_keys SET used = used + ? WHERE id = ?", counted, id);
    this.#counted += counted;
    const used =
      (yield* this.#db.one<{ used: number }>("SELECT used FROM data_keys WHERE id = ?", id))?.used ?? 0;
    this.isWorn = used > this.#maxSeals;
  }
}

/**
 * Inside a transaction: the keys of a store, opened, and by the newest master key. One that has none yet gets its
 * first, and every secret that stands there in plain text is sealed with it.
 */
export function* openDataKeys(db: Statements, options: KeyOptions): Work<DataKeys> {
  const stored = yield* db.all<StoredKey>("SELECT id, master, wrapped FROM data_keys ORDER BY id");
  const keys = new DataKeys(db, yield* installation(db, options), options);
  if (stored.length > 0) {
    keys.unlock(stored, options.place);
    const newest = keys.newer();
    if (newest) keys.use(...(yield* keys.change(newest)));
    return keys;
  }
  const master = options.keyring.read()[0] ?? options.keyring.make();
  keys.use(...(yield* keys.change(master)));
  yield* sealAll(db, keys.vault, options.place);
  if (keys.isBehind) yield* keys.count();
  return keys;
}

/** Hands over the stored keys, each with the master key that opens it. Throws a sentence at the first that none does. */
export function unlock(
  stored: readonly StoredKey[],
  { install, keyring, place }: { install: string; keyring: Keyring; place: string },
  take: (key: DataKey, master: MasterKey) => void,
): void {
  const masters = keyring.read();
  for (const one of stored) {
    const master = masters.find(({ name }) => name === one.master);
    if (!master) throw missing(place, one.master, keyring.source, masters);
    const key = unwrap(one, master, install);
    if (!key) throw refuse(`The keys in ${place} are damaged. Restore a backup.`);
    take(key, master);
  }
}

/** Given once, and bound to whatever is sealed: a text from another installation does not open here. */
function* installation(db: Statements, { mint }: KeyOptions): Work<string> {
  const known = yield* db.one<{ value: string }>("SELECT value FROM settings WHERE key = 'install_id'");
  if (known) return known.value;
  const id = mint("ins");
  yield* db.insert("settings", { key: "install_id", value: id });
  return id;
}

function missing(place: string, needed: string, source: string, given: MasterKey[]): GatewayError {
  const wants = `The secrets in ${place} are sealed with the key ${needed}`;
  if (given.length === 0)
    return refuse(
      `${wants}, and there is none in ${source}. Put it back, or name it: ANTIPHON_SECRET_KEY_FILE=/path/to/key`,
    );
  const names = given.map(({ name }) => name).join(", ");
  return refuse(
    `${wants}, but ${source} holds ${names}. Give the key that was in use (of several gateways all need the newest one: add it to this one's, behind its own), or restore the backup that belongs to this one.`,
  );
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
