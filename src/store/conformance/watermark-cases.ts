import assert from "node:assert/strict";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  digest,
  eventsOf,
  moment,
  permutations,
  receipt,
  reportIn,
  said,
  send,
  start,
  statusOf,
  typesOf,
  watermark,
} from "./harness.ts";

/** Sends to contact 1 and has it accepted; the call begins at `at`. */
async function sent(store: Store, platformId: string, at: number): Promise<string> {
  const { id, calls } = await send(store, { to: "1" });
  await store.beginCall(calls[0] ?? "", moment(at));
  const outcome = accepted(platformId);
  await store.settleCall({ callId: calls[0] ?? "", startedAt: at, at: at + 1, outcome });
  return id;
}

async function statuses(store: Store, ids: string[]): Promise<(string | undefined)[]> {
  return Promise.all(ids.map((id) => statusOf(store, id)));
}

/** Status and sorted events of a message begun at start + 10, after these steps in this order. */
async function outcomeOf(store: Store, steps: string[], name: string): Promise<string> {
  const place = { chat: { id: name, type: "private" } as const, sender: { aliases: [name] } };
  const before = await store.lastEventPosition();
  const { id, calls } = await send(store, { to: name });
  await store.beginCall(calls[0] ?? "", moment(start + 10));
  const facts: Record<string, () => Promise<unknown>> = {
    answer: () => {
      const outcome = accepted(name);
      return store.settleCall({ callId: calls[0] ?? "", startedAt: start + 10, at: start + 30, outcome });
    },
    "echo at 5": () => digest(store, [receipt(name, "sent", { at: start + 5 })]),
    "delivered to 7": () =>
      digest(store, [watermark("delivered", start + 7, { ...place, dedupeKey: `d7 ${name}` })]),
    "read to 9": () => digest(store, [watermark("read", start + 9, { ...place, dedupeKey: `r9 ${name}` })]),
    "delivered to 20": () =>
      digest(store, [watermark("delivered", start + 20, { ...place, dedupeKey: `d20 ${name}` })]),
    "read to 20": () =>
      digest(store, [watermark("read", start + 20, { ...place, dedupeKey: `r20 ${name}` })]),
  };
  for (const step of steps) await facts[step]?.();
  const types = (await store.eventsAfter(before, 100)).map((row) => row.event.type);
  return [await statusOf(store, id), ...types.sort()].join(" ");
}

