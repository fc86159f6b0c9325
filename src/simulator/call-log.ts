import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { SimulatedAnswer, SimulatedRequest } from "../core/simulation.ts";
import type { Row, SimulatorStorage } from "./storage.ts";

const hidden = "***";
/** Fields that hold a secret wherever they stand in a body or an answer. */
const secretFields = new Set([
  "access_token",
  "input_token",
  "secret_token",
  "verify_token",
  "app_secret",
  "token",
]);

/** The same value with every secret field hidden. */
function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, secretFields.has(key) ? hidden : masked(item)]),
  );
}

/** What the log tells of a call when it arrives. */
export interface Arrival {
  at: number;
  platform: string;
  channel?: string;
  /** Without the token. */
  path: string;
  request: SimulatedRequest;
}
export interface LogPage {
  data: JsonObject[];
  next_cursor: string | null;
}

/** Every call that a platform's side received, in the order of arrival. */
export class CallLog {
  readonly #storage: SimulatorStorage;

  constructor(storage: SimulatorStorage) {
    this.#storage = storage;
  }

  begin(arrival: Arrival): number {
    const { request } = arrival;
    const body = masked(request.body) as JsonObject;
    for (const upload of request.uploads) {
      body[upload.field] = { filename: upload.name, mime_type: upload.mimeType, bytes: upload.bytes.length };
    }
    const query = masked(request.query) as JsonObject;
    const doc = {
      at: new Date(arrival.at).toISOString(),
      platform: arrival.platform,
      channel: arrival.channel ?? null,
      method: request.method,
      path: arrival.path,
      ...(Object.keys(query).length > 0 ? { query } : {}),
      body,
    };
    return this.#storage.run("INSERT INTO calls (doc) VALUES (?)", JSON.stringify(doc));
  }

  /** What the platform made of it; `answer` null: it was accepted or not, and nobody was told. */
  end(id: number, result: { accepted: boolean; person?: string; answer: SimulatedAnswer | null }): void {
    const body = result.answer?.body;
    const shown = body === undefined || "bytes" in body ? null : JSON.stringify(masked(body as JsonObject));
    this.#storage.run(
      "UPDATE calls SET accepted = ?, status = ?, person = ?, answer = ? WHERE id = ?",
      result.accepted ? 1 : 0,
      result.answer?.status ?? null,
      result.person ?? null,
      shown,
      id,
    );
  }

  one(id: number): JsonObject | undefined {
    const row = this.#storage.get("SELECT * FROM calls WHERE id = ?", id);
    return row && entry(row);
  }

  page(after: number, limit: number): LogPage {
    const rows = this.#storage.all("SELECT * FROM calls WHERE id > ? ORDER BY id LIMIT ?", after, limit + 1);
    const data = rows.slice(0, limit).map(entry);
    const next = rows.length > limit ? String(data.at(-1)?.id) : null;
    return { data, next_cursor: next };
  }
}

function entry(row: Row): JsonObject {
  const doc = JSON.parse(String(row.doc)) as JsonObject;
  return {
    id: Number(row.id),
    ...doc,
    ...(row.person === null ? {} : { person: String(row.person) }),
    accepted: row.accepted === 1,
    status: row.status === null ? null : Number(row.status),
    answer: row.answer === null ? null : (JSON.parse(String(row.answer)) as JsonObject),
  };
}
