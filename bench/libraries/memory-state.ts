import { randomUUID } from "node:crypto";
import type { Lock, QueueEntry, StateAdapter } from "chat";

/** What `chat` keeps between webhooks, in maps: nothing cheaper would do, and nothing outlives the process. */
export class MemoryState implements StateAdapter {
  readonly #locks = new Map<string, Lock>();
  readonly #values = new Map<string, { value: unknown; until: number }>();
  readonly #lists = new Map<string, unknown[]>();
  readonly #subscribed = new Set<string>();

  async connect(): Promise<void> {}
  async disconnect(): Promise<void> {}

  async acquireLock(threadId: string, ttlMs: number): Promise<Lock | null> {
    const held = this.#locks.get(threadId);
    if (held && held.expiresAt > Date.now()) return null;
    const lock = { threadId, token: randomUUID(), expiresAt: Date.now() + ttlMs };
    this.#locks.set(threadId, lock);
    return lock;
  }
  async extendLock(lock: Lock, ttlMs: number): Promise<boolean> {
    const held = this.#locks.get(lock.threadId);
    if (held?.token !== lock.token) return false;
    held.expiresAt = Date.now() + ttlMs;
    return true;
  }
  async releaseLock(lock: Lock): Promise<void> {
    if (this.#locks.get(lock.threadId)?.token === lock.token) this.#locks.delete(lock.threadId);
  }
  async forceReleaseLock(threadId: string): Promise<void> {
    this.#locks.delete(threadId);
  }

  async get<Value>(key: string): Promise<Value | null> {
    const found = this.#values.get(key);
    return found && found.until > Date.now() ? (found.value as Value) : null;
  }
  async set(key: string, value: unknown, ttlMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#values.set(key, { value, until: Date.now() + ttlMs });
  }
  async setIfNotExists(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if ((await this.get(key)) !== null) return false;
    await this.set(key, value, ttlMs);
    return true;
  }
  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }

  async appendToList(key: string, value: unknown, options: { maxLength?: number } = {}): Promise<void> {
    const list = [...(this.#lists.get(key) ?? []), value];
    this.#lists.set(key, list.slice(-(options.maxLength ?? list.length)));
  }
  async getList<Value>(key: string): Promise<Value[]> {
    return (this.#lists.get(key) ?? []) as Value[];
  }

  async enqueue(threadId: string, entry: QueueEntry, maxSize: number): Promise<number> {
    await this.appendToList(`queue ${threadId}`, entry, { maxLength: maxSize });
    return this.queueDepth(threadId);
  }
  async dequeue(threadId: string): Promise<QueueEntry | null> {
    return (this.#lists.get(`queue ${threadId}`)?.shift() as QueueEntry | undefined) ?? null;
  }
  async queueDepth(threadId: string): Promise<number> {
    return this.#lists.get(`queue ${threadId}`)?.length ?? 0;
  }

  async subscribe(threadId: string): Promise<void> {
    this.#subscribed.add(threadId);
  }
  async unsubscribe(threadId: string): Promise<void> {
    this.#subscribed.delete(threadId);
  }
  async isSubscribed(threadId: string): Promise<boolean> {
    return this.#subscribed.has(threadId);
  }
}
