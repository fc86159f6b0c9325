import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Person } from "../../api/simulator.ts";
import type {
  ActStep,
  AnyStep,
  CallStep,
  DeliveryStep,
  EventStep,
  RequestStep,
  WebhookStep,
} from "./step.ts";
import { rounds } from "./timeline.ts";

const ana: Person = { id: "whatsapp:1", platform: "whatsapp", channel: "9", name: "Ana", address: "+1" };
const ben: Person = { id: "whatsapp:2", platform: "whatsapp", channel: "9", name: "Ben", address: "+2" };
const people = [ana, ben];
let count = 0;
const next = () => `step ${++count}`;
const always = { platform: "whatsapp" as const, channel: "9", causes: [] as string[] };

const act = (at: number, number: number, person = ana): ActStep => ({
  ...always,
  kind: "act",
  id: next(),
  at,
  act_id: `act:${number}`,
  person: person.id,
  act: { act: "say", text: "Hi" },
});
const call = (at: number, number: number, more: Partial<CallStep> = {}): CallStep => ({
  ...always,
  kind: "call",
  id: next(),
  at,
  call: `call:${number}`,
  is_send: true,
  took_ms: 1,
  person: ana.id,
  method: "POST",
  path: "/v25.0/9/messages",
  body: {},
  accepted: true,
  status: 200,
  answer: { messages: [{ id: `wamid.number-${number}` }] },
  ...more,
});
const webhook = (at: number, causes: string[], body: Record<string, unknown> = {}): WebhookStep => ({
  ...always,
  kind: "webhook",
  id: next(),
  at,
  causes,
  url: "http://127.0.0.1/webhooks",
  headers: [],
  body,
  tries: 1,
  took_ms: 1,
  status: 200,
});
const event = (at: number, type: string, message: object, person = ana): EventStep => ({
  kind: "event",
  id: next(),
  at,
  event: {
    id: `evt_${count}`,
    type,
    timestamp: "",
    channel: { id: "c", platform: "whatsapp" },
    conversation: { id: "cnv", contact: { addresses: [person.address.replace("+", "")] } },
    message: message as EventStep["event"]["message"],
  },
});
const asked = (at: number, id: string, person = ana): RequestStep => ({
  kind: "request",
  id: next(),
  at,
  person: person.id,
  platform: "whatsapp",
  body: {},
  status: 202,
  answer: { id },
});
const kinds = (steps: readonly AnyStep[]) =>
  rounds(steps, people).map((round) => round.steps.map((step) => step.kind));

describe("the timeline", () => {
  it("shows an act with its webhook, the event that it became and the delivery of that", () => {
    const received = event(12, "message.received", { id: "msg_1", platform_id: "wamid.of-the-tap" });
    const delivered: DeliveryStep = {
      kind: "delivery",
      id: "dlv_1",
      at: 13,
      delivery: {
        id: "dlv_1",
        event: received.event.id,
        event_type: "message.received",
        endpoint: "ep_1",
        state: "delivered",
        tries: 1,
        attempts: [],
      },
    };
    const brought = webhook(11, ["act:1"], { messages: [{ id: "wamid.of-the-tap" }] });
    assert.deepEqual(kinds([delivered, received, brought, act(10, 1)]), [
      ["act", "webhook", "event", "delivery"],
    ]);
  });

  it("puts calls to the message that is under way, a refused try and what is reported of it too", () => {
    const steps = [
      asked(1, "msg_1"),
      asked(2, "msg_2"),
      call(3, 1, { accepted: false, status: 400, fault: "rate_limit", answer: {} }),
      call(4, 2),
      event(5, "message.sent", { id: "msg_1", status: "sent", platform_ids: ["wamid.number-2"] }),
      call(6, 3),
      event(7, "message.sent", { id: "msg_2", status: "sent", platform_ids: ["wamid.number-3"] }),
      webhook(8, ["call:2"]),
      event(9, "message.delivered", { id: "msg_1", status: "delivered", platform_ids: ["wamid.number-2"] }),
    ];
    assert.deepEqual(kinds(steps), [
      ["request", "call", "event"],
      ["request", "call", "call", "event", "webhook", "event"],
    ]);
  });

  it("shows a message that somebody else sent from its first call on", () => {
    const steps = [
      call(1, 1),
      event(2, "message.sent", { id: "msg_9", status: "sent", platform_ids: ["wamid.number-1"] }),
    ];
    assert.deepEqual(kinds(steps), [["call", "event"]]);
  });

  it("keeps two people apart who do something at once", () => {
    const steps = [
      act(1, 1),
      act(1, 2, ben),
      webhook(2, ["act:1"], { messages: [{ id: "wamid.of-ana" }] }),
      webhook(2, ["act:2"], { messages: [{ id: "wamid.of-ben" }] }),
      event(3, "message.received", { id: "a", platform_id: "wamid.of-ben" }, ben),
      event(3, "message.received", { id: "b", platform_id: "wamid.of-ana" }),
    ];
    const people = rounds(steps, [ana, ben]).map(({ person, steps }) => [person, steps.length]);
    assert.deepEqual(
      new Map(people as [string, number][]),
      new Map([
        [ana.id, 3],
        [ben.id, 3],
      ]),
    );
  });

  it("shows one POST that brings several acts with each of them", () => {
    const steps = [act(1, 1), act(2, 2, ben), webhook(3, ["act:1", "act:2"])];
    assert.deepEqual(kinds(steps), [
      ["act", "webhook"],
      ["act", "webhook"],
    ]);
  });

  it("shows with somebody's reading what is told of it", () => {
    const steps = [
      asked(1, "msg_1"),
      call(2, 1),
      event(3, "message.sent", { id: "msg_1", status: "sent", platform_ids: ["wamid.number-1"] }),
      act(4, 1),
      webhook(5, ["act:1"], { statuses: [{ id: "wamid.number-1" }] }),
      event(6, "message.read", { id: "msg_1", status: "read", platform_ids: ["wamid.number-1"] }),
    ];
    assert.deepEqual(kinds(steps), [
      ["act", "webhook", "event"],
      ["request", "call", "event"],
    ]);
  });

  it("puts a poll behind the act that it brings, though it was asked for long before", () => {
    const poll = call(1, 5, { is_send: false, person: undefined, causes: ["act:1"], took_ms: 500 });
    const [round] = rounds([poll, act(490, 1), event(502, "message.received", { id: "m" })], people);
    assert.deepEqual(
      round?.steps.map(({ kind }) => kind),
      ["act", "call", "event"],
    );
    assert.equal(round?.startedAt, 490);
  });

  it("puts what the gateway does at once for a webhook behind it: a tap that is confirmed", () => {
    const steps = [
      act(1, 1),
      webhook(2, ["act:1"]),
      call(3, 1, { is_send: false, path: "/answerCallbackQuery" }),
    ];
    assert.deepEqual(kinds(steps), [["act", "webhook", "call"]]);
  });
});
