import assert from "node:assert/strict";
import { test } from "node:test";
import type { Platform } from "../src/core/platform.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { eventually } from "./support/eventually.ts";
import { ok, Workbench } from "./support/workbench.ts";

const problem = { code: "1/99", message: "Unknown." };

/** Whatever is no acceptance is to be tried again, three times in all. */
const interpret: Platform["interpret"] = (response) =>
  response.status === 200
    ? telegram.interpret(response)
    : { kind: "retry", scope: "contact", maxTries: 3, problem };

async function send(bench: Workbench, body: string): Promise<string> {
  const request = { from: "channel", to: "5", content: { text: { body } } };
  return (await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] })).message.id;
}

test("a call that had the tries of its problem is given up, and the next message of the conversation goes", async () => {
  await using bench = await Workbench.open({ interpret });
  bench.handler = ({ text }) => (text === "hopeless" ? { status: 500, body: {} } : ok(1));
  const [hopeless, next] = [await send(bench, "hopeless"), await send(bench, "next")];
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const [failed, sent] = await eventually("both to settle", async () => {
    const found = [(await bench.store.message(hopeless))!, (await bench.store.message(next))!] as const;
    return found.every(({ message }) => ["failed", "sent"].includes(message.status)) ? found : undefined;
  });
  await lanes.stop();
  assert.deepEqual([failed.message.status, sent.message.status], ["failed", "sent"]);
  assert.deepEqual([failed.calls[0]!.state, failed.calls[0]!.tries], ["rejected", 3]);
  assert.deepEqual(failed.message.problem, problem);
  assert.deepEqual(
    bench.requests.map(({ body }) => body.text),
    ["hopeless", "hopeless", "hopeless", "next"],
  );
});