export const watermarkCases: Cases = {
  "a watermark reaches what was sent to its conversation until then, and each message is told once": async ({
    store,
  }) => {
    const ids = [await sent(store, "p1", start + 10), await sent(store, "p2", start + 20)];
    const later = await sent(store, "p3", start + 30);
    const other = await send(store, { to: "2" });
    await store.beginCall(other.calls[0] ?? "", moment(start + 10));
    await digest(store, [watermark("delivered", start + 20)]);
    assert.deepEqual(await statuses(store, [...ids, later, other.id]), [
      "delivered",
      "delivered",
      "sent",
      "sending",
    ]);
    await digest(store, [watermark("read", start + 10), watermark("delivered", start + 15)]);
    await digest(store, [watermark("read", start + 30)]);
    await digest(store, [watermark("read", start + 25, { dedupeKey: "an older one, late" })]);
    assert.deepEqual(await statuses(store, [...ids, later]), ["read", "read", "read"]);
    const told = (await eventsOf(store)).slice(3).map((event) => [event.type, reportIn(event).id]);
    assert.deepEqual(told, [
      ["message.delivered", ids[0]],
      ["message.delivered", ids[1]],
      ["message.read", ids[0]],
      ["message.read", ids[1]],
      ["message.read", later],
    ]);
    const [line] = (await store.message(later))?.history.filter((one) => one.receipt === "read") ?? [];
    assert.deepEqual([line?.at, line?.source], [start + 30, "platform"]);
  },

  "an older watermark that comes late takes nothing back from what is accepted after it": async ({
    store,
  }) => {
    const { id, calls } = await send(store, { to: "1" });
    await store.beginCall(calls[0] ?? "", moment(start + 28));
    await digest(store, [watermark("read", start + 30)]);
    await digest(store, [watermark("read", start + 25)]);
    const outcome = accepted("p1");
    await store.settleCall({ callId: calls[0] ?? "", startedAt: start + 28, at: start + 40, outcome });
    assert.equal(await statusOf(store, id), "read");
  },

  "every order of the answer, the echo and the watermarks ends in the same status and set of events": async ({
    store,
  }) => {
    const sets: [string[], string][] = [
      [["answer", "delivered to 20", "read to 20"], "read message.delivered message.read message.sent"],
      [["answer", "delivered to 7", "read to 9"], "sent message.sent"],
      [["answer", "delivered to 7", "read to 20"], "read message.read message.sent"],
      [["answer", "echo at 5", "delivered to 7"], "delivered message.delivered message.sent"],
      [
        ["answer", "echo at 5", "delivered to 7", "read to 9"],
        "read message.delivered message.read message.sent",
      ],
    ];
    for (const [steps, expected] of sets) {
      for (const order of permutations(steps)) {
        const name = `${order.join()} of ${steps.join()}`;
        assert.equal(await outcomeOf(store, order, name), expected, name);
      }
    }
  },

  "a watermark of a conversation that nobody knows tells nothing and makes none": async ({ store }) => {
    assert.deepEqual((await digest(store, [watermark("read", start + 5)])).fresh, [0]);
    assert.deepEqual([await typesOf(store), (await store.conversations({ limit: 9 })).rows], [[], []]);
  },

  "a watermark that reaches very many calls lets others write between, and none is told twice": async ({
    store,
  }) => {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => sent(store, `p${index}`, start + index)));
    let isDone = false;
    const digesting = digest(store, [
      watermark("delivered", start + 999),
      watermark("read", start + 999),
    ]).finally(() => {
      isDone = true;
    });
    let writes = 0;
    for (; !isDone; writes++) await store.putSetting("writes", String(writes));
    await digesting;
    assert.ok(writes >= 6, `${writes} writes of others`);
    const types = (await typesOf(store)).slice(1_000);
    assert.equal(types.filter((type) => type === "message.delivered").length, 1_000);
    assert.equal(types.filter((type) => type === "message.read").length, 1_000);
    const [message] = (await store.messages({ limit: 1 })).rows;
    const told = (await eventsOf(store)).filter((event) => reportIn(event).id === message?.id);
    assert.deepEqual(
      told.map(({ type }) => type),
      ["message.sent", "message.delivered", "message.read"],
    );
  },

  "a watermark that a restart interrupts reaches the rest of its calls after it": async (opened) => {
    const { store } = opened;
    const sending = Array.from({ length: 1_000 }, (_, index) => sent(store, `p${index}`, start + index));
    const ids = await Promise.all(sending);
    await store.storePayloads(channelId, ["{}"], start);
    const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    const events = [{ event: watermark("delivered", start + 999), report: true }];
    const digesting = store.digest({ payloadId: payload!.id, ...moment(start + 2_000), events, unknown: [] });
    while ((await statusOf(store, ids[0]!)) !== "delivered") await store.putSetting("turn", "of another");
    assert.equal(await statusOf(store, ids[999]!), "sent");
    const reopened = await opened.reopen();
    await digesting;
    assert.deepEqual(new Set(await statuses(reopened, ids)), new Set(["delivered"]));
    assert.equal((await typesOf(reopened)).length, 2_000);
  },

  "when two conversations become one, nothing counts as reached that no watermark told of it": async ({
    store,
  }) => {
    const begun = async (to: string, at: number) => {
      const { id, calls } = await send(store, { to });
      await store.beginCall(calls[0]!, moment(at));
      return {
        id,
        accept: (outcome = accepted(id)) =>
          store.settleCall({ callId: calls[0]!, startedAt: at, at, outcome }),
      };
    };
    const place = { chat: { id: "2", type: "private" } as const, sender: { aliases: ["2"] } };
    const older = [await begun("1", start + 10), await begun("1", start + 20)];
    const younger = [
      await begun("2", start + 11),
      await begun("2", start + 21),
      await begun("2", start + 22),
    ];
    await older[0]!.accept();
    await younger[1]!.accept();
    await digest(store, [watermark("delivered", start + 30), watermark("read", start + 30)]);
    await digest(store, [watermark("delivered", start + 15, place)]);
    await digest(store, [said("in1", { sender: { aliases: ["1", "2"] } })]);
    for (const { accept } of [younger[0]!, younger[2]!, older[1]!]) await accept();
    const all = [...older, ...younger].map(({ id }) => id);
    assert.deepEqual(await statuses(store, all), ["read", "sent", "delivered", "sent", "sent"]);
    await digest(store, [watermark("delivered", start + 21)]);
    assert.deepEqual(await statuses(store, all), ["read", "delivered", "delivered", "delivered", "sent"]);
  },

  "a watermark is kept over a restart, and looks only at what it newly reaches in a long conversation":
    async (opened) => {
      const { store } = opened;
      const sending = Array.from({ length: 300 }, (_, index) => sent(store, `p${index}`, start + index));
      const ids = await Promise.all(sending);
      await digest(store, [watermark("delivered", start + 298)]);
      const reopened = await opened.reopen();
      await digest(reopened, [watermark("delivered", start + 299)]);
      const types = (await typesOf(reopened)).filter((type) => type === "message.delivered");
      assert.equal(types.length, 300);
      const late = await send(reopened, { to: "1" });
      await reopened.beginCall(late.calls[0] ?? "", moment(start + 299));
      const outcome = accepted("late");
      await reopened.settleCall({ callId: late.calls[0] ?? "", startedAt: start, at: start + 500, outcome });
      assert.deepEqual(await statuses(reopened, [ids[0] ?? "", late.id]), ["delivered", "delivered"]);
    },
};
