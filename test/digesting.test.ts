import assert from "node:assert/strict";
import { test } from "node:test";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { eventually } from "./support/eventually.ts";
import { Workbench } from "./support/workbench.ts";

test("large payloads of many channels are read few at a time", async () => {
  await using bench = await Workbench.open();
  const { store, channels } = bench.gateway;
  const first = channels.get("channel")!;
  const large = JSON.stringify({ update_id: 1, text: "x".repeat(4_000_000) });
  for (let index = 0; index < 12; index++) {
    const id = `channel ${index}`;
    await channels.add({ ...first, id, naturalId: String(100 + index) });
    await store.storePayloads(id, [large, large], 1);
  }
  const mayGoOn = Promise.withResolvers<void>();
  let held = 0;
  let most = 0;
  bench.gateway.store = {
    ...store,
    async undigested(...wish) {
      const payloads = await store.undigested(...wish);
      held += payloads.reduce((sum, { body }) => sum + body.length, 0);
      most = Math.max(most, held);
      return payloads;
    },
    async digest(...digest) {
      await mayGoOn.promise;
      const result = await store.digest(...digest);
      held -= large.length;
      return result;
    },
  };
  const digester = new Digester(bench.gateway, new Lanes(bench.gateway));
  digester.start();
  await eventually("the first read", async () => held === 8 * large.length || undefined);
  mayGoOn.resolve();
  await eventually("all read", async () => (await store.counts()).payloads.undigested === 0 || undefined);
  assert.ok(most <= 8 * 4 * 1024 * 1024, `${most} bytes at a time`);
  await digester.stop();
});
