import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import {
  channel,
  channelId,
  digest,
  eventsOf,
  reportIn,
  said,
  send,
  start,
  typesOf,
} from "../conformance/harness.ts";
import { openStore } from "../conformance/sqlite-place.ts";
import type { Store } from "../store.ts";

interface Damage {
  /** What is stored before. */
  write(store: Store): Promise<void>;
  /** What the disk does to it: one letter is another one. */
  sql: string;
  /** How many rows it touches; absent: one. */
  rows?: number;
  /** What is read of it then. */
  read(store: Store): Promise<void>;
}

async function damaged({ write, sql, rows = 1, read }: Damage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-checksum-"));
  const file = join(folder, "antiphon.db");
  const before = await openStore(file);
  await before.addChannel(channel());
  await write(before);
  await before.close();
  const db = new DatabaseSync(file);
  assert.equal(db.prepare(sql).run().changes, rows);
  db.close();
  const after = await openStore(file);
  await read(after);
  await after.close();
  rmSync(folder, { recursive: true });
}

const lane = async (store: Store) => (await store.lanes())[0]?.conversationId ?? "";

async function failsAndGoesOn(store: Store): Promise<void> {
  const conversationId = await lane(store);
  const head = await store.headCall(conversationId);
  assert.ok(head?.call.isDamaged || head?.message.isDamaged, "the head is known to be damaged");
  await store.quarantineHead(conversationId, start + 5);
  assert.equal((await store.message("first"))?.message.status, "failed");
  const [event] = await eventsOf(store);
  assert.equal(event?.type, "message.failed");
  assert.equal(reportIn(event).problem?.code, "corrupt");
  const next = await store.headCall(conversationId);
  assert.deepEqual(
    [next?.message.id, next?.message.isDamaged, next?.call.isDamaged],
    ["second", undefined, undefined],
  );
}

const twoMessages = async (store: Store) => {
  await send(store, { id: "first", calls: 2 });
  await send(store, { id: "second" });
};

const damages: Record<string, Damage> = {
  "a message of which a letter differs fails as corrupt, and the next one of its lane goes on": {
    write: twoMessages,
    sql: "UPDATE messages SET content = replace(content, 'hello', 'hellp') WHERE id = 'first'",
    read: failsAndGoesOn,
  },
  "a call of which a letter differs is not sent, nor is the rest of its message": {
    write: twoMessages,
    sql: "UPDATE calls SET call = replace(call, '/messages', '/messagez') WHERE message_id = 'first' AND position = 0",
    read: failsAndGoesOn,
  },
  "a message for another address is not sent": {
    write: twoMessages,
    sql: "UPDATE messages SET address = '+2' WHERE id = 'first'",
    read: failsAndGoesOn,
  },
  "of a damaged message nothing is shown but its id and its state": {
    write: twoMessages,
    sql: "UPDATE messages SET metadata = replace(metadata, '7', '8') WHERE id = 'first'",
    async read(store) {
      const message = (await store.message("first"))?.message;
      assert.deepEqual(message?.content, { type: "damaged" });
      assert.deepEqual(
        [message?.metadata, message?.address, message?.problem?.code],
        [undefined, "", "corrupt"],
      );
      assert.equal((await store.messages({ limit: 10 })).rows.length, 2);
    },
  },
  "of a damaged payload nothing is read, and the next one is": {
    write: (store) => store.storePayloads(channelId, ['{"text":"a"}', '{"text":"b"}'], start),
    sql: "UPDATE payloads SET body = replace(body, 'a', 'e') WHERE id = 1",
    async read(store) {
      const rows = await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 });
      assert.deepEqual(
        rows.map(({ body, isDamaged }) => [body, isDamaged]),
        [
          ["", true],
          ['{"text":"b"}', undefined],
        ],
      );
    },
  },
  "a damaged event is told nowhere, its neighbours are": {
    async write(store) {
      await digest(store, [said("one"), said("two")]);
    },
    sql: "UPDATE events SET body = replace(body, 'one', 'own') WHERE position = 1",
    async read(store) {
      assert.deepEqual((await eventsOf(store)).length, 1);
      const { rows } = await store.events({ limit: 10 });
      assert.deepEqual(
        rows.map(({ position }) => position),
        [2],
      );
      assert.ok(await store.event(rows[0]!.event.id));
      assert.ok(await store.eventBody(rows[0]!.event.id));
    },
  },
  "an event that is JSON no more keeps no other from growing old": {
    async write(store) {
      await digest(store, [said("one"), said("two")]);
    },
    sql: "UPDATE events SET body = substr(body, 2) WHERE position = 1",
    async read(store) {
      const at = start + 40 * 86_400_000;
      const part = await store.dropAged(channelId, { at, recordsBefore: at }, { kind: "events", after: "" });
      assert.equal(part.dropped, 1);
      assert.equal(await store.lastEventPosition(), 1, "the other is gone");
    },
  },
  "events behind more damaged ones than are read at once are told": {
    async write(store) {
      await digest(
        store,
        ["a", "b", "c", "d", "e"].map((text) => said(text)),
      );
    },
    sql: "UPDATE events SET body = replace(body, 'text', 'tent') WHERE position BETWEEN 2 AND 4",
    rows: 3,
    async read(store) {
      const positions = (await store.eventsAfter(0, 2)).map(({ position }) => position);
      assert.deepEqual(positions, [1, 5]);
      assert.deepEqual(
        (await store.eventsAfter(1, 1)).map(({ position }) => position),
        [5],
      );
    },
  },
};

