import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Origin } from "../../core/message.ts";
import type { Capabilities } from "../../core/platform.ts";
import type { GatewayError } from "../../core/problem.ts";
import type { ConversationRow } from "../../store/rows.ts";
import { isWindowClosed, refuseIfClosed, windowWarnings } from "./window.ts";

const hour = 3_600_000;
const now = 1_800_000_000_000;

function platform(windowSeconds: number | null, humanWindowSeconds?: number) {
  const capabilities = { windowSeconds, humanWindowSeconds } as Capabilities;
  return { title: "Somewhere", capabilities };
}
const none = platform(null);
const day = platform(86_400);
const week = platform(86_400, 604_800);

const wrote = (hoursAgo: number) => ({ lastInboundAt: now - hoursAgo * hour }) as ConversationRow;

describe("the window after a contact's last message", () => {
  const closed: [title: string, at: typeof none, conversation: ConversationRow | undefined, is: boolean][] = [
    ["is never over where the platform has none", none, undefined, false],
    ["is open within a day", day, wrote(23.9), false],
    ["is over after a day", day, wrote(24), true],
    ["is not known to be over for who was never heard", week, undefined, false],
    ["is over for a person's answer too: the platform has a word for that", week, wrote(25), true],
  ];
  for (const [title, at, conversation, is] of closed) {
    it(title, () => assert.equal(isWindowClosed(at, conversation, now), is));
  }
});

describe("a sender is warned", () => {
  const cases: [string, typeof none, Origin | undefined, number, rules: string[]][] = [
    ["of nothing in an open window", week, undefined, 1, []],
    ["of nothing in an open window as a person", week, "human", 1, []],
    ["of a closed window", day, "bot", 25, ["window_closed"]],
    ["of nothing as a person within their longer window", week, "human", 25, []],
    ["of a closed window as a person after the longer one", week, "human", 8 * 24, ["window_closed"]],
    ["of an origin that changes nothing", none, "human", 1, ["origin_unused"]],
    ["of both", day, "human", 25, ["origin_unused", "window_closed"]],
    ["of no origin that is a program's", none, "bot", 1, []],
  ];
  for (const [title, at, origin, hoursAgo, rules] of cases) {
    it(title, () => {
      const warnings = windowWarnings(at, { origin, conversation: wrote(hoursAgo), now });
      assert.deepEqual(
        warnings.map(({ rule }) => rule),
        rules,
      );
    });
  }

  it("how a person's answer may still go", () => {
    const [bot] = windowWarnings(week, { origin: undefined, conversation: wrote(25), now });
    assert.match(bot!.message, /in the last 24 hours/);
    assert.match(bot!.hint!, /may go for 7 days: send it with "origin":"human"/);
    const [late] = windowWarnings(week, { origin: "human", conversation: wrote(8 * 24), now });
    assert.match(late!.message, /in the last 7 days/);
    const [stranger] = windowWarnings(week, { origin: undefined, conversation: undefined, now });
    assert.doesNotMatch(stranger!.hint!, /human/);
  });
});

describe("a request that says to reject in a closed window", () => {
  const cases: [
    title: string,
    at: typeof none,
    origin: Origin | undefined,
    hoursAgo: number,
    closedAt?: string,
  ][] = [
    ["passes while the window is open", day, undefined, 23.9],
    ["passes where there is no window", none, undefined, 1000],
    ["passes as a person's answer within the longer one", week, "human", 25],
    [
      "is refused with the time at which it closed",
      day,
      undefined,
      30,
      new Date(now - 6 * hour).toISOString(),
    ],
    [
      "is refused as a person's answer after the longer one",
      week,
      "human",
      170,
      new Date(now - 2 * hour).toISOString(),
    ],
  ];
  for (const [title, at, origin, hoursAgo, closedAt] of cases) {
    it(title, () => {
      const judge = () => refuseIfClosed(at, { origin, conversation: wrote(hoursAgo), now });
      if (closedAt === undefined) judge();
      else assert.throws(judge, { code: "window_closed", extra: { closed_at: closedAt } });
    });
  }

  it("tells of a contact who never wrote, and of the longer window", () => {
    assert.throws(() => refuseIfClosed(day, { conversation: undefined, now }), {
      extra: { closed_at: null },
    });
    assert.throws(
      () => refuseIfClosed(week, { conversation: wrote(25), now }),
      (error: GatewayError) => /"origin":"human"/.test(String(error.extra.hint)),
    );
  });
});
