import assert from "node:assert/strict";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  contactOf,
  digest,
  eventsOf,
  moment,
  newMessage,
  problem,
  reportIn,
  said,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
  typesOf,
} from "./harness.ts";

export const outboundCases: Cases = {
  "an accepted message is there with its calls, its lane and the first line of its history": async ({
    store,
  }) => {
    const made = newMessage({ calls: 2 });
    const message = await store.acceptMessage(made);
    const detail = await store.message(message.id);
    const contact = await contactOf(store, "+1");
    assert.deepEqual(detail?.message, { ...message, contact: { id: contact?.id } });
    assert.equal(message.platform, "whatsapp");
    assert.deepEqual(message.metadata, { order: "7" });
    assert.deepEqual(
      detail?.calls.map((call) => [call.position, call.state, call.dueAt, call.call.part]),
      [
        [0, "queued", steadyOf(start), "part 1"],
        [1, "queued", steadyOf(start), "part 2"],
      ],
    );
    assert.deepEqual(detail?.history, [{ status: "accepted", at: start, source: "gateway" }]);
    assert.deepEqual(await store.lanes(), [
      { conversationId: message.conversationId, channelId, dueAt: steadyOf(start) },
    ]);
    assert.equal((await store.headCall(message.conversationId))?.call.id, made.calls[0]?.id);
  },

  "a message to an unknown channel is refused": async ({ store }) => {
    await assert.rejects(store.acceptMessage(newMessage({ channelId: "nowhere" })), {
      code: "unknown_channel",
    });
  },

  "a second message with the same token is refused and leaves nothing": async ({ store }) => {
    await send(store, { token: "same" });
    await assert.rejects(store.acceptMessage(newMessage({ id: "msg_two", token: "same" })), {
      code: "conflict",
    });
    assert.equal(await store.message("msg_two"), undefined);
  },

  "calls leave a lane in the order of acceptance, a waiting head holding back the rest": async ({
    store,
  }) => {
    const first = await send(store, { calls: 2 });
    const second = await send(store);
    const head = async () => (await store.headCall(first.conversationId))?.call;
    const retry = { kind: "retry", scope: "contact", problem } as const;
    await settle(store, first.calls[0] ?? "", retry, { retryAt: steadyOf(start) + 500 });
    assert.deepEqual([(await head())?.id, (await head())?.dueAt], [first.calls[0], steadyOf(start) + 500]);
    assert.equal((await store.lanes())[0]?.dueAt, steadyOf(start) + 500);
    assert.equal(await statusOf(store, first.id), "sending");
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    assert.equal((await head())?.id, first.calls[1]);
    await settle(store, first.calls[1] ?? "", accepted("p2"));
    assert.equal((await head())?.id, second.calls[0]);
    await settle(store, second.calls[0] ?? "", accepted("p3"));
    assert.equal(await head(), undefined);
    assert.deepEqual(await store.lanes(), []);
  },

  "a call that is under way stays the head of its lane until its outcome is stored": async ({ store }) => {
    const first = await send(store);
    const second = await send(store);
    await store.beginCall(first.calls[0] ?? "", moment(start + 1));
    const head = async () => (await store.headCall(first.conversationId))?.call;
    assert.deepEqual([(await head())?.id, (await head())?.state], [first.calls[0], "sending"]);
    assert.equal((await store.lanes()).length, 1);
    const outcome = accepted("p1");
    await store.settleCall({ callId: first.calls[0] ?? "", startedAt: start + 1, at: start + 2, outcome });
    assert.deepEqual([(await head())?.id, (await head())?.state], [second.calls[0], "queued"]);
  },

  "a call under way keeps its place when its lane is merged into another": async ({ store }) => {
    const older = await send(store, { to: "+1", aliases: ["1"] });
    const younger = await send(store, { to: "US.a", aliases: ["US.a"] });
    await settle(store, older.calls[0] ?? "", accepted("p1"));
    await store.beginCall(younger.calls[0] ?? "", moment(start + 1));
    const last = await send(store, { to: "+1", aliases: ["1"] });
    await digest(store, [said("in1", { sender: { aliases: ["1", "US.a"] } })]);
    const head = await store.headCall(last.conversationId);
    assert.deepEqual([head?.call.id, head?.call.state], [younger.calls[0], "sending"]);
  },

  "lanes come oldest head first": async ({ store }) => {
    const first = await send(store, { to: "+9" });
    const second = await send(store, { to: "+1" });
    await send(store, { to: "+9" });
    const third = await send(store, { to: "+5" });
    const order = (await store.lanes()).map((lane) => lane.conversationId);
    assert.deepEqual(order, [first.conversationId, second.conversationId, third.conversationId]);
  },

  "a message is sent only when all its calls are accepted, and says so once": async ({ store }) => {
    const { id, calls } = await send(store, { calls: 2 });
    await settle(store, calls[0] ?? "", accepted("p1", "poll:1"));
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["sending", []]);
    await settle(store, calls[1] ?? "", accepted("p2"), { httpStatus: 200 });
    const detail = await store.message(id);
    assert.equal(detail?.message.status, "sent");
    assert.deepEqual(detail?.message.platformIds, ["p1", "poll:1", "p2"]);
    assert.deepEqual(
      detail?.history.map((line) => line.status),
      ["accepted", "sending", "sent"],
    );
    assert.deepEqual(detail?.attempts[1], {
      callId: calls[1],
      at: start + 1,
      endedAt: start + 2,
      outcome: "accepted",
      httpStatus: 200,
    });
    const [event, ...others] = await eventsOf(store);
    assert.deepEqual([event?.type, event?.sequence, others], ["message.sent", 1, []]);
    const { to, status, metadata, platform_ids } = reportIn(event);
    assert.deepEqual([to, status, metadata], ["+1", "sent", { order: "7" }]);
    assert.deepEqual(platform_ids, ["p1", "poll:1", "p2"]);
    for (const platformId of ["p1", "poll:1", "p2"]) {
      assert.equal((await store.messageByPlatformId(channelId, platformId))?.id, id);
    }
  },

  "a refused call fails its message with its problem and skips the calls behind it": async ({ store }) => {
    const { id, calls, conversationId } = await send(store, { calls: 3 });
    await settle(store, calls[0] ?? "", accepted("p1"));
    await settle(store, calls[1] ?? "", { kind: "rejected", problem });
    assert.deepEqual(await statesOf(store, id), ["accepted", "rejected", "skipped"]);
    assert.deepEqual((await store.message(id))?.message.problem, problem);
    const [event] = await eventsOf(store);
    assert.deepEqual([event?.type, reportIn(event).problem], ["message.failed", problem]);
    assert.equal(await store.headCall(conversationId), undefined);
  },

  "a retry that would be too late is the end of its time": async ({ store }) => {
    const { id, calls } = await send(store);
    await settle(store, calls[0] ?? "", { kind: "retry", scope: "contact", problem });
    assert.deepEqual([await statesOf(store, id), await statusOf(store, id)], [["expired"], "expired"]);
    assert.deepEqual((await store.message(id))?.message.problem, problem);
  },

  "a retry on a channel that was removed meanwhile is a refusal": async ({ store }) => {
    const { id, calls, conversationId } = await send(store, { calls: 2 });
    const callId = calls[0] ?? "";
    await store.beginCall(callId, moment(start + 1));
    await store.removeChannel(channelId, start + 2);
    const outcome = { kind: "retry", scope: "contact", problem } as const;
    await store.settleCall({
      callId,
      startedAt: start + 1,
      at: start + 3,
      outcome,
      retryAt: steadyOf(start) + 9,
    });
    assert.deepEqual(await statesOf(store, id), ["rejected", "skipped"]);
    const detail = await store.message(id);
    assert.deepEqual([detail?.message.status, detail?.message.problem?.code], ["failed", "channel_removed"]);
    assert.deepEqual(await typesOf(store), ["message.failed"]);
    assert.deepEqual([await store.headCall(conversationId), await store.lanes()], [undefined, []]);
  },

  "a message that is half unknown does not go on, and its lane does": async ({ store }) => {
    const first = await send(store, { calls: 3 });
    const second = await send(store);
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    await settle(store, first.calls[1] ?? "", { kind: "unknown", problem });
    assert.deepEqual(await statesOf(store, first.id), ["accepted", "unknown", "skipped"]);
    assert.deepEqual((await store.message(first.id))?.message.problem, problem);
    assert.deepEqual(await typesOf(store), ["message.unknown"]);
    assert.equal((await store.headCall(first.conversationId))?.call.id, second.calls[0]);
  },

  "only a queued call can be begun, and settling twice changes nothing": async ({ store }) => {
    const { id, calls } = await send(store);
    const callId = calls[0] ?? "";
    await settle(store, callId, accepted("p1"));
    await assert.rejects(store.beginCall(callId, moment(start)), { code: "conflict" });
    await store.settleCall({ callId, at: start, startedAt: start, outcome: { kind: "rejected", problem } });
    await store.settleCall({
      callId,
      at: start,
      startedAt: start,
      outcome: { kind: "retry", scope: "contact", problem },
      retryAt: steadyOf(start),
    });
    assert.deepEqual([await statesOf(store, id), await statusOf(store, id)], [["accepted"], "sent"]);
    assert.equal((await store.message(id))?.attempts.length, 3);
  },

  "every alias finds the same lane, and the platform's answer adds another": async ({ store }) => {
    const { conversationId, calls } = await send(store, { to: "+54911", aliases: ["54911", "US.abc"] });
    await settle(store, calls[0] ?? "", { kind: "accepted", platformIds: ["p1"], aliases: ["5411"] });
    for (const alias of ["54911", "US.abc", "5411"]) {
      const found = await store.findConversation(channelId, { id: alias, type: "private" }, [alias]);
      assert.equal(found?.id, conversationId);
    }
    assert.deepEqual((await contactOf(store, "5411"))?.aliases, ["54911", "US.abc", "5411"]);
  },

  "aliases that prove to be one person merge into the older lane, in order of acceptance": async ({
    store,
  }) => {
    const older = await send(store, { to: "+1", aliases: ["1"] });
    const younger = await send(store, { to: "US.a", aliases: ["US.a"] });
    const last = await send(store, { to: "+1", aliases: ["1"] });
    assert.notEqual(older.conversationId, younger.conversationId);
    await digest(store, [said("in1", { sender: { aliases: ["US.a", "1"], name: "Ana" } })]);
    const heads: (string | undefined)[] = [];
    for (const platformId of ["p1", "p2", "p3"]) {
      const head = await store.headCall(older.conversationId);
      heads.push(head?.message.id);
      assert.deepEqual(head?.formerly, [younger.conversationId]);
      await settle(store, head?.call.id ?? "", accepted(platformId));
    }
    assert.deepEqual(heads, [older.id, younger.id, last.id]);
    assert.equal((await store.conversation(younger.conversationId))?.id, older.conversationId);
    assert.deepEqual((await store.conversation(older.conversationId))?.contact?.aliases, ["US.a", "1"]);
    const { rows } = await store.messages({ limit: 10, conversationId: younger.conversationId });
    assert.equal(rows.length, 4);
    const sequences = (await eventsOf(store)).map((event) => event.sequence);
    assert.deepEqual(sequences, [1, 2, 3, 4]);
    assert.equal((await store.conversations({ limit: 10 })).rows.length, 1);
  },

  "a group is one lane whoever is named": async ({ store }) => {
    const chat = { id: "-100", type: "group" } as const;
    const first = await send(store, { to: "-100", chat, aliases: [] });
    const second = await send(store, { to: "-100", chat, aliases: ["somebody"] });
    assert.equal(first.conversationId, second.conversationId);
    const row = await store.findConversation(channelId, chat, []);
    assert.deepEqual([row?.chat, row?.contact], [chat, undefined]);
  },

  "channels are kept apart: the same address and platform id are two people and two messages": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
    const first = await send(store);
    const second = await send(store, { channelId: "channel-2" });
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    await settle(store, second.calls[0] ?? "", accepted("p1"));
    assert.notEqual(first.conversationId, second.conversationId);
    assert.equal((await store.messageByPlatformId("channel-2", "p1"))?.id, second.id);
  },
};
