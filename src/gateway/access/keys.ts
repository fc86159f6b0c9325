import type { Caller } from "../../core/caller.ts";
import { timestamp } from "../../core/clock.ts";
import { GatewayError } from "../../core/problem.ts";
import type { KeyRow } from "../../store/authorizing.ts";
import { Edition, replaceAll } from "../edition.ts";
import type { Gateway } from "../gateway.ts";
import { hashKey, sameHash } from "../secret.ts";
import { Signal } from "../signal.ts";
import { bootstrapId, readKeyText } from "./key-text.ts";

/** Whom a key lets in, or why nobody; `claimedId`: the key that a wrong one claims to be. */
export type Admittance = { caller: Caller } | { reason: string; claimedId?: string };

const unknown = "This API key is not valid here.";
const mistyped = "This API key is mistyped or cut short: its checksum does not fit.";
const nobodysHash = "0".repeat(64);
const writeUseEveryMs = 300_000;
const ofEverything: Pick<KeyRow, "scopes" | "channels"> = { scopes: ["admin"], channels: [] };
/** Where an older version kept the hash of its only key. */
const formerSetting = "api_key_hash";

/** The API keys, kept in step with the store: what is revoked or changed is so from the next request on. */
export class Keys {
  readonly #tools: Pick<Gateway, "store" | "clock" | "log">;
  readonly #rows = new Map<string, KeyRow>();
  readonly #edition = new Edition();
  /** Of a row as it is: another row, and its caller is another one. */
  readonly #callers = new WeakMap<KeyRow, Caller>();
  /** Told the id of a key that was changed or revoked. */
  readonly changed = new Signal<string>();
  #formerHash: string | undefined;

  constructor(tools: Pick<Gateway, "store" | "clock" | "log">) {
    this.#tools = tools;
  }

