import assert from "node:assert/strict";
import { test } from "node:test";
import { endingVersions, noteServed, versionOf } from "../src/gateway/connecting/api-versions.ts";
import { healthJson } from "../src/http/channel-health.ts";
import { platformsAt } from "../src/platforms/index.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Workbench } from "./support/workbench.ts";

const dayMs = 86_400_000;
const ends = Date.UTC(2027, 0, 21);

async function open(clock: FakeClock, version: string) {
  const bench = await Workbench.open({ clock });
  Object.assign(bench.gateway, { platforms: platformsAt(version) });
  const { credentials: _, ...channel } = bench.gateway.channels.get("channel")!;
  const credentials = { phone_number_id: "106", access_token: "EAAtoken" };
  for (const id of ["one", "two"])
    await bench.gateway.channels.add({ ...channel, id, naturalId: id, platform: "whatsapp", credentials });
  return bench;
}

test("the end of a version is warned of from 90 days ahead, once for all channels, and after it", async () => {
  const clock = new FakeClock(ends - 91 * dayMs);
  await using bench = await open(clock, "v21.0");
  assert.deepEqual(endingVersions(bench.gateway), []);
  clock.jump(2 * dayMs);
  const [warning, ...more] = endingVersions(bench.gateway);
  assert.match(
    warning!,
    /^v21\.0 of WhatsApp's API ends on 2027-01-21: set ANTIPHON_GRAPH_VERSION to v26\.0/,
  );
  assert.deepEqual(more, []);
  const { version } = await healthJson(bench.gateway, bench.gateway.channels.get("one")!);
  assert.deepEqual(
    [version?.name, version?.ends_at, version?.warning],
    ["v21.0", "2027-01-21T00:00:00.000Z", warning],
  );
  clock.jump(90 * dayMs);
  assert.match(endingVersions(bench.gateway)[0]!, /ended on 2027-01-21/);
  assert.equal(versionOf(bench.gateway, bench.gateway.channels.get("channel")!), undefined);
});

test("an answer by another version is told once, shown, and forgotten when the right one is served again", async () => {
  await using bench = await open(new FakeClock(ends - 200 * dayMs), "v21.0");
  const channel = bench.gateway.channels.get("one")!;
  const answer = (version: string) => ({
    status: 200,
    headers: { "facebook-api-version": version },
    body: "{}",
  });
  for (const version of ["v21.0", "v22.0", "v22.0"])
    await noteServed(bench.gateway, channel, answer(version));
  const told = bench.logged.filter(
    ({ message }) => message === "the version that is asked for is not served",
  );
  assert.deepEqual(
    told.map(({ fields }) => fields),
    [{ channel: "one", reason: "the platform was asked by v21.0 and answers by v22.0" }],
  );
  const { version } = await healthJson(bench.gateway, channel);
  assert.equal(version?.served, "v22.0");
  assert.match(version?.warning ?? "", /may have ended/);
  await noteServed(bench.gateway, channel, answer("v21.0"));
  assert.equal((await healthJson(bench.gateway, channel)).version?.served, undefined);
});
