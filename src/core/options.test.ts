import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RenderOptions } from "./message.ts";
import { mergedOptions } from "./options.ts";

const cases: [
  title: string,
  channel: RenderOptions | undefined,
  message: RenderOptions | undefined,
  both: RenderOptions,
][] = [
  ["neither has any", undefined, undefined, {}],
  ["only the channel has some", { telegram: { list: "poll" } }, undefined, { telegram: { list: "poll" } }],
  [
    "the message has the same key",
    { telegram: { list: "poll" } },
    { telegram: { list: "auto" } },
    { telegram: { list: "auto" } },
  ],
  [
    "the message has another key of the same group",
    { labels: { select: "Pick", send_location: "Here" }, instagram: { button: "template" } },
    { labels: { select: "Choose" } },
    { labels: { select: "Choose", send_location: "Here" }, instagram: { button: "template" } },
  ],
  [
    "the message goes back on the channel's order",
    { whatsapp: { strict_order: true } },
    { whatsapp: { strict_order: false } },
    { whatsapp: { strict_order: false } },
  ],
  ["the message speaks another language", { language: "pt" }, { language: "es" }, { language: "es" }],
  ["the channel alone has a language", { language: "pt" }, {}, { language: "pt" }],
];

describe("the options of a channel and of a message are one where", () => {
  for (const [title, channel, message, both] of cases) {
    it(title, () => assert.deepEqual(mergedOptions(channel, message), both));
  }
});
