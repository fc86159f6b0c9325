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

test("what was answered or said after asks for nothing more", () => {
  const voted = { question: "?", options: [{ text: "Yes", voted: true }] };
  assert.deepEqual(answers("telegram", { poll: voted }), []);
  const buttons = [{ label: "Go", kind: "reply" as const }];
  assert.deepEqual(answers("whatsapp", { text: "?", buttons }, { from: "person", text: "Go" }), []);
});
