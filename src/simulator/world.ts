import { createHash, createHmac, randomBytes } from "node:crypto";
import type { WallClock } from "../core/clock.ts";
import type { JsonObject } from "../core/json.ts";
import type { PlatformName } from "../core/platform.ts";
import type {
  SimulatedAccount,
  SimulatedFile,
  SimulatedLimit,
  SimulatedMessage,
  SimulatedPerson,
  SimulatedUpdate,
  StoredUpdate,
  World,
} from "../core/simulation.ts";
import { Budgets, type LimitUse } from "./budget.ts";
import type { Row, SimulatorStorage } from "./storage.ts";

const parse = <Value>(row: Row) => JSON.parse(String(row.doc)) as Value;

export function storedUpdate(row: Row): StoredUpdate {
  return {
    position: Number(row.position),
    platform: row.platform as PlatformName,
    channel: String(row.channel),
    queue: String(row.queue),
    payload: JSON.parse(String(row.payload)) as JsonObject,
    expiresAt: Number(row.expires_at),
  };
}

/** The world on disk. `emitted` decides what becomes of an update; `address` is known once the port is bound. */
export class StoredWorld implements World {
  readonly #storage: SimulatorStorage;
  readonly #clock: WallClock;
  readonly #budgets = new Budgets();
  readonly #emitted: (update: SimulatedUpdate) => void;
  address = "";

  constructor(storage: SimulatorStorage, clock: WallClock, emitted: (update: SimulatedUpdate) => void) {
    this.#storage = storage;
    this.#clock = clock;
    this.#emitted = emitted;
  }

  now() {
    return this.#clock.now();
  }
  baseUrl() {
    return this.address;
  }
  next(counter: string, first = 1): number {
    const row = this.#storage.get(
      "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
      counter,
      first,
    );
    return Number(row?.value);
  }
  random(digits: number): string {
    return randomBytes(Math.ceil(digits / 2))
      .toString("hex")
      .slice(0, digits);
  }
  digest(data: string | Uint8Array): string {
    return createHash("sha256").update(data).digest("hex");
  }
  sign(secret: string, text: string): string {
    return createHmac("sha256", secret).update(text).digest("hex");
  }

  accounts(platform: PlatformName): SimulatedAccount[] {
    return this.#storage
      .all("SELECT doc FROM accounts WHERE platform = ? ORDER BY rowid", platform)
      .map(parse<SimulatedAccount>);
  }
  saveAccount(account: SimulatedAccount): void {
    this.#storage.run(
      "INSERT INTO accounts VALUES (?, ?, ?) ON CONFLICT (platform, id) DO UPDATE SET doc = excluded.doc",
      account.platform,
      account.id,
      JSON.stringify(account),
    );
  }
  people(platform: PlatformName, channel?: string): SimulatedPerson[] {
    const rows = this.#storage.all(
      "SELECT doc FROM people WHERE platform = ? AND (? IS NULL OR channel = ?) ORDER BY position",
      platform,
      channel ?? null,
      channel ?? null,
    );
    return rows.map(parse<SimulatedPerson>);
  }
  person(id: string): SimulatedPerson | undefined {
    const row = this.#storage.get("SELECT doc FROM people WHERE id = ?", id);
    return row && parse<SimulatedPerson>(row);
  }
  savePerson(person: SimulatedPerson): void {
    this.#storage.run(
      "INSERT INTO people (id, platform, channel, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
      person.id,
      person.platform,
      person.channel,
      JSON.stringify(person),
    );
  }

  messages(person: string): SimulatedMessage[] {
    return this.#storage
      .all("SELECT doc FROM messages WHERE person = ? ORDER BY position", person)
      .map(parse<SimulatedMessage>);
  }
  message(person: string, id: string): SimulatedMessage | undefined {
    const row = this.#storage.get("SELECT doc FROM messages WHERE person = ? AND id = ?", person, id);
    return row && parse<SimulatedMessage>(row);
  }
  saveMessage(message: SimulatedMessage): void {
    this.#storage.run(
      "INSERT INTO messages (person, id, doc) VALUES (?, ?, ?) ON CONFLICT (person, id) DO UPDATE SET doc = excluded.doc",
      message.person,
      message.id,
      JSON.stringify(message),
    );
  }
  removeMessage(person: string, id: string): void {
    this.#storage.run("DELETE FROM messages WHERE person = ? AND id = ?", person, id);
  }

  note(key: string): JsonObject | undefined {
    const row = this.#storage.get("SELECT doc FROM notes WHERE key = ?", key);
    return row && parse<JsonObject>(row);
  }
  saveNote(key: string, value: JsonObject): void {
    this.#storage.run(
      "INSERT INTO notes VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc",
      key,
      JSON.stringify(value),
    );
  }
  file(id: string): SimulatedFile | undefined {
    const row = this.#storage.get("SELECT doc, bytes FROM files WHERE id = ?", id);
    return row && { ...parse<Omit<SimulatedFile, "bytes">>(row), bytes: row.bytes as Uint8Array };
  }
  saveFile(file: SimulatedFile): void {
    const { bytes, ...doc } = file;
    this.#storage.run("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", file.id, JSON.stringify(doc), bytes);
  }
  removeFile(id: string): void {
    this.#storage.run("DELETE FROM files WHERE id = ?", id);
  }

  emit(update: SimulatedUpdate): void {
    this.#emitted(update);
  }
  updates(platform: PlatformName, channel: string): StoredUpdate[] {
    const rows = this.#storage.all(
      "SELECT * FROM updates WHERE platform = ? AND channel = ? AND held IS NULL AND copy = 0 ORDER BY position",
      platform,
      channel,
    );
    return rows.map(storedUpdate);
  }
  dropUpdates(positions: number[]): void {
    for (const position of positions) this.#storage.run("DELETE FROM updates WHERE position = ?", position);
  }
  /** How the limits were used since the start. */
  limitUses(): LimitUse[] {
    return this.#budgets.uses();
  }
  take(key: string, limit: SimulatedLimit): number {
    return this.#budgets.take(key, limit, this.now());
  }
}