  async load(): Promise<void> {
    for (const key of await this.#tools.store.keys()) this.#rows.set(key.id, key);
    this.#formerHash = await this.#tools.store.setting(formerSetting);
    if (this.#formerHash !== undefined && !this.#rows.has(bootstrapId))
      await this.bootstrap(this.#formerHash);
  }

  /** Another node has changed some: whoever is let in by one that ended or changed is told. */
  reload(): Promise<void> {
    return this.#edition.reread(
      () => this.#tools.store.keys(),
      (rows) => {
        const isOther = (row: KeyRow) =>
          JSON.stringify({ ...row, lastUsedAt: 0 }) !==
          JSON.stringify({ ...this.#rows.get(row.id), lastUsedAt: 0 });
        const changed = rows.filter((row) => this.#rows.has(row.id) && isOther(row));
        replaceAll(this.#rows, rows);
        for (const { id } of changed) this.changed.raise(id);
      },
    );
  }

  /** Those that are not revoked. */
  all(): KeyRow[] {
    return [...this.#rows.values()].filter((key) => key.revokedAt === undefined);
  }

  get(id: string): KeyRow | undefined {
    const key = this.#rows.get(id);
    return key?.revokedAt === undefined ? key : undefined;
  }

  /** A key that is unknown takes the same way as one whose secret is wrong: two hashes are compared, whatever they are. */
  authenticate(text: string): Admittance {
    const { id, isMistyped } = readKeyText(text);
    const [named, bootstrap] = [this.#rows.get(id ?? ""), this.#rows.get(bootstrapId)];
    const hash = hashKey(text);
    const isNamed = sameHash(hash, named?.hash ?? nobodysHash);
    const isBootstrap = sameHash(hash, bootstrap?.hash ?? nobodysHash);
    const key = isBootstrap ? bootstrap : isNamed ? named : undefined;
    if (!key) return { reason: isMistyped ? mistyped : unknown, claimedId: id };
    const reason = this.#whyEnded(key);
    if (reason !== undefined) return { reason };
    this.noteUse(key.id);
    return { caller: this.#callerOf(key) };
  }

  /** Whether the caller's key lets in now as it did when it gave this very caller. False says only: look again. */
  isUnchanged(caller: Caller): boolean {
    const key = this.#rows.get(caller.keyId);
    return key !== undefined && this.#callers.get(key) === caller && this.#whyEnded(key) === undefined;
  }

  /** The caller as its key is now; undefined when it lets nobody in any more. */
  caller(id: string): Caller | undefined {
    const key = this.#rows.get(id);
    return key && this.#whyEnded(key) === undefined ? this.#callerOf(key) : undefined;
  }

  /** What an Idempotency-Key of this API key belongs to: to its id, so that another secret changes nothing. */
  idempotencyScope(id: string): string {
    return id === bootstrapId ? (this.#formerHash ?? id) : id;
  }

  /** The key of the start. With another secret it is admin of everything, whatever became of it before. */
  async bootstrap(hash: string): Promise<void> {
    if (!this.hasBootstrap && (await this.firstBootstrap(hash))) return;
    const known = this.#rows.get(bootstrapId);
    if (known?.hash === hash && known.revokedAt === undefined) return;
    await this.#update(bootstrapId, { hash, ...ofEverything, expiresAt: undefined, revokedAt: undefined });
  }

  /** False: another node that starts on the same store has made it meanwhile. */
  async firstBootstrap(hash: string): Promise<boolean> {
    const createdAt = this.#tools.clock.now();
    try {
      await this.add({ id: bootstrapId, name: "bootstrap", hash, ...ofEverything, createdAt });
      return true;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== "conflict") throw error;
      await this.load();
      if (!this.hasBootstrap) throw error;
      return false;
    }
  }

  /** Whether this text is that key, and it was revoked: a start must not bring it back. */
  isRevokedBootstrap(text: string): boolean {
    const key = this.#rows.get(bootstrapId);
    return key?.revokedAt !== undefined && sameHash(hashKey(text), key.hash);
  }

  get hasBootstrap(): boolean {
    return this.#rows.has(bootstrapId);
  }

  /** `by`: the key that gives it its rights. */
  async add(key: KeyRow, by?: string): Promise<void> {
    await this.#tools.store.addKey(key, by);
    this.#rows.set(key.id, key);
    this.#edition.count();
  }

  async update(
    id: string,
    change: Partial<Pick<KeyRow, "name" | "hash" | "scopes" | "channels" | "expiresAt">>,
    by?: string,
  ): Promise<void> {
    await this.#update(id, change, by);
  }

  async revoke(id: string): Promise<void> {
    await this.#update(id, { revokedAt: this.#tools.clock.now() });
  }

  async #update(id: string, change: Partial<Omit<KeyRow, "id" | "createdAt">>, by?: string): Promise<void> {
    await this.#tools.store.updateKey(id, change, by);
    this.#rows.set(id, { ...this.#rows.get(id)!, ...change });
    this.#edition.count();
    this.changed.raise(id);
  }

  #callerOf(key: KeyRow): Caller {
    const known = this.#callers.get(key);
    if (known) return known;
    const { id, name, scopes, channels } = key;
    const caller = { keyId: id, name, scopes, channels };
    this.#callers.set(key, caller);
    return caller;
  }

  #whyEnded({ expiresAt, revokedAt }: KeyRow): string | undefined {
    if (revokedAt !== undefined) return `This API key was revoked at ${timestamp(revokedAt)}.`;
    if (expiresAt === undefined || expiresAt > this.#tools.clock.now()) return undefined;
    return `This API key expired at ${timestamp(expiresAt)}.`;
  }

  /** Not every use: a write for each request would cost more than the request. */
  noteUse(id: string): void {
    const key = this.#rows.get(id)!;
    const now = this.#tools.clock.now();
    if (key.lastUsedAt !== undefined && now - key.lastUsedAt < writeUseEveryMs) return;
    this.#rows.set(key.id, { ...key, lastUsedAt: now });
    this.#tools.store.updateKey(key.id, { lastUsedAt: now }).catch((error: Error) => {
      this.#tools.log.warn({ key: key.id, reason: error.message }, "the use of an API key was not noted");
    });
  }
}
