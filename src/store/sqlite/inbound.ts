import type { PostedWith } from "../receiving.ts";
import type { MessageRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { demandChannel } from "./channel-lookup.ts";
import { insertSealed, isIntact } from "./checksum.ts";
import type { Db } from "./connection.ts";
import { laneOf } from "./conversations.ts";
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
      db.write(() =>
        storePayloads(db, {
          channelId,
          posted: bodies.map((one) => (typeof one === "string" ? { body: one } : one)),
          at,
          cursor,
        }),
      ),
    storeWebhook: (channelId, body, at, more) =>
      db.write(() => storePayloads(db, { channelId, posted: [{ body, ...more }], at })),
    pollCursor: async (channelId) => {
      const row = db.one<{ poll_cursor: number }>("SELECT poll_cursor FROM channels WHERE id = ?", channelId);
      return row?.poll_cursor ?? 0;
    },
    undigested: async (channelId, batch) =>
      firstBodies<StoredPayload>(db, { from: waitingPayloads, of: [channelId], batch }).map((row) => ({
        id: row.id,
        channelId: row.channel_id,
        receivedAt: row.received_at,
        ...(row.trace !== null && { trace: row.trace }),
        ...(isIntact("payloads", row) ? { body: row.body } : { body: "", isDamaged: true as const }),
      })),
    digest: async (request) => {
      const { result, more } = await db.write(() => ({ result: digest(db, request), more: unjoined(db) }));
      if (more) await joinReached(db, request.at);
      return result;
    },
    messageByToken: async (channelId, token) => byToken(db, channelId, token),
    messageByPlatformId: async (channelId, platformId) => {
      const found = byPlatformId(db, channelId, platformId);
      return found && readMessage(db, found.message_id);
    },
    openLocationRequest: async (conversationId) => openLocationRequest(db, conversationId),
    unknownMessages: async (conversationId) => unknownMessages(db, conversationId),
  };
}

interface Arrival {
  channelId: string;
  posted: ({ body: string } & PostedWith)[];
  at: number;
  cursor?: number;
}

function storePayloads(db: Db, { channelId, posted, at, cursor }: Arrival): void {
  demandChannel(db, channelId);
  for (const { body, signature = null, trace = null } of posted) {
    const row = { channel_id: channelId, received_at: at, digested_at: -at, body, signature, trace };
    const payloadId = insertSealed(db, "payloads", row);
    forwardPayload(db, { payloadId, channelId, at });
  }
  if (cursor !== undefined) db.update("channels", channelId, { poll_cursor: cursor });
}

/** Also of the account's earlier channel: its messages stay on people's screens when it is removed and connected anew. */
function byToken(db: Db, channelId: string, token: string): MessageRow | undefined {
  const sql = `${selectMessage} WHERE m.token = ?2 AND m.channel_id IN (
    SELECT former.id FROM channels own
    JOIN channels former ON former.platform = own.platform AND former.natural_id = own.natural_id
    WHERE own.id = ?1)`;
  const row = db.one<StoredMessage>(sql, channelId, token);
  return row && messageRow(row);
}

/** One that has not left yet, or failed, is on nobody's screen. */
function openLocationRequest(db: Db, conversationId: string): MessageRow | undefined {
  const row = db.one<StoredMessage>(
    `${selectMessage} WHERE m.conversation_id = ? AND m.open_request = 1 AND m.status NOT IN ('accepted', 'failed')
     ORDER BY m.seq DESC LIMIT 1`,
    laneOf(db, conversationId) ?? conversationId,
  );
  return row && messageRow(row);
}

function unknownMessages(db: Db, conversationId: string): MessageRow[] {
  // The + keeps to the conversation: by status, everybody's are walked.
  return db
    .all<StoredMessage>(
      `${selectMessage} WHERE m.conversation_id = ? AND +m.status = 'unknown' ORDER BY m.seq DESC LIMIT 20`,
      laneOf(db, conversationId) ?? conversationId,
    )
    .map(messageRow);
}
