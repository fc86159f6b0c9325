import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeliveryRow } from "../../store/endpoint-rows.ts";
import type { Store } from "../../store/store.ts";
import { Turns } from "./turns.ts";

const row = (seq: number, lane: string) => ({ id: `dlv_${seq}`, seq, lane }) as DeliveryRow;

test("what begins anew while the store is asked is not undone by its answer", async () => {
  const rows = [row(1, "ana"), row(2, "bea"), row(3, "cleo")];
  let asked = () => {};
  const store = {
    async deliveriesInTurn({ after }: { after: number }) {
      asked();
      return rows.filter(({ seq }) => seq > after).slice(0, 1);
    },
  } as unknown as Store;
  const turns = new Turns(store, "ep", { has: () => false, isBusy: () => false }, false);
  const ids = async () => {
    const next = await turns.next();
    return typeof next === "object" ? next.id : next;
  };
  assert.equal(await ids(), "dlv_1");
  // The first was not recorded, and is to be tried again.
  asked = () => turns.reset();
  await turns.next();
  asked = () => {};
  assert.deepEqual([await ids(), await ids(), await ids()], ["dlv_1", "dlv_2", "dlv_3"]);
});
