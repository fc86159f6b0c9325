import type { PostedWith } from "../receiving.ts";
import type { MessageRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { demandChannel } from "./channel-lookup.ts";
import { insertSealed, isIntact } from "./checksum.ts";
import { laneOf } from "./conversations.ts";
import { type Db, repeatable, type Work } from "./db.ts";
import { digest } from "./digest.ts";
import { firstBodies } from "./first-bodies.ts";
import { forwardPayload } from "./forwarding.ts";
import { byPlatformId, messageRow, readMessage, type StoredMessage, selectMessage } from "./messages.ts";
import { joinReached, unjoined } from "./watermark.ts";

type InboundPart = Pick<
  Store,
  | "storePayloads"
  | "storeWebhook"
  | "pollCursor"
  | "undigested"
  | "digest"
  | "messageByToken"
  | "messageByPlatformId"
  | "openLocationRequest"
  | "unknownMessages"
>;

interface StoredPayload {
  id: number;
  channel_id: string;
  received_at: number;
  body: string;
  trace: string | null;
}

const waitingPayloads = "payloads WHERE channel_id = ? AND digested_at < 0";

export function inboundPart(db: Db): InboundPart {
  return {
    storePayloads: (channelId, bodies, at, cursor) =>
      db.write(
        () =>
          storePayloads(db, {
            channelId,
            posted: bodies.map((one) => (typeof one === "string" ? { body: one } : one)),
            at,
            cursor,
          }),
        repeatable,
      ),
    storeWebhook: (channelId, body, at, more) =>
      db.write(() => storePayloads(db, { channelId, posted: [{ body, ...more }], at }), repeatable),
    pollCursor: (channelId) =>
      db.read(function* () {
        const row = yield* db.one<{ poll_cursor: number }>(
          "SELECT poll_cursor FROM channels WHERE id = ?",
          channelId,
        );
        return row?.poll_cursor ?? 0;
      }),
    undigested: (channelId, batch) =>
      db.read(function* () {
        const wanted = { from: waitingPayloads, of: [channelId], batch };
        return (yield* firstBodies<StoredPayload>(db, wanted)).map(arrived);
      }),
    digest: async (request) => {
      const { result, more } = await db.write(function* () {
        return { result: yield* digest(db, request), more: yield* unjoined(db) };
      }, repeatable);
      if (more) await joinReached(db, request.at);
      return result;
    },
    messageByToken: (channelId, token) => db.read(() => byToken(db, channelId, token)),
    messageByPlatformId: (channelId, platformId) =>
      db.read(function* () {
        const found = yield* byPlatformId(db, channelId, platformId);
        return found && (yield* readMessage(db, found.message_id));
      }),
    openLocationRequest: (conversationId) => db.read(() => openLocationRequest(db, conversationId)),
    unknownMessages: (conversationId) => db.read(() => unknownMessages(db, conversationId)),
  };
}

function arrived(row: StoredPayload) {
  return {
    id: row.id,
    channelId: row.channel_id,
    receivedAt: row.received_at,
    ...(row.trace !== null && { trace: row.trace }),
    ...(isIntact("payloads", row) ? { body: row.body } : { body: "", isDamaged: true as const }),
  };
}

interface Arrival {
  channelId: string;
  posted: ({ body: string } & PostedWith)[];
  at: number;
  cursor?: number;
}

function* storePayloads(db: Db, { channelId, posted, at, cursor }: Arrival): Work<void> {
  yield* demandChannel(db, channelId);
  for (const { body, signature = null, trace = null } of posted) {
    const row = { channel_id: channelId, received_at: at, digested_at: -at, body, signature, trace };
    const payloadId = yield* insertSealed(db, "payloads", row);
    yield* forwardPayload(db, { payloadId, channelId, at });
  }
  if (cursor !== undefined) yield* db.update("channels", channelId, { poll_cursor: cursor });
}

/** Also of the account's earlier channel: its messages stay on people's screens when it is removed and connected anew. */
function* byToken(db: Db, channelId: string, token: string): Work<MessageRow | undefined> {
  const sql = `${selectMessage} WHERE m.token = ?2 AND m.channel_id IN (
    SELECT former.id FROM channels own
    JOIN channels former ON former.platform = own.platform AND former.natural_id = own.natural_id
    WHERE own.id = ?1)`;
  const row = yield* db.one<StoredMessage>(sql, channelId, token);
  return row && messageRow(row);
}

/** One that has not left yet, or failed, is on nobody's screen. */
function* openLocationRequest(db: Db, conversationId: string): Work<MessageRow | undefined> {
  const row = yield* db.one<StoredMessage>(
    `${selectMessage} WHERE m.conversation_id = ? AND m.open_request = 1 AND m.status NOT IN ('accepted', 'failed')
     ORDER BY m.seq DESC LIMIT 1`,
    (yield* laneOf(db, conversationId)) ?? conversationId,
  );
  return row && messageRow(row);
}

function* unknownMessages(db: Db, conversationId: string): Work<MessageRow[]> {
  // The + keeps to the conversation: by status, everybody's are walked.
  const rows = yield* db.all<StoredMessage>(
    `${selectMessage} WHERE m.conversation_id = ? AND +m.status = 'unknown' ORDER BY m.seq DESC LIMIT 20`,
    (yield* laneOf(db, conversationId)) ?? conversationId,
  );
  return rows.map(messageRow);
}
