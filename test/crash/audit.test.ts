import assert from "node:assert/strict";
import { test } from "node:test";
import { type Accepted, audit, type Figures, type Seen } from "../reliability/audit.ts";

const accepted: Accepted[] = ["1", "2", "3"].map((id) => ({
  id,
  platform: "whatsapp",
  conversation: "ana",
  position: Number(id),
  text: `ana ${id}`,
  at: 0,
  shape: "bursts",
}));
const texts = accepted.map(({ text }) => text);
const sent = new Map(accepted.map(({ id }) => [id, "sent"]));
const all = {
  accepted: 3,
  sent: 3,
  unknown: 0,
  arrived: 0,
  failed: 0,
  open: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
};

const cases: [what: string, seen: Partial<Seen>, figures: Partial<Figures>][] = [
  ["each was taken once, in order, and told", {}, {}],
  ["one was told as sent and never taken", { taken: ["ana 1", "ana 3"] }, { lost: 1 }],
  ["one was neither taken nor told", { taken: ["ana 1", "ana 2"], told: without("3") }, { sent: 2, lost: 1 }],
  ["one was taken and its end never told", { told: without("3") }, { sent: 2, lost: 1 }],
  [
    "one is still under way",
    { taken: ["ana 1", "ana 2"], told: without("3"), open: new Set(["3"]) },
    { sent: 2, open: 1 },
  ],
  ["one was under way and is told a moment later", { open: new Set(["3"]) }, {}],
  [
    "one is unknown and was not taken",
    { taken: ["ana 1", "ana 3"], told: new Map([...sent, ["2", "unknown"]]) },
    { sent: 2, unknown: 1 },
  ],
  [
    "one is unknown and was taken all the same",
    { told: new Map([...sent, ["2", "unknown"]]) },
    { sent: 2, unknown: 1, arrived: 1 },
  ],
  [
    "one failed",
    { taken: ["ana 1", "ana 3"], told: new Map([...sent, ["2", "failed"]]) },
    { sent: 2, failed: 1 },
  ],
  ["one was taken three times", { taken: ["ana 1", "ana 1", "ana 1", "ana 2", "ana 3"] }, { duplicated: 1 }],
  ["two were overtaken", { taken: ["ana 3", "ana 1", "ana 2"] }, { reordered: 2 }],
  [
    "a second time that comes late is a duplicate, not another order",
    { taken: [...texts, "ana 1"] },
    { duplicated: 1 },
  ],
  ["what others wrote is not counted", { taken: ["Hello!", ...texts, "Hello!"] }, {}],
];

function without(id: string): Map<string, string> {
  return new Map([...sent].filter(([other]) => other !== id));
}

for (const [what, seen, figures] of cases) {
  test(`the crash run's audit counts it when ${what}`, () => {
    const whole = { accepted, taken: texts, told: sent, open: new Set<string>(), ...seen };
    assert.deepEqual(audit(whole).whatsapp, { ...all, ...figures });
  });
}
