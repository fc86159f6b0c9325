import type { EventType } from "../../core/event.ts";
import { GatewayError } from "../../core/problem.ts";
import type { EndpointFormat, EndpointRow } from "../endpoint-rows.ts";
import type { Store } from "../store.ts";
import { openRow } from "../vault.ts";
import { insertSealed, isIntact, reseal } from "./checksum.ts";
import { closeDeliveries } from "./close-deliveries.ts";
import { fromJson, toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";

interface StoredEndpoint {
  id: string;
  url: string;
  secret: string;
  previous_secret: string;
  previous_until: number | null;
  format: EndpointFormat;
  events: string;
  channels: string;
  ordered: number;
  max_age_seconds: number | null;
  max_per_second: number | null;
  enabled: number;
  disabled: string | null;
  failing: string | null;
  created_at: number;
}

/** What a removal closes in its own transaction; a million would hold up everybody. */
const closedAtOnce = 1_000;

export function endpointsPart(
  db: Db,
): Pick<
  Store,
  "addEndpoint" | "updateEndpoint" | "rotateEndpoint" | "endFormerSecret" | "removeEndpoint" | "endpoints"
> {
  return {
    addEndpoint: (endpoint) =>
      db.write(function* () {
        yield* insertSealed(db, "endpoints", { id: endpoint.id, ...columns(db, endpoint.id, endpoint) });
      }),
    updateEndpoint: (id, change) => db.write(() => updateEndpoint(db, id, change)),
    rotateEndpoint: (id, secret, formerUntil) => db.write(() => rotate(db, id, { secret, formerUntil })),
    endFormerSecret: (id, until) =>
      db.write(function* () {
        const sql =
          "UPDATE endpoints SET previous_secret = '', previous_until = NULL WHERE id = ? AND previous_until = ?";
        yield* db.run(sql, id, until);
      }),
    removeEndpoint: (id) =>
      db.write(function* () {
        demandOne(yield* db.run("DELETE FROM endpoints WHERE id = ?", id), id);
        yield* db.run(
          "UPDATE replays SET state = 'cancelled' WHERE endpoint_id = ? AND state = 'running'",
          id,
        );
        yield* closeDeliveries(db, { endpointId: id, reason: "removed", limit: closedAtOnce });
      }),
    endpoints: () => db.read(() => readEndpoints(db)),
  };
}

export function* readEndpoints(db: Db): Work<EndpointRow[]> {
  return (yield* db.all<StoredEndpoint>("SELECT * FROM endpoints ORDER BY created_at, id")).map((row) =>
    endpointRow(db, row),
  );
}

export function* endpointExists(db: Db, id: string): Work<boolean> {
  return (yield* db.one("SELECT 1 FROM endpoints WHERE id = ?", id)) !== undefined;
}

/** There is one, and the gateway has not switched it off: what is queued for it will be delivered. */
export function* demandServed(db: Db, id: string): Work<void> {
  const row = yield* db.one<{ disabled: string | null }>("SELECT disabled FROM endpoints WHERE id = ?", id);
  if (!row) demandOne(0, id);
  if (row?.disabled === null) return;
  throw new GatewayError("conflict", `The gateway has switched endpoint ${id} off. Enable it first.`);
}

export function* updateEndpoint(db: Db, id: string, change: Partial<EndpointRow>): Work<void> {
  if (!(yield* endpointExists(db, id))) demandOne(0, id);
  yield* db.update("endpoints", id, columns(db, id, change));
  yield* reseal(db, "endpoints", { column: "id", key: id });
}

function* rotate(db: Db, id: string, next: { secret: string; formerUntil?: number }): Work<EndpointRow> {
  const { secret, formerUntil: until } = next;
  const before = yield* readEndpoint(db, id);
  const previous = until === undefined || before.isUnreadable ? undefined : { secret: before.secret, until };
  yield* updateEndpoint(db, id, { secret, previous });
  return yield* readEndpoint(db, id);
}

function* readEndpoint(db: Db, id: string): Work<EndpointRow> {
  const row = yield* db.one<StoredEndpoint>("SELECT * FROM endpoints WHERE id = ?", id);
  if (!row) throw missing(id);
  return endpointRow(db, row);
}

function demandOne(changed: number, id: string): void {
  if (changed === 0) throw missing(id);
}

function missing(id: string): GatewayError {
  return new GatewayError("not_found", `There is no endpoint ${id}.`);
}

/** The columns of the fields that are given; an explicit undefined empties the ones that may be empty. */
function columns(db: Db, row: string, endpoint: Partial<EndpointRow>) {
  const { secret, previous } = endpoint;
  const all = {
    url: endpoint.url,
    secret: secret && db.vault.seal(secret, { table: "endpoints", column: "secret", row }),
    previous_secret: "previous" in endpoint ? sealedPrevious(db, row, previous) : undefined,
    previous_until: "previous" in endpoint ? (previous?.until ?? null) : undefined,
    format: endpoint.format,
    events: toJson(endpoint.events) ?? undefined,
    channels: toJson(endpoint.channels) ?? undefined,
    ordered: endpoint.ordered === undefined ? undefined : Number(endpoint.ordered),
    max_age_seconds: "maxAgeSeconds" in endpoint ? (endpoint.maxAgeSeconds ?? null) : undefined,
    max_per_second: "maxPerSecond" in endpoint ? (endpoint.maxPerSecond ?? null) : undefined,
    enabled: endpoint.enabled === undefined ? undefined : Number(endpoint.enabled),
    disabled: "disabled" in endpoint ? toJson(endpoint.disabled) : undefined,
    failing: "failing" in endpoint ? toJson(endpoint.failing) : undefined,
    created_at: endpoint.createdAt,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | number | null>;
}

function sealedPrevious(db: Db, row: string, previous: EndpointRow["previous"]): string {
  return previous
    ? db.vault.seal(previous.secret, { table: "endpoints", column: "previous_secret", row })
    : "";
}

function openedSecrets(db: Db, { id: row, secret, previous_secret, previous_until }: StoredEndpoint) {
  const open = (sealed: string, column: "secret" | "previous_secret") =>
    db.vault.open(sealed, { table: "endpoints", column, row });
  return openRow(() => ({
    secret: open(secret, "secret"),
    ...(previous_until !== null && {
      previous: { secret: open(previous_secret, "previous_secret"), until: previous_until },
    }),
  }));
}

function endpointRow(db: Db, row: StoredEndpoint): EndpointRow {
  return {
    id: row.id,
    url: row.url,
    ...((isIntact("endpoints", row) && openedSecrets(db, row)) || { secret: "", isUnreadable: true }),
    format: row.format,
    events: fromJson<EventType[]>(row.events) ?? [],
    channels: fromJson<string[]>(row.channels) ?? [],
    ordered: row.ordered === 1,
    ...(row.max_age_seconds !== null && { maxAgeSeconds: row.max_age_seconds }),
    ...(row.max_per_second !== null && { maxPerSecond: row.max_per_second }),
    enabled: row.enabled === 1,
    ...(row.disabled !== null && { disabled: JSON.parse(row.disabled) }),
    ...(row.failing !== null && { failing: JSON.parse(row.failing) }),
    createdAt: row.created_at,
  };
}
