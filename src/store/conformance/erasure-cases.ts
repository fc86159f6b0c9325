import assert from "node:assert/strict";
import type { InboundMessage } from "../../core/event.ts";
import type { PlatformEvent } from "../../core/platform.ts";
import type { Store } from "../store.ts";
import {
  type Cases,
  channel,
  channelId,
  endpoint,
  eventsOf,
  moment,
  type Opened,
  said,
  start,
} from "./harness.ts";

const at = start + 10;
const spoken = { chat: { id: "1", type: "private" as const }, sender: { aliases: ["1"] } };
const text = (body: string) => ({ type: "text", text: { body } });

/** A message as a platform posts it: `text` is nowhere but in its content. */
const posted = (mid: string, body: string) => ({
  timestamp: at,
  message: { mid, text: body, attachments: [{ url: body }] },
});
const payloadOf = (...parts: object[]) => JSON.stringify({ entry: [{ id: "page", messaging: parts }] });
const heard = (mid: string, body: string) => said(mid, { content: text(body) });
const unsent = (mid: string): PlatformEvent => ({
  kind: "deleted",
  dedupeKey: `del ${mid}`,
  ...spoken,
  platformId: mid,
});
const edited = (mid: string, body: string): PlatformEvent => ({
  kind: "edited",
  dedupeKey: `edit ${mid}`,
  ...spoken,
  platformId: mid,
  content: text(body),
});

/** Stores a payload and digests it. */
async function take(
  store: Store,
  body: string,
  events: PlatformEvent[],
  unknown: { path: string; reason: string }[] = [],
): Promise<void> {
  await store.storePayloads(channelId, [body], at);
  const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
  const digested = events.map((event) => ({ event, report: true }));
  await store.digest({ payloadId: payload?.id ?? 0, ...moment(at), events: digested, unknown });
}

async function left({ holds }: Opened, canaries: string[]): Promise<string[]> {
  const found = await Promise.all(canaries.map(async (canary) => ((await holds(canary)) ? [canary] : [])));
  return found.flat();
}

