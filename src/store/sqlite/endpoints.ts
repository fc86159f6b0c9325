import type { EventType } from "../../core/event.ts";
import { GatewayError } from "../../core/problem.ts";
import type { EndpointRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { openRow } from "../vault.ts";
import { fromJson } from "./columns.ts";
import type { Db } from "./connection.ts";

interface StoredEndpoint {
  id: string;
  url: string;
  secret: string;
  events: string;
  channels: string;
  enabled: number;
  created_at: number;
}

export function endpointsPart(
  db: Db,
): Pick<Store, "addEndpoint" | "updateEndpoint" | "removeEndpoint" | "endpoints"> {
  return {
    addEndpoint: (endpoint) =>
      db.write(() => {
        db.insert("endpoints", { id: endpoint.id, ...columns(db, endpoint.id, endpoint) });
      }),
    updateEndpoint: (id, change) => db.write(() => updateEndpoint(db, id, change)),
    removeEndpoint: (id) =>
      db.write(() => {
        db.run("UPDATE deliveries SET state = 'dead' WHERE endpoint_id = ? AND state = 'pending'", id);
        demandOne(db.run("DELETE FROM endpoints WHERE id = ?", id), id);
      }),
    endpoints: async () => readEndpoints(db),
  };
}

export function readEndpoints(db: Db): EndpointRow[] {
  return db
    .all<StoredEndpoint>("SELECT * FROM endpoints ORDER BY created_at, id")
    .map((row) => endpointRow(db, row));
}

export function endpointExists(db: Db, id: string): boolean {
  return db.one("SELECT 1 FROM endpoints WHERE id = ?", id) !== undefined;
}

function updateEndpoint(db: Db, id: string, change: Partial<EndpointRow>): void {
  if (!endpointExists(db, id)) demandOne(0, id);
  db.update("endpoints", id, columns(db, id, change));
}

function demandOne(changed: number, id: string): void {
  if (changed === 0) throw new GatewayError("not_found", `There is no endpoint ${id}.`);
}

function columns(db: Db, row: string, endpoint: Partial<EndpointRow>) {
  const { secret } = endpoint;
  const all = {
    url: endpoint.url,
    secret: secret && db.vault.seal(secret, { table: "endpoints", column: "secret", row }),
    events: endpoint.events && JSON.stringify(endpoint.events),
    channels: endpoint.channels && JSON.stringify(endpoint.channels),
    enabled: endpoint.enabled === undefined ? undefined : Number(endpoint.enabled),
    created_at: endpoint.createdAt,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | number>;
}

function endpointRow(db: Db, row: StoredEndpoint): EndpointRow {
  const opened = openRow(() => ({
    secret: db.vault.open(row.secret, { table: "endpoints", column: "secret", row: row.id }),
  }));
  return {
    id: row.id,
    url: row.url,
    ...(opened ?? { secret: "", isUnreadable: true }),
    events: fromJson<EventType[]>(row.events) ?? [],
    channels: fromJson<string[]>(row.channels) ?? [],
    enabled: row.enabled === 1,
    createdAt: row.created_at,
  };
}
