import assert from "node:assert/strict";
import type { Receipt } from "../../core/status.ts";
import type { Store } from "../store.ts";
import { accepted, type Cases, channelId, moment, permutations, receipt, send, start } from "./harness.ts";

type Step = "answer" | Receipt;
const receipts: Receipt[] = ["sent", "delivered", "read", "played", "failed"];

/** All that can become known of a call: its answer and any of the receipts, up to six, some of them twice. */
function sets(): Step[][] {
  const subsets: Step[][] = [["answer"]];
  for (const one of receipts) subsets.push(...subsets.map((set) => [...set, one]));
  const twice = receipts.flatMap((one) => [
    ["answer", one, one] as Step[],
    ["answer", one, one, "delivered", "failed"] as Step[],
  ]);
  return [...subsets, ...twice, ["answer", "sent", "sent", "delivered", "delivered", "read"]];
}

interface Course {
  steps: Step[];
  id: string;
  callId: string;
  platformId: string;
}

/** One message for each order of the steps, its call under way. */
async function begin(store: Store, set: Step[]): Promise<Course[]> {
  const orders = new Map(permutations(set).map((steps) => [steps.join(), steps]));
  return Promise.all(
    [...orders.values()].map(async (steps, index) => {
      const platformId = `${set.join()} ${index}`;
      const { id, calls } = await send(store, { to: platformId });
      await store.beginCall(calls[0] ?? "", moment(start + 1));
      return { steps, id, callId: calls[0] ?? "", platformId };
    }),
  );
}

/** The step of that number of all courses. */
async function take(store: Store, courses: Course[], index: number): Promise<void> {
  const answered = courses.filter(({ steps }) => steps[index] === "answer");
  const settled = answered.map(({ callId, platformId }) => {
    const outcome = accepted(platformId);
    return store.settleCall({ callId, startedAt: start + 1, at: start + 2, outcome });
  });
  const told = courses.filter(({ steps }) => steps[index] !== "answer");
  await store.storePayloads(channelId, new Array(told.length).fill("{}"), start + 3);
  const payloads = await store.undigested(channelId, { limit: told.length, maxBytes: 1_000_000 });
  const digested = told.map(({ steps, platformId }, at) => {
    // Another webhook each time: what tells the same twice has to be known by what it says.
    const event = receipt(platformId, steps[index] as Receipt, { dedupeKey: `${platformId} ${index}` });
    const events = [{ event, report: true }];
    return store.digest({ payloadId: payloads[at]?.id ?? 0, ...moment(start + 3), events, unknown: [] });
  });
  await Promise.all([...settled, ...digested]);
}

/** How a message ended: its status, the events that told of it, and the receipts in its history. */
async function ends(store: Store, courses: Course[], after: number): Promise<Map<string, string>> {
  const told = new Map<string, string[]>();
  for (const { event } of await store.eventsAfter(after, 100_000)) {
    const id = event.message?.id ?? "";
    told.set(id, [...(told.get(id) ?? []), event.type]);
  }
  const ended = new Map<string, string>();
  for (const { id, steps } of courses) {
    const detail = await store.message(id);
    const history = detail?.history ?? [];
    const status = detail?.message.status;
    assert.equal(history.at(-1)?.status, status, steps.join());
    const known = history.filter((line) => line.source === "platform").map((line) => line.receipt);
    ended.set(steps.join(), [status, ...(told.get(id) ?? []).sort(), ...known.sort()].join(" "));
  }
  return ended;
}

export const latticeCases: Cases = {
  "all orders of up to six status events, some of them twice, end in one status, one set of events and one history":
    async ({ store }) => {
      for (const set of sets()) {
        const after = await store.lastEventPosition();
        const courses = await begin(store, set);
        for (let index = 0; index < set.length; index++) await take(store, courses, index);
        const ended = await ends(store, courses, after);
        assert.equal(ended.size, courses.length);
        const [first] = ended.values();
        for (const [steps, end] of ended) assert.equal(end, first, steps);
        const distinct = set.filter((step) => step !== "answer");
        const known = (first ?? "")
          .split(" ")
          .slice(1)
          .filter((word) => receipts.includes(word as Receipt));
        for (const one of new Set(distinct)) assert.ok(known.includes(one), `${one} of ${set.join()}`);
      }
    },
};
