import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nameOf } from "./media-name.ts";
import { screenOfSimulator } from "./screen-of-simulator.ts";

const reply = (label: string, more: object = {}) => ({ label, kind: "reply" as const, ...more });

describe("a screen drawn from the simulator", () => {
  it("keeps the number of a button among all of its message, wherever it stands", () => {
    const buttons = [reply("In"), reply("Over", { place: "quick_reply" })];
    const screen = screenOfSimulator("messenger", [{ id: "m1", from: "business", text: "Hi", buttons }]);
    assert.deepEqual(screen.quickReplies, {
      bubble: "m1",
      controls: [{ label: "Over", kind: "reply", button: { button: 1 } }],
    });
    assert.deepEqual(screen.bubbles[0]?.parts[1], {
      kind: "controls",
      look: "template",
      controls: [{ label: "In", kind: "reply", button: { button: 0 } }],
      rows: [[0]],
    });
  });

  it("puts buttons of one row side by side, and those without a row each in its own", () => {
    const rowsOf = (buttons: object[]) => {
      const message = { id: "1", from: "business", text: "Hi", buttons: buttons as never };
      const [, part] = screenOfSimulator("telegram", [message]).bubbles[0]!.parts;
      return part?.kind === "controls" ? part.rows : undefined;
    };
    assert.deepEqual(rowsOf([reply("A", { row: 0 }), reply("B", { row: 0 }), reply("C", { row: 1 })]), [
      [0, 1],
      [2],
    ]);
    assert.deepEqual(rowsOf([reply("A"), reply("B")]), [[0], [1]]);
  });

  it("quotes what the quoted message says, and whose it is", () => {
    const screen = screenOfSimulator("whatsapp", [
      { id: "a", from: "business", poll: { question: "Which?", options: [] } },
      { id: "b", from: "person", text: "This", quotes: "a" },
      { id: "c", from: "person", text: "*That*", quotes: "gone" },
      { id: "d", from: "business", text: "Fine", quotes: "c" },
    ]);
    assert.deepEqual(
      screen.bubbles.map(({ quote }) => quote),
      [
        undefined,
        { bubble: "a", from: "business", text: "Which?" },
        { bubble: "gone" },
        { bubble: "c", from: "person", text: "That" },
      ],
    );
  });

  it("has no quick replies of a message that is not the newest", () => {
    const buttons = [reply("Over", { place: "quick_reply" })];
    const screen = screenOfSimulator("instagram", [
      { id: "a", from: "business", text: "Hi", buttons },
      { id: "b", from: "person", text: "Over" },
    ]);
    assert.equal(screen.quickReplies, undefined);
  });
});

describe("the name of a file", () => {
  it("is the one it came with, else the last step of its link, else its id", () => {
    assert.equal(nameOf({ type: "document", filename: "a.pdf", link: "https://x.example/b.pdf" }), "a.pdf");
    assert.equal(nameOf({ type: "image", link: "https://x.example/a/b%20c.jpg?d=/e#f" }), "b c.jpg");
    assert.equal(nameOf({ type: "image", link: "https://x.example/%E0%A4%A.jpg" }), "%E0%A4%A.jpg");
    assert.equal(nameOf({ type: "image", link: "https://x.example" }), "x.example");
    assert.equal(nameOf({ type: "image", id: "123" }), "123");
  });
});
