import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlatformName } from "../../api/capabilities.ts";
import type { SimulatedView } from "../../phones/screen-of-simulator.ts";
import { screenOfSimulator } from "../../phones/screen-of-simulator.ts";
import { answersTo, simulatedAct } from "./answers.ts";

const answers = (platform: PlatformName, ...messages: Partial<SimulatedView>[]) =>
  answersTo(
    screenOfSimulator(
      platform,
      messages.map((message, at) => ({ id: `m${at}`, from: "business", ...message })),
    ),
  ).map(({ label, act }) => [label, simulatedAct(act)]);
const rows = (...titles: string[]) => ({ rows: titles.map((title) => ({ title })) });

test("a list's rows are counted through its sections", () => {
  const list = { button: "View", sections: [rows("Steak"), rows("Cake")] };
  const buttons = [{ label: "View", kind: "list" as const }];
  assert.deepEqual(answers("whatsapp", { text: "Menu", list, buttons }), [
    ["Steak", { act: "choose", message: "m0", row: 0 }],
    ["Cake", { act: "choose", message: "m0", row: 1 }],
  ]);
});

test("cards, polls, buttons and quick replies become one tap each", () => {
  const select = { label: "Select", kind: "reply" as const };
  assert.deepEqual(
    answers("messenger", {
      cards: [
        { title: "A", buttons: [select] },
        { title: "B", buttons: [select] },
      ],
    }),
    [
      ["A", { act: "tap", message: "m0", button: { card: 0, button: 0 } }],
      ["B", { act: "tap", message: "m0", button: { card: 1, button: 0 } }],
    ],
  );
  assert.deepEqual(
    answers("telegram", { poll: { question: "?", options: [{ text: "Yes" }, { text: "No" }] } }),
    [
      ["Yes", { act: "vote", message: "m0", option: ["Yes"] }],
      ["No", { act: "vote", message: "m0", option: ["No"] }],
    ],
  );
  assert.deepEqual(answers("telegram", { text: "?", buttons: [select] }), [
    ["Select", { act: "tap", message: "m0", button: { button: 0 } }],
  ]);
});

test("only the newest message offers answers: not the one behind what is answered, closed or superseded", () => {
  const list = { cards: [{ title: "A", buttons: [{ label: "Select", kind: "reply" as const }] }] };
  assert.deepEqual(answers("messenger", { text: "Menu" }, list, { text: "Thank you" }), []);
  const buttons = [{ label: "Go", kind: "reply" as const }];
  const closed = { question: "?", options: [{ text: "Yes" }], closed: true as const };
  assert.deepEqual(answers("telegram", { text: "?", buttons }, { poll: closed }), []);
  const quick = [{ label: "Go", kind: "reply" as const, place: "quick_reply" as const }];
  assert.equal(answers("instagram", { text: "?", buttons: quick }).length, 1);
  assert.deepEqual(answers("instagram", { text: "?", buttons: quick }, { text: "Never mind" }), []);
  const keyboard = [{ label: "Send", kind: "location" as const, place: "keyboard" as const }];
  assert.equal(answers("telegram", { text: "Where?", buttons: keyboard }).length, 1);
  assert.deepEqual(
    answers("telegram", { text: "Where?", buttons: keyboard }, { text: "?", buttons }).map(
      ([label]) => label,
    ),
    ["Go"],
  );
});

test("cards that are messages of their own are all of the newest message", () => {
  const card = (title: string, label = "Buy") => ({
    text: `${title}\n\nMore about it`,
    media: { type: "image", link: "https://example.com/a.jpg" },
    buttons: [{ label, kind: "reply" as const }],
  });
  const all = answers("telegram", { text: "Before", buttons: card("", "Old").buttons }, card("A"), card("B"));
  assert.deepEqual(
    all.map(([label]) => label),
    ["A · Buy", "B · Buy"],
  );
});

test("what was answered or said after asks for nothing more", () => {
  const voted = { question: "?", options: [{ text: "Yes", voted: true }] };
  assert.deepEqual(answers("telegram", { poll: voted }), []);
  const buttons = [{ label: "Go", kind: "reply" as const }];
  assert.deepEqual(answers("whatsapp", { text: "?", buttons }, { from: "person", text: "Go" }), []);
});
