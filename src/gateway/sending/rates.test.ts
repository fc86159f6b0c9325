import assert from "node:assert/strict";
import { test } from "node:test";
import { platforms } from "../../platforms/index.ts";
import type { CallRow, ChannelRow, MessageRow } from "../../store/rows.ts";
import { channelUse, conversationUses, kindUse } from "./rates.ts";

const channel = (change: Partial<ChannelRow> = {}) => ({ id: "channel", ...change }) as ChannelRow;
const call = (body: object) => ({ channelId: "channel", conversationId: "lane", call: { body } }) as CallRow;
const numbers = (uses: { key: string; rate: { perSecond: number; burst: number } }[]) =>
  uses.map(({ key, rate }) => [key, rate.perSecond, rate.burst]);

test("a channel keeps its platform's throughput, or its own with a burst in proportion", () => {
  const { whatsapp, telegram } = platforms;
  const cases = [channelUse(whatsapp, channel()), channelUse(telegram, channel())];
  const own = [1000, 20, 1].map((messagesPerSecond) => channelUse(whatsapp, channel({ messagesPerSecond })));
  assert.deepEqual(numbers([...cases, ...own]), [
    ["channel", 80, 16],
    ["channel", 30, 6],
    ["channel", 1000, 200],
    ["channel", 20, 4],
    ["channel", 1, 1],
  ]);
});

test("audio and video have a slower rate of the channel on Messenger and Instagram, and nothing else has", () => {
  const attached = (type: string) => call({ message: { attachment: { type, payload: {} } } });
  for (const name of ["messenger", "instagram"] as const) {
    for (const type of ["audio", "video"])
      assert.deepEqual(numbers([kindUse(platforms[name], attached(type))!]), [
        ["audio_or_video channel", 10, 2],
      ]);
    for (const other of [
      attached("image"),
      attached("template"),
      call({ message: { text: "video" } }),
      call({}),
    ])
      assert.equal(kindUse(platforms[name], other), undefined);
  }
  for (const name of ["whatsapp", "telegram"] as const)
    assert.equal(kindUse(platforms[name], attached("video")), undefined);
});

test("a conversation keeps the pair's or the chat's rate, and a group its own too", () => {
  const uses = (name: keyof typeof platforms, address: string) =>
    numbers(conversationUses(platforms[name], { call: call({}), message: { address } as MessageRow }));
  assert.deepEqual(uses("whatsapp", "+15550001111"), [["lane", 1 / 6, 45]]);
  assert.deepEqual(uses("telegram", "12345"), [["lane", 1, 10]]);
  assert.deepEqual(uses("telegram", "-10012345"), [
    ["lane", 1, 10],
    ["group lane", 0.25, 5],
  ]);
});
