import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../../core/problem.ts";
import type { DeliveryRow } from "../../store/endpoint-rows.ts";
import type { Store } from "../../store/store.ts";
import { Timed } from "./timed.ts";

for (const refused of ["timedDeliveries", "nextTimedAt"])
  test(`when the next is due is looked for again after the store has refused to tell (${refused})`, async () => {
    let refuses = true;
    const answer = <Value>(intent: string, value: Value) => {
      if (intent !== refused || !refuses) return value;
      refuses = false;
      throw new GatewayError("unavailable", "Refused.");
    };
    const store = {
      timedDeliveries: async () => answer("timedDeliveries", [{ id: "dlv_1", seq: 1 } as DeliveryRow]),
      nextTimedAt: async () => answer("nextTimedAt", undefined),
    } as unknown as Store;
    const timed = new Timed(store, "ep", { ids: () => [], has: () => false, isBusy: () => false });
    await assert.rejects(timed.next(1_000, false));
    assert.ok(timed.dueAt <= 1_000);
    assert.equal((await timed.next(1_000, false))?.id, "dlv_1");
  });

test("what somebody asks for just as its try ends is tried again, however far off that try has put it", async () => {
  const underWay = new Set(["dlv_1"]);
  const due = { id: "dlv_1", seq: 1 } as DeliveryRow;
  const store = {
    timedDeliveries: async ({ except }: { except: string[] }) => (except.includes(due.id) ? [] : [due]),
    nextTimedAt: async () => undefined,
  } as unknown as Store;
  const timed = new Timed(store, "ep", {
    ids: () => [...underWay],
    has: (id) => underWay.has(id),
    isBusy: () => false,
  });
  // It is recorded, and due at once by what is asked then; only a moment later it is no longer under way here.
  timed.lookAgain();
  timed.refresh();
  assert.equal(await timed.next(1_000, false), undefined);
  underWay.clear();
  timed.ended("dlv_1", 300_000);
  assert.equal((await timed.next(1_000, false))?.id, "dlv_1");
});
