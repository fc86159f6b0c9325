import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseRevoked, resume } from "../src/gateway/connecting/revoked.ts";
import { type Accepted, acceptMessage } from "../src/gateway/sending/accept.ts";
import { isInUse, KeyedRequests } from "../src/gateway/sending/idempotency.ts";
import { Cluster } from "./support/cluster.ts";
import { ok } from "./support/workbench.ts";

const refusal = { code: "401", message: "Unauthorized" };
const another = { bot_token: "7:another" };

/** Two nodes of which the second works for the channel; neither reads what the other changes. */
async function apart(cluster: Cluster) {
  const [first, second] = [await cluster.join(), await cluster.join()];
  await cluster.until("owner", () => first.owns("channel") || second.owns("channel"));
  const [one, owner] = first.owns("channel") ? [second, first] : [first, second];
  for (const { machine } of [one, owner]) machine.refuses.add("channels");
  return { one, owner };
}

async function eventsOf(cluster: Cluster): Promise<string[]> {
  const rows = await cluster.bench.store.eventsAfter(0, 100);
  return rows.map(({ event }) => event.type).filter((type) => /^channel\.(paused|resumed)/.test(type));
}

test("a token that is refused when another node has just stored its successor pauses nothing, and the call leaves with that", async () => {
  await using cluster = await Cluster.of(1);
  const { one } = await apart(cluster);
  const tokens: string[] = [];
  cluster.bench.handler = async (_body, request) => {
    const token = /bot(7:\w+)/.exec(request.url ?? "")?.[1] ?? "";
    tokens.push(token);
    if (token === another.bot_token) return ok(1);
    await one.gateway.channels.renew("channel", { credentials: another });
    return { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } };
  };
  const id = await cluster.send("channel", "channel hello");
  await cluster.until("end", async () => (await cluster.statusOf(id)) === "sent");
  assert.deepEqual(tokens, ["7:token", "7:another"]);
  assert.equal((await cluster.bench.store.channels())[0]?.paused, false);
  assert.deepEqual(await eventsOf(cluster), []);
});

test("another token lets a channel go on also where the node that is given it has not heard of the pause", async () => {
  await using cluster = await Cluster.of(1);
  const { one, owner } = await apart(cluster);
  const pause = () => pauseRevoked(owner.gateway, owner.gateway.channels.get("channel")!, refusal);
  await pause();
  assert.equal(one.gateway.channels.get("channel")?.paused, false);
  const { isGoingOn } = await one.gateway.channels.renew("channel", { credentials: another });
  assert.equal(isGoingOn, true);
  const stored = async () => (await cluster.bench.store.channels())[0]!;
  assert.deepEqual([(await stored()).paused, (await stored()).awaitsCredentials], [false, undefined]);

  owner.machine.refuses.clear();
  await cluster.until(
    "news",
    () => owner.gateway.channels.get("channel")?.credentials.bot_token === "7:another",
  );
  await pause();
  await Promise.all([pause(), pause()]);
  assert.equal(await resume(one.gateway, "channel"), true);
  assert.equal(await resume(owner.gateway, "channel"), false, "it goes on already");
  assert.deepEqual(await eventsOf(cluster), ["channel.paused", "channel.paused", "channel.resumed"]);
});

test("the same Idempotency-Key several times at once to each of two nodes makes one message, and all get its answer", async () => {
  await using cluster = await Cluster.of(1);
  const nodes = [await cluster.join(), await cluster.join()];
  const asked = nodes.flatMap(({ gateway }) => {
    const requests = new KeyedRequests(gateway);
    return [1, 2, 3].map(() => ({ gateway, begun: requests.begin("scope", "fingerprint", "work") }));
  });
  const request = { from: "channel", to: "5", content: { text: { body: "channel once" } } };
  const answerOf = (id: string) => ({ status: 202, contentType: "application/json", body: id });
  const turns = await Promise.all([asked[0]!.begun, asked[3]!.begun]);
  const worked = turns.map(async (begun, index) => {
    assert.ok(begun.kind === "turn");
    const { turn } = begun;
    const keyed = ({ message }: Accepted) => ({ ...turn.request, answer: answerOf(message.id) });
    const valid = { request, normalised: [], warnings: [] };
    try {
      const { message } = await acceptMessage(nodes[index]!.gateway, valid, { keyed });
      await turn.end(answerOf(message.id));
      return { kind: "first", answer: answerOf(message.id) };
    } catch (error) {
      if (!isInUse(error)) throw error;
      return { kind: "overtaken", answer: await turn.overtaken() };
    }
  });
  const results = await Promise.all(worked);
  assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ["first", "overtaken"]);
  const { answer } = results[0]!;
  assert.equal(answer.status, 202);
  for (const result of results) assert.deepEqual(result.answer, answer);
  for (const index of [1, 2, 4, 5]) assert.deepEqual(await asked[index]!.begun, { kind: "replay", answer });
  const again = await new KeyedRequests(nodes[0]!.gateway).begin("scope", "fingerprint", "work");
  assert.deepEqual(again, { kind: "replay", answer });
});
