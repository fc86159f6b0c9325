import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../../core/problem.ts";
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

test("what was passed to be looked up, and what is behind it, is come back to when the store refuses", async () => {
  const rows = [row(1, "ana"), row(2, "ana"), row(3, "bea")];
  const done = new Set<string>();
  let refuses = 0;
  const store = {
    async deliveriesInTurn({ after }: { after: number }) {
      return rows.filter(({ seq, id }) => seq > after && !done.has(id));
    },
    async headOfLane(_: string, lane: string) {
      if (refuses-- > 0) throw new GatewayError("unavailable", "Refused.");
      return rows.find((one) => one.lane === lane && !done.has(one.id));
    },
  } as unknown as Store;
  const busy = new Set<string>();
  const turns = new Turns(store, "ep", { has: (id) => done.has(id), isBusy: (lane) => busy.has(lane) }, true);
  const ids = async () => {
    const got: string[] = [];
    for (let next = await turns.next(); next !== undefined; next = await turns.next())
      if (next !== "more") {
        done.add(next.id);
        got.push(next.id);
      }
    return got;
  };
  // As it is passed for the first time.
  refuses = 1;
  await assert.rejects(turns.next());
  // As it is left behind, and its lane is free.
  busy.add("ana");
  assert.deepEqual(await ids(), ["dlv_3"]);
  busy.clear();
  turns.freed("ana");
  refuses = 1;
  await assert.rejects(turns.next());
  assert.deepEqual(await ids(), ["dlv_1", "dlv_2"]);
});