const target = () => ({
  id: "endpoint",
  url: "https://example.com/hook",
  secret: "whsec_AAAA",
  format: "antiphon" as const,
  events: [],
  channels: [channelId],
  ordered: false,
  enabled: true,
  createdAt: start,
});

for (const [title, sql] of Object.entries({
  "an endpoint whose URL is another one": "UPDATE endpoints SET url = replace(url, 'hook', 'hoof')",
  "an endpoint that would get other channels' events": "UPDATE endpoints SET channels = '[]'",
}))
  damages[`${title} is known to be so, and right again when it is given anew`] = {
    write: (store) => store.addEndpoint(target()),
    sql,
    read: async (store) => {
      assert.deepEqual(
        (await store.endpoints()).map(({ isUnreadable }) => isUnreadable),
        [true],
      );
      await store.updateEndpoint("endpoint", { url: target().url, channels: [channelId] });
      assert.deepEqual(await store.endpoints(), [target()]);
    },
  };

damages[
  "a channel whose platform's address is another one is known to be so, and its credentials are not read"
] = {
  write: async () => {},
  sql: "UPDATE channels SET base_url = base_url || '.evil.example'",
  read: async (store) => {
    const [found] = await store.channels();
    assert.deepEqual([found?.isUnreadable, found?.credentials], [true, {}]);
    const { credentials, webhookSecret, baseUrl } = channel();
    await store.updateChannel(channelId, { credentials, webhookSecret, baseUrl });
    assert.deepEqual(await store.channels(), [channel()]);
  },
};

for (const [title, damage] of Object.entries(damages)) test(title, () => damaged(damage));

test("what is edited or taken back is no damage", () =>
  damaged({
    async write(store) {
      await digest(store, [said("kept"), said("one"), said("two")]);
      const content = { type: "text", text: { body: "edited" } };
      const place = { chat: { id: "1", type: "private" } as const, sender: { aliases: ["1"] } };
      await digest(store, [
        { ...place, kind: "edited", platformId: "one", dedupeKey: "e", content },
        { ...place, kind: "deleted", platformId: "two", dedupeKey: "d" },
      ]);
    },
    sql: "UPDATE contacts SET blocked = 1",
    async read(store) {
      const { rows } = await store.messages({ limit: 10 });
      assert.deepEqual(
        rows.map(({ isDamaged }) => isDamaged),
        [undefined, undefined, undefined],
      );
      assert.equal((await typesOf(store)).length, 5);
    },
  }));
