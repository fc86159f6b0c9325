import assert from "node:assert/strict";
import { test } from "node:test";
import { Workbench } from "../../../test/support/workbench.ts";
import type { Store } from "../../store/store.ts";
import { soleTenure } from "../nodes/tenure.ts";
import { settleInterrupted } from "./interrupted.ts";
import type { Answered } from "./journal.ts";

const problem = { code: "1", message: "" };
const answered = { attempt: 1, startedAt: 1, at: 2 };

test("what an earlier run left in the journal is told once where nodes share a store, and an answer for its owner stays", async () => {
  const left: Answered[] = [
    { callId: "taken", ...answered, outcome: { kind: "accepted", platformIds: ["1"] } },
    { callId: "unsent", ...answered, unsentSince: 1, outcome: { kind: "retry", scope: "contact", problem } },
    { callId: "refused", ...answered, outcome: { kind: "rejected", problem } },
  ];
  const former = await Workbench.open();
  for (const answer of left) former.gateway.journal.keep(answer);
  await using bench = await Workbench.open({ folder: await former.leave() });
  const told: string[] = [];
  const tell = {
    tellAnswer: async ({ callId }: { callId: string }) => void told.push(callId),
    tellUnsent: async ({ callId }: { callId: string }) => told.push(callId) === 0,
  };
  const store: Store = Object.assign(Object.create(bench.store), tell);
  const gateway = { ...bench.gateway, store, tenure: { ...soleTenure, isShared: true } };
  for (const channel of ["channel", "channel-2"]) await settleInterrupted(gateway, new Set([channel]));
  assert.deepEqual(told, ["taken", "unsent"]);
  assert.deepEqual(
    gateway.journal.found.map(({ callId }) => callId),
    ["refused"],
  );
});
