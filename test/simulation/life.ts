import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { unmeasured } from "../../src/core/meter.ts";
import type { PlatformName } from "../../src/core/platform.ts";
import { isPassing } from "../../src/core/problem.ts";
import { untraced } from "../../src/core/tracing.ts";
import { Keys } from "../../src/gateway/access/keys.ts";
import { Sessions } from "../../src/gateway/access/sessions.ts";
import { Apps } from "../../src/gateway/connecting/apps.ts";
import { Channels } from "../../src/gateway/connecting/channels.ts";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { soleTenure } from "../../src/gateway/nodes/tenure.ts";
import { Digester } from "../../src/gateway/receiving/digest.ts";
import { RefusedWebhooks } from "../../src/gateway/receiving/refused-webhooks.ts";
import { Suspects } from "../../src/gateway/receiving/suspects.ts";
import { Admission } from "../../src/gateway/sending/admission.ts";
import { Echoes } from "../../src/gateway/sending/echoes.ts";
import { KeyedRequests } from "../../src/gateway/sending/idempotency.ts";
import { Journal } from "../../src/gateway/sending/journal.ts";
import { Lanes } from "../../src/gateway/sending/lanes.ts";
import { Uploads } from "../../src/gateway/sending/upload.ts";
import { Signal } from "../../src/gateway/signal.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { keyring } from "../../src/store/conformance/harness.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import type { Store } from "../../src/store/store.ts";
import { Chance } from "../fuzz/chance.ts";
import { beginning } from "./told.ts";
import { type Partner, Wire } from "./wire.ts";
import type { World } from "./world.ts";

const unlimited = { maxQueued: 1e9, maxQueuedPerChannel: 1e9, maxUnread: 1e9 };
/** Gateway time is nowhere near the wall clock's: what mixes the two up is seen. */
const steadyBeginning = 5_000_000_000;
/** Timers come late, never early. */
const latestTimerMs = 3;

export interface Partners {
  platforms: Partner;
  endpoint: Partner;
}

/** One process of the gateway, from its start to its end: all of its own code, on simulated time. */
export class Life {
  readonly number: number;
  readonly folder: string;
  isAlive = true;
  gateway: Gateway | undefined;
  lanes: Lanes | undefined;
  keyed: KeyedRequests | undefined;
  /** Ends its work in good order; undefined before it has begun and when that was asked for. */
  stop: (() => Promise<number>) | undefined;
  /** What it has done until now. */
  steps = 0;
  readonly #world: World;
  readonly #chance: Chance;
  #store: Store | undefined;
  #journal: Journal | undefined;

  constructor(world: World, number: number, folder: string) {
    this.#world = world;
    this.number = number;
    this.folder = folder;
    this.#chance = new Chance(Math.imul(world.plan.seed, 31) + number);
  }

  /** Happens unless the process has ended by then. */
  later(ms: number, run: () => void): () => void {
    if (!this.isAlive) return () => {};
    return this.#world.agenda.in(ms, () => {
      if (!this.isAlive) return;
      this.steps++;
      run();
    });
  }

  /** A turn of the event loop, in which a commit may have to be waited for. */
  turn(run: () => void): void {
    this.later(this.#chance.int(this.#world.plan.weather.commitMs + 1), run);
  }

  async start(partners: Partners): Promise<void> {
    const gateway = await this.#compose(partners);
    if (!this.isAlive) return;
    const lanes = new Lanes(gateway);
    const digester = new Digester(gateway, lanes);
    const notifier = new Notifier(gateway, new Transport(new Wire(this.#world, this, partners.endpoint)));
    // It listens before its workers begin.
    this.gateway = gateway;
    this.lanes = lanes;
    this.keyed = new KeyedRequests(gateway);
    await lanes.start();
    digester.start();
    await notifier.start();
    this.stop = () => this.#stop(lanes, digester, notifier);
  }

  /** As `Composed.stop` does; nobody listens any more. Gives how many calls are left under way. */
  async #stop(lanes: Lanes, digester: Digester, notifier: Notifier): Promise<number> {
    this.stop = undefined;
    this.gateway = undefined;
    await Promise.all([notifier.stop(), lanes.stop()]);
    await digester.stop();
    this.#journal?.close();
    this.#journal = undefined;
    const left = (await this.#store?.interrupted()) ?? [];
    await this.#store?.close();
    this.#store = undefined;
    return left.length;
  }

  /** As SIGKILL does: what was committed and what was written to the journal stays, in the folder. */
  end(): void {
    this.isAlive = false;
  }

  /** Lets go of the files that nobody looks into any more. */
  release(): void {
    this.#journal?.close();
    void this.#store?.close().catch(() => {});
  }

  async #compose({ platforms: partner }: Partners): Promise<Gateway> {
    const world = this.#world;
    const mint = this.#mint();
    const clock = this.#clock();
    const file = join(this.folder, "antiphon.db");
    const store = await openSqlite({ file, mint, windowMs, keyring, steady: () => clock.steady() });
    this.#store = store;
    const log = this.#log();
    const journal = new Journal(join(this.folder, "receipts.journal"), log);
    this.#journal = journal;
    const apps = new Apps(store);
    const transport = new Transport(new Wire(world, this, partner));
    const keys = new Keys({ store, clock, log });
    const gateway: Gateway = {
      store: world.watched(store, this),
      admission: new Admission(store, unlimited),
      apps,
      channels: new Channels(store, apps),
      keys,
      sessions: new Sessions({ store, clock, log, keys }),
      platforms,
      provider: appProvider,
      transport,
      journal,
      echoes: new Echoes(store),
      uploads: new Uploads(transport, clock),
      refusedWebhooks: new RefusedWebhooks(),
      suspects: new Suspects({ store, clock, log }),
      tenure: soleTenure,
      clock,
      random: () => this.#chance.fraction(),
      mint,
      log,
      meter: unmeasured,
      tracing: untraced,
      accepted: new Signal(),
      laneReady: new Signal(),
      payloadsReady: new Signal(),
      appPayloadsReady: new Signal(),
      eventsWritten: new Signal(),
    };
    await apps.load();
    await gateway.channels.load();
    await gateway.echoes.load(Object.values(platforms));
    return gateway;
  }

  #clock(): Clock {
    const { agenda } = this.#world;
    return {
      now: () => beginning + agenda.now + this.#world.wallIsOffMs,
      steady: () => steadyBeginning + agenda.now,
      after: (ms, wake) =>
        ms === Number.POSITIVE_INFINITY ? () => {} : this.later(ms + this.#chance.int(latestTimerMs), wake),
    };
  }

  /** Sorts by time, as real ids do. */
  #mint(): (prefix: string) => string {
    let count = 0;
    return (prefix) => `${prefix}_${this.number}${String(++count).padStart(6, "0")}`;
  }

  #log() {
    const say = (level: string) => (fields: object, message: string) => this.#said(level, message, fields);
    return { debug: () => {}, info: () => {}, warn: say("warn"), error: say("error") };
  }

  #said(level: string, message: string, fields: object): void {
    if (!this.isAlive) return;
    const { err } = fields as { err?: Error };
    const isRefused = isPassing(err);
    this.#world.chronicle.note(`  ${level}: ${message}${isRefused ? ` (${err.code})` : ""}`);
    if (level === "error" && !isRefused)
      this.#world.chronicle.wrong("broken", `${message}: ${err?.stack ?? ""}`);
  }
}

function windowMs(platform: PlatformName): number | null {
  const { windowSeconds } = platforms[platform].capabilities;
  return windowSeconds === null ? null : windowSeconds * 1000;
}
