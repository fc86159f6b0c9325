import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlatformEvent } from "../../core/platform.ts";
import type { ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { resolveEvent } from "./resolve.ts";

const request = { id: "msg_request", choices: [] } as unknown as MessageRow;
const asked = {
  id: "msg_asked",
  choices: [{ key: "0", reply: { type: "button_reply", button_reply: { id: "SUPPORT", title: "Support" } } }],
} as unknown as MessageRow;
const store = {
  messageByToken: async (_: string, token: string) => (token === "known" ? asked : undefined),
  findConversation: async () => ({ id: "conversation" }),
  openLocationRequest: async () => request,
};
const location: PlatformEvent = {
  kind: "received",
  dedupeKey: "l",
  chat: { id: "1", type: "private" },
  sender: { aliases: ["1"] },
  platformId: "l",
  content: { type: "location", location: { latitude: 1, longitude: 2 } },
  answer: { by: "open_request" },
};

const attachments = [{ type: "fallback", fallback: { url: "https://a.example/" } }];
const tap = (token: string): PlatformEvent => ({
  ...location,
  content: { type: "postback", postback: { title: "Support", payload: `a1:${token}:0` }, attachments },
  answer: { by: "token", token, key: "0" },
});

async function resolved(event: PlatformEvent) {
  const channel = { id: "channel", webhookSecret: "secret" } as ChannelRow;
  return (await resolveEvent({ store } as unknown as Gateway, channel, event)).digested;
}
const answered = async (event: PlatformEvent) => (await resolved(event)).answersMessageId;

test("a location that names no request answers the open one, unless another app asks and answers now", async () => {
  assert.equal(await answered(location), "msg_request");
  assert.equal(await answered({ ...location, standby: true }), undefined);
});

test("a tap is the choice as it was offered, with what came beside it", async () => {
  const { content, answersMessageId } = await resolved(tap("known"));
  const interactive = { type: "button_reply", button_reply: { id: "SUPPORT", title: "Support" } };
  assert.deepEqual(content, { type: "interactive", interactive, attachments });
  assert.equal(answersMessageId, "msg_asked");
});

test("a tap on a message that is not known here is told as what the button said", async () => {
  const { content, report, answersMessageId } = await resolved(tap("elsewhere"));
  const postback = { title: "Support", payload: "a1:elsewhere:0" };
  assert.deepEqual(content, { type: "postback", postback, attachments });
  assert.deepEqual([report, answersMessageId], [true, undefined]);
});
