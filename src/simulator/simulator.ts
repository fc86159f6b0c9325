import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { WallClock } from "../core/clock.ts";
import type { PlatformName } from "../core/platform.ts";
import type { SimulatedPlatform } from "../core/simulation.ts";
import { instagramSimulator } from "../platforms/instagram/simulator.ts";
import { messengerSimulator } from "../platforms/messenger/simulator.ts";
import { telegramSimulator } from "../platforms/telegram/simulator.ts";
import { whatsappSimulator } from "../platforms/whatsapp/simulator.ts";
import { createApp, type SimulatorLog } from "./app.ts";
import { CallLog } from "./call-log.ts";
import { Delivery } from "./delivery.ts";
import { Exchange } from "./exchange.ts";
import { Faults } from "./faults.ts";
import { Journal } from "./journal.ts";
import { Mailbox, type PlatformCustoms } from "./mailbox.ts";
import { SimulatorStorage } from "./storage.ts";
import { StoredWorld } from "./world.ts";

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  dataDir: string;
  log: SimulatorLog;
  /** The time by which windows close, updates expire and budgets refill; the system's by default. */
  clock?: WallClock;
}
export interface RunningSimulator {
  port: number;
  close(): Promise<void>;
}

const platforms: readonly SimulatedPlatform[] = [
  whatsappSimulator,
  telegramSimulator,
  messengerSimulator,
  instagramSimulator,
];
/** Who is asked first whether a call is theirs: WhatsApp answers on Graph for what belongs to nobody else. */
const byPrecedence = platforms.toReversed();
const firstPeople = ["Ana Souza", "Ben Okafor"];

function customs(world: () => StoredWorld): PlatformCustoms {
  const named = (name: PlatformName) => platforms.find((known) => known.name === name);
  const accountOf = (name: PlatformName, channel: string) =>
    world()
      .accounts(name)
      .find((known) => known.id === channel);
  return {
    batch: (name, payloads) => named(name)?.batch(payloads) ?? payloads,
    posted(name, channel) {
      const account = accountOf(name, channel);
      return account !== undefined && named(name)?.target(world(), account) !== null;
    },
    outlet(name, channel) {
      const account = accountOf(name, channel);
      return (account && named(name)?.outlet(world(), account)) ?? channel;
    },
  };
}

/** Gives a new data folder one account per platform and two people on each: the same in every folder. */
function settle(world: StoredWorld, storage: SimulatorStorage): void {
  storage.transaction(() => {
    for (const platform of platforms) {
      if (world.accounts(platform.name).length > 0) continue;
      const account = platform.newAccount(world, {});
      world.saveAccount(account);
      for (const name of firstPeople) world.savePerson(platform.newPerson(world, account, { name }));
    }
  });
}

/** Starts the simulator on 127.0.0.1, whatever else is asked for; resolves once it answers. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const clock = options.clock ?? { now: () => Date.now() };
  const storage = new SimulatorStorage(options.dataDir);
  const faults = new Faults();
  const log = new CallLog(storage);
  const journal = new Journal(randomBytes(4).toString("hex"), log);
  const mailbox = new Mailbox({ storage, clock, faults, customs: customs(() => world), journal });
  const world: StoredWorld = new StoredWorld(storage, clock, (update) => mailbox.emit(update));
  settle(world, storage);
  const exchange = new Exchange({ world, storage, faults, mailbox, log, journal });
  const control = { platforms, world, storage, mailbox, faults, log, journal };
  const server = createApp({ control, byPrecedence, world, exchange, log: options.log });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port, "127.0.0.1", resolve);
    });
  } catch (error) {
    storage.close();
    throw error;
  }
  const port = (server.address() as AddressInfo).port;
  world.address = `http://127.0.0.1:${port}`;
  const obey: Exchange["obey"] = (platform, request) => exchange.obey(platform, request);
  const delivery = new Delivery({ platforms, world, storage, mailbox, clock, obey, journal });
  options.log.info({ port }, "the simulator listens");
  return {
    port,
    async close() {
      server.close();
      await delivery.close();
      server.closeAllConnections();
      await exchange.idle();
      storage.close();
    },
  };
}