export const erasureCases: Cases = {
  "what a contact takes back is nowhere on disk, and its neighbours are whole": async (opened) => {
    const { store } = opened;
    await take(store, payloadOf(posted("m1", "CANARY-one"), posted("m2", "NEIGHBOUR-two")), [
      heard("m1", "CANARY-one"),
      heard("m2", "NEIGHBOUR-two"),
    ]);
    await take(store, payloadOf(posted("m1", "CANARY-again")), [heard("m1", "CANARY-again")]);
    await take(store, payloadOf(posted("m1", "CANARY-edit")), [edited("m1", "CANARY-edit")]);
    assert.deepEqual(await left(opened, ["CANARY-one", "CANARY-again", "CANARY-edit"]), [
      "CANARY-one",
      "CANARY-again",
      "CANARY-edit",
    ]);
    await take(store, payloadOf({ message: { mid: "m1", is_deleted: true } }), [unsent("m1")]);
    assert.deepEqual(await left(opened, ["CANARY-"]), []);
    assert.deepEqual(await left(opened, ["NEIGHBOUR-two"]), ["NEIGHBOUR-two"]);
    const [first, second, change, deletion] = await eventsOf(store);
    assert.deepEqual(
      [first, change, deletion].map((event) => [event?.type, event?.message?.id === first?.message?.id]),
      [
        ["message.received", true],
        ["message.edited", true],
        ["message.deleted", true],
      ],
    );
    assert.ok(first?.message);
    const { id, platform_id, from, timestamp } = first.message as InboundMessage;
    assert.deepEqual(first.message, { id, platform_id: "m1", from: "1", timestamp, type: "deleted" });
    assert.ok(platform_id && from && timestamp);
    assert.deepEqual((second?.message as { text?: unknown } | undefined)?.text, { body: "NEIGHBOUR-two" });
  },

  "what comes after it was taken back leaves nothing either": async (opened) => {
    const { store } = opened;
    await take(store, payloadOf({ message: { mid: "m1", is_deleted: true } }), [unsent("m1")]);
    await take(store, payloadOf(posted("m1", "CANARY-late")), [heard("m1", "CANARY-late")]);
    await take(store, payloadOf(posted("m1", "CANARY-again")), [heard("m1", "CANARY-again")]);
    await take(store, payloadOf(posted("m1", "CANARY-edit")), [edited("m1", "CANARY-edit")]);
    assert.deepEqual(await left(opened, ["CANARY-"]), []);
  },

  "what no rule could read of it goes too, and so does the whole that its app posted": async (opened) => {
    const { store } = opened;
    const app = {
      id: "app",
      provider: "meta",
      appId: "9",
      name: "a",
      secrets: ["s"],
      verifyToken: "v",
    } as const;
    await store.addApp({ ...app, secrets: ["s"], createdAt: at });
    await store.updateChannel(channelId, { appId: "app" });
    const part = payloadOf(posted("m1", "CANARY-part"));
    const whole = payloadOf(posted("m1", "CANARY-part"), posted("m9", "NEIGHBOUR-of-nobody"));
    await store.storeAppPayload("app", whole, at);
    const [waiting] = await store.unrouted("app", { limit: 1, maxBytes: 1_000_000 });
    const nobodys = [{ path: "/entry/0/messaging/1", kind: "unknown", reason: "unknown target" }] as const;
    const parts = [{ channelId, body: part }];
    await store.route({ appPayloadId: waiting?.id ?? 0, at, parts, unrouted: [...nobodys] });
    const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    const events = [{ event: heard("m1", "CANARY-part"), report: true }];
    await store.digest({ payloadId: payload?.id ?? 0, ...moment(at), events, unknown: [] });
    await take(
      store,
      payloadOf(posted("m1", "CANARY-odd")),
      [],
      [{ path: "/entry/0", reason: "of no known kind" }],
    );
    await take(store, payloadOf({ message: { mid: "m1", is_deleted: true } }), [unsent("m1")]);
    assert.deepEqual(await left(opened, ["CANARY-", "NEIGHBOUR-of-nobody"]), ["NEIGHBOUR-of-nobody"]);
  },

  "what an app posted for another one's channel leaves its outline, and what nobody knows yet stays whole":
    async (opened) => {
      const { store } = opened;
      const app = { id: "app", provider: "meta", appId: "9", name: "a", verifyToken: "v" } as const;
      await store.addApp({ ...app, secrets: ["s"], createdAt: at });
      const whole = payloadOf(posted("m1", "NEIGHBOUR-routed"), posted("m2", "CANARY-refused"));
      for (const body of [whole, "NEIGHBOUR-no JSON", payloadOf(posted("m3", "NEIGHBOUR-odd"))])
        await store.storeAppPayload("app", body, at);
      const [first, second, third] = await store.unrouted("app", { limit: 9, maxBytes: 1_000_000 });
      const route = (id: number | undefined, path: string, kind: "unknown" | "refused") =>
        store.route({ appPayloadId: id ?? 0, at, parts: [], unrouted: [{ path, kind, reason: "r" }] });
      await route(first?.id, "/entry/0/messaging/1", "refused");
      await route(second?.id, "", "unknown");
      await route(third?.id, "/entry/9/nowhere", "unknown");
      const kept = ["NEIGHBOUR-routed", "NEIGHBOUR-no JSON", "NEIGHBOUR-odd"];
      assert.deepEqual(await left(opened, ["CANARY-", ...kept]), kept);
      assert.ok(await opened.holds("m2"), "its id says what it was");
      await store.storeAppPayload("app", payloadOf(posted("m4", "CANARY-late")), at);
      await store.removeApp("app", at);
      assert.deepEqual(await left(opened, ["CANARY-"]), []);
    },

  "what an endpoint answered to it goes with it, and what it is still to be told": async (opened) => {
    const { store } = opened;
    await store.addEndpoint(endpoint());
    await take(store, payloadOf(posted("m1", "CANARY-one")), [heard("m1", "CANARY-one")]);
    const [delivery] = await store.deliveriesInTurn({ endpointId: "endpoint-1", after: 0, limit: 5 });
    const attempt = { at, latencyMs: 1, httpStatus: 500, answer: "no: CANARY-answer" };
    await store.recordAttempt(delivery?.id ?? "", attempt, { state: "pending", dueAt: 5 }, 4);
    await take(store, payloadOf({ message: { mid: "m1", is_deleted: true } }), [unsent("m1")]);
    assert.deepEqual(await left(opened, ["CANARY-"]), []);
    assert.equal((await store.delivery(delivery?.id ?? ""))?.attempts[0]?.answer, "");
    const told = await store.event(delivery?.eventId ?? "");
    assert.equal((told?.message as { type?: string } | undefined)?.type, "deleted");
  },

  "of many messages of every length, those taken back are nowhere, whatever moved where": async (opened) => {
    const { store } = opened;
    await store.addChannel(channel({ id: "channel-2", naturalId: "2" }));
    const count = 150;
    const canary = (index: number) => `CANARY-${index}-`.repeat(1 + ((index * 7919) % 331));
    for (let index = 0; index < count; index++) {
      const mid = `m${index}`;
      await take(store, payloadOf(posted(mid, canary(index))), [heard(mid, canary(index))]);
    }
    const gone = Array.from({ length: count }, (_, index) => index).filter((index) => (index * 31) % 3 > 0);
    for (const index of gone) {
      await take(store, payloadOf({ message: { mid: `m${index}`, is_deleted: true } }), [
        unsent(`m${index}`),
      ]);
    }
    assert.deepEqual(
      await left(
        opened,
        gone.map((index) => `CANARY-${index}-`),
      ),
      [],
    );
    assert.deepEqual(await left(opened, ["CANARY-0-", "CANARY-3-"]), ["CANARY-0-", "CANARY-3-"]);
  },
};
