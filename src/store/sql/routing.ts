import type { Routing } from "../receiving.ts";
import type { Store } from "../store.ts";
import { demandApp, keepUnrouted } from "./apps.ts";
import { demandChannel } from "./channel-lookup.ts";
import { insertSealed, isIntact } from "./checksum.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
import { firstBodies } from "./first-bodies.ts";
import { forwardAppPayload } from "./forwarding.ts";
import { absolve } from "./suspects.ts";

type RoutingPart = Pick<Store, "storeAppPayload" | "unrouted" | "route" | "unroutedParts">;

interface StoredAppPayload {
  id: number;
  app_id: string;
  received_at: number;
  body: string;
  trace: string | null;
}

const waitingPayloads = "app_payloads WHERE app_id = ? AND routed_at < 0";

export function routingPart(db: Db): RoutingPart {
  return {
    storeAppPayload: (appId, body, at, { signature = null, trace = null } = {}) =>
      db.write(function* () {
        yield* demandApp(db, appId);
        const row = { app_id: appId, received_at: at, routed_at: -at, body, signature, trace };
        yield* insertSealed(db, "app_payloads", row);
      }),
    unrouted: (appId, batch) =>
      db.read(function* () {
        const wanted = { from: waitingPayloads, of: [appId], batch };
        return (yield* firstBodies<StoredAppPayload>(db, wanted)).map(arrived);
      }),
    route: (routing) => db.write(() => route(db, routing)),
    unroutedParts: () => db.read(() => unroutedParts(db)),
  };
}

function arrived(row: StoredAppPayload) {
  return {
    id: row.id,
    appId: row.app_id,
    receivedAt: row.received_at,
    ...(row.trace !== null && { trace: row.trace }),
    ...(isIntact("app_payloads", row) ? { body: row.body } : { body: "", isDamaged: true as const }),
  };
}

/** The parts arrived when the whole did. One that is routed already stays as it is. */
function* route(db: Db, { appPayloadId, at, parts, unrouted }: Routing): Work<void> {
  const sql =
    "UPDATE app_payloads SET routed_at = ? WHERE id = ? AND routed_at < 0 RETURNING app_id, received_at, trace";
  const whole = yield* db.one<{ app_id: string; received_at: number; trace: string | null }>(
    sql,
    at,
    appPayloadId,
  );
  if (!whole) return;
  yield* absolve(db, "app_payload", appPayloadId);
  const { app_id: appId, received_at, trace } = whole;
  const routed = yield* each(parts, function* ({ channelId, body }) {
    yield* demandChannel(db, channelId);
    const row = { channel_id: channelId, received_at, digested_at: -received_at, body, trace };
    const payloadId = yield* insertSealed(db, "payloads", { ...row, app_payload_id: appPayloadId });
    return { channelId, payloadId };
  });
  yield* keepUnrouted(db, { appId, appPayloadId, parts: unrouted });
  yield* forwardAppPayload(db, { appPayloadId, appId, at: received_at, parts: routed, unrouted });
}

function* unroutedParts(db: Db) {
  const rows = yield* db.all<{ id: string; unknown_parts: number; refused_parts: number }>(
    "SELECT id, unknown_parts, refused_parts FROM apps",
  );
  return new Map(rows.map((row) => [row.id, { unknown: row.unknown_parts, refused: row.refused_parts }]));
}
