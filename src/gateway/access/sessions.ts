import type { Caller } from "../../core/caller.ts";
import type { SessionRow } from "../../store/signing-in.ts";
import { Edition } from "../edition.ts";
import type { Gateway } from "../gateway.ts";
import { hashKey, newSessionToken } from "../secret.ts";
import { Signal } from "../signal.ts";

const hourMs = 3_600_000;
/** Unused for so long, a session ends; and so long after its beginning, whatever happens. */
export const idleMs = 12 * hourMs;
export const longestMs = 7 * 24 * hourMs;
/** Of one key. More browsers than this are a mistake: the first one is signed out. */
const mostOfAKey = 100;
/** Not every use: a write for each request would cost more than the request. */
const extendEveryMs = 300_000;

type Tools = Pick<Gateway, "store" | "clock" | "log" | "keys">;

/**
 * Who is signed in to the console, kept in step with the store: a session goes on over restarts, and ends with its key,
 * with that key's secret, when it is signed out, or with its time.
 */
export class Sessions {
  readonly #tools: Tools;
  readonly #rows = new Map<string, SessionRow>();
  readonly #edition = new Edition();
  /** Told the hash of a session that has ended. Of one that its time ends, perhaps late, or never: ask `caller`. */
  readonly ended = new Signal<string>();

  constructor(tools: Tools) {
    this.#tools = tools;
    tools.keys.changed.listen((id) => this.#endOfKey(id));
  }

  /** After the keys. */
  async load(): Promise<void> {
    for (const session of await this.#tools.store.sessions(this.#tools.clock.now()))
      this.#rows.set(session.hash, session);
  }

  /** On another node somebody has signed in or out. */
  reload(): Promise<void> {
    const { store, clock } = this.#tools;
    return this.#edition.reread(
      () => store.sessions(clock.now()),
      (rows) => {
        const hashes = new Set(rows.map(({ hash }) => hash));
        for (const hash of this.#rows.keys()) if (!hashes.has(hash)) this.#forget(hash);
        for (const row of rows) this.#rows.set(row.hash, row);
      },
    );
  }

  /**
   * Signs in whoever has shown this key, in the same turn: with the secret that was shown, and no later one. The session
   * that the browser had before, `former`, ends. `token` is for the browser alone: only its hash stays here.
   */
  async begin({ keyId }: Caller, former?: string): Promise<{ token: string; session: SessionRow }> {
    const { store, clock, keys } = this.#tools;
    // Before anything is waited for: a rotation may come between.
    const keyHash = keys.get(keyId)?.hash ?? "";
    if (former !== undefined) await this.end(hashKey(former));
    const token = newSessionToken();
    const createdAt = clock.now();
    const expiresAt = createdAt + idleMs;
    const session: SessionRow = { hash: hashKey(token), keyId, keyHash, createdAt, expiresAt };
    const gone = await store.addSession(session, mostOfAKey);
    this.#rows.set(session.hash, session);
    this.#edition.count();
    for (const hash of gone) this.#forget(hash);
    return { token, session };
  }

  /** Who is signed in with what the browser sent; undefined: nobody any more. Each use puts the end off. */
  use(token: string): { hash: string; caller: Caller } | undefined {
    const hash = hashKey(token);
    const caller = this.caller(hash);
    if (!caller) return undefined;
    this.#tools.keys.noteUse(caller.keyId);
    this.#extend(this.#rows.get(hash)!);
    return { hash, caller };
  }

  /** The caller as its key is now; undefined when the session is over. */
  caller(hash: string): Caller | undefined {
    const session = this.#rows.get(hash);
    if (!session) return undefined;
    if (this.#isOver(session)) {
      this.#rows.delete(hash);
      return undefined;
    }
    return this.#tools.keys.caller(session.keyId);
  }

  async end(hash: string): Promise<void> {
    this.#forget(hash);
    await this.#tools.store.endSessions({ hash });
  }

  #isOver({ keyId, keyHash, createdAt, expiresAt }: SessionRow): boolean {
    const now = this.#tools.clock.now();
    const isLate = now >= expiresAt || now >= createdAt + longestMs;
    return isLate || this.#tools.keys.get(keyId)?.hash !== keyHash;
  }

  #extend(session: SessionRow): void {
    const until = Math.min(this.#tools.clock.now() + idleMs, session.createdAt + longestMs);
    if (until - session.expiresAt < extendEveryMs) return;
    this.#rows.set(session.hash, { ...session, expiresAt: until });
    this.#unlessItFails(this.#tools.store.extendSession(session.hash, until));
  }

  /** Of a key that was changed: those that it lets in no more. */
  #endOfKey(keyId: string): void {
    const over = [...this.#rows.values()].filter(
      (session) => session.keyId === keyId && (this.#isOver(session) || !this.caller(session.hash)),
    );
    for (const { hash } of over) {
      this.#forget(hash);
      this.#unlessItFails(this.#tools.store.endSessions({ hash }));
    }
  }

  #forget(hash: string): void {
    this.#rows.delete(hash);
    this.#edition.count();
    this.ended.raise(hash);
  }

  /** What is not written is only looked up again after a restart: there too a session without its key is over. */
  #unlessItFails(work: Promise<void>): void {
    work.catch((error: Error) => {
      this.#tools.log.warn({ reason: error.message }, "the end of a session was not noted");
    });
  }
}
