import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { metaAccount, pageEntry, postToApp } from "../support/meta-app.ts";
import { entry, envelope, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { type Stack, spawnStack, startStack } from "../support/stack.ts";

const env = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, "abort-on-poison.ts")}`,
  LOG_LEVEL: "error",
};
/** The one that found it, and three that count it. */
const mostCrashes = 4;

function said(id: string, body: string): object {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = { from: "15557650001", id, timestamp, type: "text", text: { body } };
  return { contacts: [{ profile: { name: "Rita" }, wa_id: "15557650001" }], messages: [message] };
}

const metric = async (gateway: Stack, name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec((await gateway.call("GET", "/metrics")).text)?.[1]);

const unread = async (gateway: Stack) =>
  (await metric(gateway, "antiphon_payloads_undigested")) +
  (await metric(gateway, "antiphon_app_payloads_unrouted"));

/** Starts it again until it has told all these messages, and nothing is left to be read; gives how often it ended. */
async function untilTold(
  t: TestContext,
  from: Stack,
  last: string[],
): Promise<{ gateway: Stack; crashes: number; texts: string[] }> {
  for (let crashes = 1; crashes <= mostCrashes + 1; crashes++) {
    const gateway = await spawnStack({ command: "serve", from, env });
    gateway.key = from.key;
    // A process left behind would keep the test from ever ending.
    t.after(() => gateway.stop("SIGKILL"));
    const texts = await eventually("the end of the process, or the last message", async () => {
      if (gateway.child.exitCode !== null || gateway.child.signalCode !== null) return "ended" as const;
      const path = "/v1/events?type=message.received&limit=200";
      const told = (await gateway.call("GET", path).catch(() => undefined))?.json?.data ?? [];
      const bodies: string[] = told.map(
        (event: { message: { text?: { body: string } } }) => event.message.text?.body,
      );
      // What an earlier life has told is there before what ends this one is read.
      const isRead = (await unread(gateway).catch(() => undefined)) === 0;
      return isRead && last.every((text) => bodies.includes(text)) ? bodies : undefined;
    });
    if (texts !== "ended") return { gateway, crashes, texts };
    await gateway.stop("SIGKILL");
  }
  throw new Error(`It ended more than ${mostCrashes} times.`);
}

test("a webhook that ends the process is set aside after three tries, and those before and behind it arrive", async (t) => {
  const first = await startStack();
  const number = await whatsappNumber(first);
  const page = await metaAccount(first, "messenger");
  // Stored while nothing is the matter, and read by the defect after the restart: as after an upgrade.
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const gateway = await startStack({ command: "serve", from: first, env });
  const ended = once(gateway.child, "exit");
  const bodies = ["before", "POISON-ABORT", "behind", "POISON-THROW", "last"];
  const posts = bodies.map((body, index) =>
    // Posted in one go, so that all are stored before the first is read.
    postSigned(gateway, number, envelope(entry(number, said(`wamid.P${index}`, body)))),
  );
  const acknowledged = (await Promise.allSettled(posts)).map(
    (one) => one.status === "fulfilled" && one.value.status === 200,
  );
  await ended;
  const whole = bodies.filter((body, index) => acknowledged[index] && !body.startsWith("POISON"));
  const { gateway: risen, crashes, texts } = await untilTold(t, first, whole);
  t.diagnostic(
    `it ended ${crashes} times; ${acknowledged.filter(Boolean).length} of ${bodies.length} were acknowledged`,
  );
  for (const [index, body] of bodies.entries()) {
    if (body.startsWith("POISON")) assert.ok(!texts.includes(body));
    else if (acknowledged[index]) assert.equal(texts.filter((text) => text === body).length, 1, body);
  }
  assert.ok(crashes <= mostCrashes, `it ended ${crashes} times`);
  assert.ok((await metric(risen, "antiphon_unknown_parts")) >= 1);

  // The same by an app's address, which is parted before it is read.
  const endedAgain = once(risen.child, "exit");
  const told = (mid: string, text: string) =>
    postToApp(risen, page, pageEntry(page, "7400000000000001", { message: { mid, text } }));
  assert.equal((await told("m_before", "page before")).status, 200);
  // The end of the process may cut their answers off.
  await Promise.allSettled([told("m_poison", "POISON-ABORT"), told("m_last", "page last")]);
  await endedAgain;
  const { gateway: second, crashes: more, texts: ofPage } = await untilTold(t, first, ["page before"]);
  t.diagnostic(`and ${more} times by an app's webhook`);
  assert.ok(more <= mostCrashes, `it ended ${more} times`);
  assert.equal(ofPage.filter((text) => text === "page before").length, 1);
  assert.equal(await second.stop(), 0);
  assert.ok(simulator.child.exitCode === null);
});
