import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { PlatformName } from "../src/core/platform.ts";
import { tendToken } from "../src/gateway/connecting/token-upkeep.ts";
import { startSimulator } from "../src/simulator/simulator.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { send } from "./support/stack.ts";
import { Workbench } from "./support/workbench.ts";

const dayMs = 86_400_000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Scene extends AsyncDisposable {
  bench: Workbench;
  clock: FakeClock;
  /** Gives the simulated account another token, and the channel that one. */
  token(life: { age_seconds?: number; expires_in_seconds?: number }): Promise<string>;
  tend(): Promise<void>;
  /** The token that the channel would use after a restart. */
  stored(): Promise<string>;
  /** What the simulator takes. */
  taken(): Promise<string>;
  warnings(): Promise<{ reason?: string; expires_at?: string }[]>;
  woken: string[];
}

/** One channel of a platform on a simulator that shares its clock. */
async function stage(platform: PlatformName, started = new Date(Date.UTC(2026, 0, 1))): Promise<Scene> {
  const clock = new FakeClock(started.getTime());
  const bench = await Workbench.open({ clock });
  const dataDir = await mkdtemp(join(tmpdir(), "antiphon-tokens-"));
  const simulator = await startSimulator({ port: 0, dataDir, log: silent, clock });
  const url = `http://127.0.0.1:${simulator.port}`;
  const account = async () => {
    const { json } = await send(`${url}/simulator/accounts`, "GET", undefined, {});
    return json.data.find((one: { platform: string }) => one.platform === platform);
  };
  const { id, token, app_id, app_secret, waba_id } = await account();
  const names = {
    whatsapp: "phone_number_id",
    messenger: "page_id",
    instagram: "instagram_id",
    telegram: "",
  };
  const credentials = { [names[platform]]: id, access_token: token, app_id, app_secret };
  await bench.gateway.channels.add({
    ...bench.gateway.channels.get("channel")!,
    id: "tended",
    platform,
    naturalId: id,
    credentials: waba_id ? { ...credentials, waba_id } : credentials,
    baseUrl: url,
  });
  const channel = () => bench.gateway.channels.get("tended")!;
  const woken: string[] = [];
  const stopping = new AbortController().signal;
  return {
    bench,
    clock,
    woken,
    async token(life) {
      const { json } = await send(`${url}/simulator/accounts/${id}/token`, "POST", life, {});
      const access_token: string = json.token;
      await bench.gateway.channels.update("tended", {
        credentials: { ...channel().credentials, access_token },
      });
      return access_token;
    },
    tend: () =>
      tendToken(bench.gateway, channel(), { stopping, wake: (channelId) => void woken.push(channelId) }),
    stored: async () =>
      (await bench.store.channels()).find((one) => one.id === "tended")!.credentials.access_token ?? "",
    taken: async () => (await account()).token,
    warnings: async () =>
      (await bench.store.events({ types: ["channel.token_expiring"], limit: 10 })).rows
        .map(({ event }) => event)
        .reverse(),
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await bench[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

test("an Instagram Login token is renewed at half its life, for a year, and never ends", async () => {
  await using scene = await stage("instagram");
  await scene.token({ age_seconds: 2 * 86_400, expires_in_seconds: 20 * 86_400 });
  const seen = new Set<string>();
  for (let day = 0; day < 365; day++) {
    await scene.tend();
    assert.equal(await scene.stored(), await scene.taken(), `on day ${day}`);
    seen.add(await scene.stored());
    scene.clock.advance(dayMs);
  }
  // At once, for its end was not known, and then every 30 days.
  assert.equal(seen.size, 13);
  assert.deepEqual(await scene.warnings(), []);
});

test("a token that is too young is tried again, and renewed when it is a day old", async () => {
  await using scene = await stage("instagram");
  const young = await scene.token({ expires_in_seconds: 60 * 86_400 });
  await scene.tend();
  assert.equal(await scene.stored(), young);
  scene.clock.advance(dayMs / 2);
  await scene.tend();
  assert.equal(await scene.stored(), young);
  scene.clock.advance(dayMs / 2);
  await scene.tend();
  assert.notEqual(await scene.stored(), young);
  assert.equal(await scene.stored(), await scene.taken());
  const { tokenExpiresAt } = await scene.bench.store.channelHealth("tended");
  assert.equal(tokenExpiresAt, scene.clock.now() + 60 * dayMs);
  for (const { fields } of scene.bench.logged) assert.ok(!JSON.stringify(fields).includes(young));
});

test("a renewal that fails is tried again, and warned of 14 and 3 days ahead", async () => {
  await using scene = await stage("instagram");
  await scene.token({ age_seconds: 2 * 86_400 });
  await scene.tend();
  const good = await scene.stored();
  const { baseUrl } = scene.bench.gateway.channels.get("tended")!;
  await scene.bench.gateway.channels.update("tended", { baseUrl: "http://127.0.0.1:1" });
  const days: number[] = [];
  for (let day = 0; day < 59; day++) {
    const before = (await scene.warnings()).length;
    await scene.tend();
    if ((await scene.warnings()).length > before) days.push(60 - day);
    scene.clock.advance(dayMs);
  }
  assert.deepEqual(days, [14, 3]);
  assert.equal(await scene.stored(), good);
  const [warning] = await scene.warnings();
  assert.match(
    warning!.reason ?? "",
    /^Instagram takes its access token until .* PATCH \/v1\/channels\/tended/,
  );
  await scene.bench.gateway.channels.update("tended", { baseUrl });
  await scene.tend();
  assert.notEqual(await scene.stored(), good);
});

for (const platform of ["whatsapp", "messenger"] as const)
  test(`${platform}: the end of a token that people renew is warned of 14 and 3 days ahead, and again for another token`, async () => {
    await using scene = await stage(platform);
    await scene.tend();
    assert.equal((await scene.bench.store.channelHealth("tended")).tokenExpiresAt, undefined);
    for (const round of [1, 2]) {
      await scene.token({ expires_in_seconds: 20 * 86_400 });
      const days: number[] = [];
      for (let day = 0; day < 19; day++) {
        const before = (await scene.warnings()).length;
        await scene.tend();
        if ((await scene.warnings()).length > before) days.push(20 - day);
        scene.clock.advance(dayMs);
      }
      assert.deepEqual(days, [14, 3], `round ${round}`);
    }
    await scene.token({});
    await scene.tend();
    assert.equal((await scene.bench.store.channelHealth("tended")).tokenExpiresAt, undefined);
  });

test("a channel that was refused while its token was renewed goes on with the new one", async () => {
  await using scene = await stage("instagram");
  await scene.token({ age_seconds: 2 * 86_400 });
  const { channels, transport } = scene.bench.gateway;
  const exchange = transport.exchange.bind(transport);
  transport.exchange = async (request, limits) => {
    const answer = await exchange(request, limits);
    // A message left with the old token, between the platform's answer and our commit.
    await channels.update("tended", { paused: true, awaitsCredentials: true });
    return answer;
  };
  await scene.tend();
  assert.equal(channels.get("tended")?.paused, false);
  assert.deepEqual(scene.woken, ["tended"]);
});

test("a token that somebody gives meanwhile is not replaced by the renewed one", async () => {
  await using scene = await stage("instagram");
  await scene.token({ age_seconds: 2 * 86_400 });
  const { channels, transport } = scene.bench.gateway;
  const exchange = transport.exchange.bind(transport);
  transport.exchange = async (request, limits) => {
    const answer = await exchange(request, limits);
    const { credentials } = channels.get("tended")!;
    await channels.update("tended", { credentials: { ...credentials, access_token: "IGAAgiven-by-hand" } });
    return answer;
  };
  await scene.tend();
  assert.equal(await scene.stored(), "IGAAgiven-by-hand");
});
