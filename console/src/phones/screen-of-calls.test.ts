import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Call, PlatformName } from "../../../src/core/platform.ts";
import type { Part } from "./screen.ts";
import { screenOfCalls } from "./screen-of-calls.ts";

const post = (path: string, body: JsonObject): Call => ({ method: "POST", path, body, part: "message" });
const telegram = (method: string, body: JsonObject) => post(`/bot/${method}`, { chat_id: 7, ...body });
const messaging = (message: JsonObject) => post("/messages", { recipient: { id: "7" }, message });
const whatsapp = (type: string, value: JsonObject) => post("/messages", { to: "+1", type, [type]: value });

const partsOf = (platform: PlatformName, ...calls: Call[]): Part[] =>
  screenOfCalls(platform, calls).bubbles.flatMap(({ parts }) => parts);

describe("a screen drawn from calls", () => {
  it("counts Telegram's buttons through the rows and keeps the rows", () => {
    const button = (text: string) => ({ text, callback_data: text });
    const inline_keyboard = [[button("A"), button("B")], [{ text: "C", url: "https://example.com/" }]];
    const [, part] = partsOf(
      "telegram",
      telegram("sendMessage", { text: "Hi", reply_markup: { inline_keyboard } }),
    );
    assert.deepEqual(part, {
      kind: "controls",
      look: "keyboard",
      controls: [
        { label: "A", kind: "reply", button: { button: 0 } },
        { label: "B", kind: "reply", button: { button: 1 } },
        { label: "C", kind: "url", url: "https://example.com/", button: { button: 2 } },
      ],
      rows: [[0, 1], [2]],
    });
  });

  it("takes the blanks from both ends of a Telegram text and moves its styles along", () => {
    const entities = [{ type: "bold", offset: 2, length: 4 }];
    const [part] = partsOf("telegram", telegram("sendMessage", { text: "  bold text ", entities }));
    const text = { text: "bold text", spans: [{ start: 0, end: 4, style: "bold" }] };
    assert.deepEqual(part, { kind: "text", text });
  });

  it("reads a poll as Telegram does: anonymous and of one answer unless it says otherwise", () => {
    const [bare] = partsOf("telegram", telegram("sendPoll", { question: "Q", options: [{ text: "A" }] }));
    assert.deepEqual(bare, {
      kind: "poll",
      poll: {
        question: "Q",
        options: [{ text: "A", voted: false }],
        anonymous: true,
        multiple: false,
        closed: false,
      },
    });
    const more = { is_anonymous: false, allows_multiple_answers: true, is_closed: true };
    const [part] = partsOf("telegram", telegram("sendPoll", { question: "Q", options: [], ...more }));
    assert.ok(part?.kind === "poll");
    assert.deepEqual([part.poll.anonymous, part.poll.multiple, part.poll.closed], [false, true, true]);
  });

  it("shows the reply keyboard of the newest message that brought one", () => {
    const ask = (text: string) => ({ keyboard: [[{ text, request_location: true }]] });
    const screen = screenOfCalls("telegram", [
      telegram("sendMessage", { text: "1", reply_markup: ask("First") }),
      telegram("sendMessage", { text: "2", reply_markup: ask("Second") }),
      telegram("sendMessage", { text: "3" }),
    ]);
    const controls = [{ label: "Second", kind: "location", button: { button: 0 } }];
    assert.deepEqual(screen.keyboard, { bubble: "call-1", controls, rows: [[0]] });
  });

  it("shows quick replies under the newest message only, cut at 20 signs and not in the midst of one", () => {
    const quick = (title: string) => [{ content_type: "text", title, payload: "p" }];
    const first = messaging({ text: "1", quick_replies: quick("Gone") });
    const last = messaging({ text: "2", quick_replies: quick("𝒂".repeat(21)) });
    const { quickReplies } = screenOfCalls("instagram", [first, last]);
    assert.deepEqual(quickReplies, {
      bubble: "call-1",
      controls: [{ label: "𝒂".repeat(20), kind: "reply", button: { button: 0 } }],
    });
    assert.equal(screenOfCalls("messenger", [last, messaging({ text: "3" })]).quickReplies, undefined);
  });

  it("reads WhatsApp's marks in body and footer, and none in a header", () => {
    const parts = partsOf(
      "whatsapp",
      whatsapp("interactive", {
        type: "button",
        header: { type: "text", text: "*H*" },
        body: { text: "*B*" },
        footer: { text: "_F_" },
        action: { buttons: [] },
      }),
    );
    const texts = parts.flatMap((part) => ("text" in part ? [part.text.text] : []));
    assert.deepEqual(texts, ["*H*", "B", "F"]);
  });

  it("draws what is half written as far as it goes", () => {
    for (const platform of ["whatsapp", "messenger", "instagram", "telegram"] as const) {
      assert.deepEqual(screenOfCalls(platform, []).bubbles, []);
      const bodies: (JsonObject | undefined)[] = [
        undefined,
        {},
        { type: "interactive" },
        { message: { attachment: 7 } },
      ];
      for (const body of bodies)
        assert.equal(
          screenOfCalls(platform, [{ method: "POST", path: "/bot/sendPoll", body, part: "x" }]).bubbles
            .length,
          1,
        );
    }
  });

  it("puts a reaction on a message of the person's, and tells in a line that one was taken back", () => {
    const react = (emoji: string) =>
      telegram("setMessageReaction", { reaction: emoji ? [{ type: "emoji", emoji }] : [] });
    const [given] = screenOfCalls("telegram", [react("👍")]).bubbles;
    assert.deepEqual([given?.from, given?.reactions], ["person", [{ from: "business", emoji: "👍" }]]);
    assert.deepEqual(partsOf("telegram", react("")), [{ kind: "service", service: "reaction_removed" }]);
    const back = { sender_action: "unreact", payload: { message_id: "m" } };
    assert.deepEqual(partsOf("messenger", post("/messages", back)), [
      { kind: "service", service: "reaction_removed" },
    ]);
    assert.deepEqual(partsOf("whatsapp", whatsapp("reaction", { message_id: "m", emoji: "" })), [
      { kind: "service", service: "reaction_removed" },
    ]);
  });
});
