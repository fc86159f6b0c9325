import assert from "node:assert/strict";
import type { Receipt } from "../../core/status.ts";
import type { Settlement } from "../sending.ts";
import type { Store } from "../store.ts";
import { accepted, type Cases, channelId, moment, problem, receipt, send, start } from "./harness.ts";

type Step = "answer" | Receipt;
const receipts: Receipt[] = ["sent", "delivered", "read", "played", "failed"];

/** So many events in every order, each as often as it comes; `ANTIPHON_LATTICE=6` for the whole of it. */
const exhaustive = Number(process.env.ANTIPHON_LATTICE ?? 3);
/** Beyond, so many orders of up to six, drawn by a seed. */
const drawn = 1_000;
const most = 6;
const atATime = 2_000;

/** All sequences of so many events: every permutation of every multiset of them. */
function sequences(length: number): Receipt[][] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((before) => receipts.map((one) => [...before, one]));
}

/** The answer comes before all of them, between two, or after all. */
function withAnswer(events: Receipt[]): Step[][] {
  return Array.from({ length: events.length + 1 }, (_, at) => events.toSpliced(at, 0, "answer" as never));
}

/** A repeatable stream of numbers in [0, 1): a linear congruence, which is good enough to shuffle. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function drawnOrders(): Step[][] {
  const random = chance(20_261_122);
  const pick = (below: number) => Math.floor(random() * below);
  return Array.from({ length: drawn }, () => {
    const length = exhaustive + 1 + pick(most - exhaustive);
    const events = Array.from({ length }, () => receipts[pick(receipts.length)] as Receipt);
    return withAnswer(events)[pick(length + 1)] as Step[];
  });
}

function orders(): Step[][] {
  const all: Step[][] = [];
  for (let length = 0; length <= exhaustive; length++)
    for (const events of sequences(length)) all.push(...withAnswer(events));
  return exhaustive < most ? [...all, ...drawnOrders()] : all;
}

interface Course {
  steps: Step[];
  id: string;
  callId: string;
  platformId: string;
  token: string;
}

/** What the answer is: it comes, or it never does and every event tells the token. */
type Answer = "comes" | "is lost";

/** One message for each order of the steps, its call under way. */
async function begin(store: Store, all: Step[][], batch: string): Promise<Course[]> {
  return Promise.all(
    all.map(async (steps, index) => {
      const [platformId, token] = [`${batch} p${index}`, `${batch} t${index}`];
      const { id, calls } = await send(store, { to: "+1", token });
      await store.beginCall(calls[0] ?? "", moment(start + 1));
      return { steps, id, callId: calls[0] ?? "", platformId, token };
    }),
  );
}

/** The step of that number of all courses that have one. */
async function take(store: Store, courses: Course[], index: number, answer: Answer): Promise<void> {
  const answered = courses.filter(({ steps }) => steps[index] === "answer");
  const settled = answered.map(({ callId, platformId }) => {
    const times = { callId, startedAt: start + 1, at: start + 2 };
    const outcome: Settlement["outcome"] =
      answer === "comes" ? accepted(platformId) : { kind: "unknown", problem };
    return store.settleCall({ ...times, outcome });
  });
  const told = courses.filter(({ steps }) => index < steps.length && steps[index] !== "answer");
  await store.storePayloads(channelId, new Array(told.length).fill("{}"), start + 3);
  const payloads = await store.undigested(channelId, { limit: told.length, maxBytes: 1_000_000 });
  const digested = told.map(({ steps, platformId, token }, at) => {
    // Another webhook each time: what tells the same twice has to be known by what it says.
    const more = { dedupeKey: `${platformId} ${index}`, ...(answer === "is lost" && { token }) };
    const events = [{ event: receipt(platformId, steps[index] as Receipt, more), report: true }];
    const payloadId = payloads[at]?.id ?? 0;
    return store.digest({ payloadId, ...moment(start + 3), events, unknown: [] });
  });
  await Promise.all([...settled, ...digested]);
}

/** How each message ended: its status, the events that told of it, and the receipts in its history. */
async function ends(store: Store, courses: Course[], after: number): Promise<Map<Course, string>> {
  const told = new Map<string, string[]>();
  for (const { event } of await store.eventsAfter(after, 1_000_000)) {
    const id = event.message?.id ?? "";
    // Whether nobody knew of it for a while depends on the order, and is told where it was so.
    if (event.type !== "message.unknown") told.set(id, [...(told.get(id) ?? []), event.type]);
  }
  const ended = new Map<Course, string>();
  for (const course of courses) {
    const detail = await store.message(course.id);
    const history = detail?.history ?? [];
    const status = detail?.message.status;
    assert.equal(history.at(-1)?.status, status, course.steps.join());
    const known = history.filter((line) => line.source === "platform").map((line) => line.receipt);
    ended.set(course, [status, ...(told.get(course.id) ?? []).sort(), ...known.sort()].join(" "));
  }
  return ended;
}

/** Every order of the same set of events, each of them once or more, ends alike. */
async function assertOneEnd(store: Store, all: Step[][], answer: Answer): Promise<void> {
  const bySet = new Map<string, { end: string; steps: Step[] }>();
  for (let from = 0; from < all.length; from += atATime) {
    const after = await store.lastEventPosition();
    const courses = await begin(store, all.slice(from, from + atATime), `${answer} ${from}`);
    for (let index = 0; index <= most; index++) await take(store, courses, index, answer);
    for (const [{ steps }, end] of await ends(store, courses, after)) {
      const set = [...new Set(steps)].filter((step) => step !== "answer").sort();
      const first = bySet.get(set.join()) ?? { end, steps };
      bySet.set(set.join(), first);
      assert.equal(end, first.end, `${steps} as ${first.steps}`);
      const [, ...told] = end.split(" ");
      assert.deepEqual(
        told.filter((word) => receipts.includes(word as Receipt)),
        set,
        `${steps}`,
      );
    }
  }
}

export const latticeCases: Cases = {
  "every order of up to six status events, duplicates among them and the answer anywhere, ends in one status, one set of events and one history":
    async ({ store }) => {
      await assertOneEnd(store, orders(), "comes");
    },

  "every order of up to three status events ends alike where the answer is lost and their token alone tells of it":
    async ({ store }) => {
      const all = [1, 2, 3].flatMap((length) => sequences(length).flatMap(withAnswer));
      await assertOneEnd(store, all, "is lost");
    },
};
