import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlatformEvent } from "../core/platform.ts";
import type { ChannelRow, MessageRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { resolveEvent } from "./resolve.ts";

const request = { id: "msg_request", choices: [] } as unknown as MessageRow;
const store = {
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

async function answered(event: PlatformEvent): Promise<string | undefined> {
  const channel = { id: "channel", webhookSecret: "secret" } as ChannelRow;
  return (await resolveEvent({ store } as unknown as Gateway, channel, event)).digested.answersMessageId;
}

test("a location that names no request answers the open one, unless another app asks and answers now", async () => {
  assert.equal(await answered(location), "msg_request");
  assert.equal(await answered({ ...location, standby: true }), undefined);
});
