import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "undici";
import type { BannerChannel } from "./banner.ts";
import type { Config } from "./config.ts";
import type { PlatformName } from "./core/platform.ts";
import { GatewayError } from "./core/problem.ts";
import { credentialsOf, type SimulatedAccountTold } from "./core/simulated-account.ts";
import { connectChannel } from "./gateway/connecting/connect.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { Logging } from "./logging.ts";
import type { ChannelRow } from "./store/rows.ts";

const peoplePerChannel = 2;
const dayMs = 86_400_000;
const endWithinMs = 3_000;

interface SimulatedPerson {
  id: string;
  platform: PlatformName;
  channel: string;
  name: string;
  address: string;
}

/**
 * Starts the simulator as a process of its own. It leads its own process group, so that a Ctrl-C in the terminal
 * reaches only the gateway and the simulator outlives the drain; the IPC channel breaks when this process dies,
 * however it dies, and the simulator ends with it.
 */
export async function startSimulatorProcess(config: Config, logging: Logging): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [new URL("./main.ts", import.meta.url).pathname, "simulator"], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: true,
    env: { ...process.env, SIMULATOR_PORT: String(config.simulatorPort), ANTIPHON_DATA: config.dataDir },
  });
  let firstWords = "";
  let isListening = false;
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    if (isListening) logging.write(text);
    else firstWords += text;
  });
  const exited = once(child, "exit");
  // The last words may still be on their way at the exit; and "close" never comes after a disconnect of ours.
  const closed = once(child, "close");
  const outcome = await Promise.race([
    once(child, "message").then(() => "listening"),
    closed.then(() => "ended"),
  ]);
  if (outcome === "ended")
    throw new GatewayError("unavailable", firstWords.trim() || "The simulator ended while starting.");
  isListening = true;
  child.once("exit", (code, signal) => {
    if (child.connected === false && signal === null && code === 0) return;
    logging.log.error(
      { code, signal },
      "the simulator ended by itself; stop and start again to have it back",
    );
  });
  if (firstWords) logging.write(firstWords);
  return () => endProcess(child, exited);
}

async function endProcess(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), endWithinMs);
  await exited;
  clearTimeout(timer);
}

/** One channel per platform for the simulator's first accounts, its address following SIMULATOR_PORT. */
export async function simulatedChannels(gateway: Gateway, simulatorUrl: string): Promise<ChannelRow[]> {
  for (const channel of gateway.channels.all()) {
    if (channel.simulated) await gateway.channels.update(channel.id, { baseUrl: simulatorUrl });
  }
  const accounts = (await get<{ data: SimulatedAccountTold[] }>(`${simulatorUrl}/simulator/accounts`)).data;
  const channels: ChannelRow[] = [];
  for (const platform of Object.keys(gateway.platforms) as PlatformName[]) {
    const account = accounts.find((one) => one.platform === platform);
    const channel = account && (await channelFor(gateway, account, simulatorUrl));
    // One that cannot be read rests, and nobody waits for it.
    if (channel && !channel.isUnreadable) channels.push(channel);
  }
  return channels;
}

async function channelFor(
  gateway: Gateway,
  account: SimulatedAccountTold,
  baseUrl: string,
): Promise<ChannelRow> {
  const known = gateway.channels
    .all()
    .find((one) => one.platform === account.platform && one.naturalId === account.id);
  return (
    known ??
    connectChannel(gateway, {
      platform: account.platform,
      credentials: credentialsOf(account),
      baseUrl,
      simulated: true,
    })
  );
}

/** Has the first people of each channel write, unless they wrote within the last day; waits until that is stored. */
export async function firstMessages(
  gateway: Gateway,
  channels: ChannelRow[],
  simulatorUrl: string,
): Promise<BannerChannel[]> {
  const people = (await get<{ data: SimulatedPerson[] }>(`${simulatorUrl}/simulator/people`)).data;
  const shown = channels.map((channel) => ({
    channel,
    people: people
      .filter((person) => person.platform === channel.platform && person.channel === channel.naturalId)
      .slice(0, peoplePerChannel),
  }));
  for (const { channel, people: writers } of shown) {
    for (const person of writers) await haveWrite(gateway, channel, person, simulatorUrl);
  }
  return shown.map(({ channel, people: writers }) => ({
    title: gateway.platforms[channel.platform].title,
    naturalId: channel.naturalId,
    people: writers,
  }));
}

async function haveWrite(
  gateway: Gateway,
  channel: ChannelRow,
  person: SimulatedPerson,
  simulatorUrl: string,
): Promise<void> {
  const since = gateway.clock.now() - dayMs;
  const hasWritten = async () => {
    const to = gateway.platforms[channel.platform].address(person.address);
    if ("problem" in to) throw new Error(to.problem.message);
    const chat = { id: to.address, type: to.chat };
    const conversation = await gateway.store.findConversation(channel.id, chat, to.aliases);
    return (conversation?.lastInboundAt ?? 0) > since;
  };
  if (await hasWritten()) return;
  const url = `${simulatorUrl}/simulator/people/${person.id}/acts`;
  if ((await post(url, { act: "say", text: "Hello!" })) === "not now") return;
  while (!(await hasWritten())) await nextEvents(gateway);
}

/** Fulfils at the next events, or after 50 ms. */
function nextEvents(gateway: Gateway): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, 50);
    const unlisten = gateway.eventsWritten.listen(done);
    function done() {
      clearTimeout(timer);
      unlisten();
      resolve();
    }
  });
}

async function get<Answer>(url: string): Promise<Answer> {
  const answer = await request(url);
  return (await answer.body.json()) as Answer;
}

/** `not now`: the person is in no position to do that; one who has blocked the channel, say. */
async function post(url: string, body: object): Promise<"done" | "not now"> {
  const headers = { "content-type": "application/json" };
  const answer = await request(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode === 409) return "not now";
  if (answer.statusCode >= 300) throw new Error(`The simulator refused: ${text.slice(0, 300)}`);
  return "done";
}
