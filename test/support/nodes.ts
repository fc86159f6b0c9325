import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { GatewayError } from "../../src/core/problem.ts";
import { Keys } from "../../src/gateway/access/keys.ts";
import { Sessions } from "../../src/gateway/access/sessions.ts";
import { Apps } from "../../src/gateway/connecting/apps.ts";
import { Channels } from "../../src/gateway/connecting/channels.ts";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { Keeper } from "../../src/gateway/keeping/keeper.ts";
import { SecretRotation } from "../../src/gateway/keeping/secret-rotation.ts";
import { Membership } from "../../src/gateway/nodes/membership.ts";
import { Neighbours } from "../../src/gateway/nodes/neighbours.ts";
import { Digester } from "../../src/gateway/receiving/digest.ts";
import { Receivers } from "../../src/gateway/receiving/receive.ts";
import { Suspects } from "../../src/gateway/receiving/suspects.ts";
import { Journal } from "../../src/gateway/sending/journal.ts";
import { Lanes } from "../../src/gateway/sending/lanes.ts";
import { Signal } from "../../src/gateway/signal.ts";
import { Transport } from "../../src/gateway/transport.ts";
import type { Lease } from "../../src/store/leasing.ts";
import type { Store } from "../../src/store/store.ts";
import { steadyStart } from "./fake-clock.ts";
import type { Workbench } from "./workbench.ts";

const wallStart = Date.UTC(2026, 0, 1);
const stepMs = 50;

interface Timer {
  dueAt: number;
  wake: () => void;
}

/** Time that passes for all nodes of a test at once, but for those that are stopped: for them it has passed in one jump. */
export class Time {
  #now = 0;
  readonly #machines = new Set<Machine>();

  get now(): number {
    return this.#now;
  }

  add(machine: Machine): void {
    this.#machines.add(machine);
  }

  /** In small steps, with turns of the event loop between, until `isOver` or until `ms` have passed. */
  async pass(
    ms: number,
    isOver: () => boolean | Promise<boolean> = () => false,
    step = stepMs,
  ): Promise<void> {
    const until = this.#now + ms;
    while (this.#now < until && !(await isOver())) {
      this.#now += step;
      for (const machine of this.#machines) machine.wakeDue();
      await turns();
    }
  }
}

/** What was asked for is answered, by the store and by a server on this machine. */
async function turns(): Promise<void> {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A process that can be stopped as SIGSTOP does: no timer of it fires, its store and its requests wait, time goes on. */
export class Machine implements Clock {
  readonly #time: Time;
  readonly #timers = new Set<Timer>();
  #stopped: PromiseWithResolvers<void> | undefined;

  constructor(time: Time) {
    this.#time = time;
    time.add(this);
  }

  now(): number {
    return wallStart + this.#time.now;
  }

  steady(): number {
    return steadyStart + this.#time.now;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { dueAt: this.#time.now + Math.max(0, ms), wake };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Its way to the store is cut: what it asks for there is refused. */
  isCutOff = false;
  /** Stops just before this is asked for of the store, or just after it was answered. */
  stopsBefore: keyof Store | undefined;
  stopsAfter: keyof Store | undefined;
  /** The next time that this is asked for of the store, it is refused. */
  refusesNext: keyof Store | undefined;
  /** Whatever is asked of these is refused. */
  readonly refuses = new Set<keyof Store>();

  stop(): void {
    this.#stopped ??= Promise.withResolvers();
  }

  goOn(): void {
    this.stopsBefore = this.stopsAfter = undefined;
    this.#stopped?.resolve();
    this.#stopped = undefined;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  async running(): Promise<void> {
    while (this.#stopped) await this.#stopped.promise;
  }

  wakeDue(): void {
    const due = [...this.#timers].filter(({ dueAt }) => dueAt <= this.#time.now);
    for (const timer of due.sort((a, b) => a.dueAt - b.dueAt))
      if (!this.isStopped && this.#timers.delete(timer)) timer.wake();
  }
}

/** Which node was the last in each folder. */
const formerIds = new Map<string, string>();

function formerIn(folder: string) {
  const id = formerIds.get(folder);
  return { id, keep: (next: string) => void formerIds.set(folder, next) };
}

/** One gateway of several on the store of a workbench. */
export class Node {
  readonly machine: Machine;
  readonly membership: Membership;
  readonly gateway: Gateway;
  readonly lanes: Lanes;
  readonly #digester: Digester;
  readonly notifier: Notifier;
  readonly #receivers: Receivers;
  readonly neighbours: Neighbours;
  readonly rotation: SecretRotation;
  readonly #folder: string;

  constructor(bench: Workbench, time: Time, folder = mkdtempSync(join(tmpdir(), "antiphon-node-"))) {
    const machine = new Machine(time);
    const store = heldUp(bench.store, machine);
    const { log, mint } = bench.gateway;
    const keys = new Keys({ store, clock: machine, log });
    this.machine = machine;
    this.#folder = folder;
    const elapsed = () => machine.steady();
    this.membership = new Membership({ store, clock: machine, log, mint, elapsed, former: formerIn(folder) });
    const apps = new Apps(store);
    this.gateway = {
      ...bench.gateway,
      store,
      apps,
      channels: new Channels(store, apps),
      keys,
      sessions: new Sessions({ store, clock: machine, log, keys }),
      transport: new HeldUpTransport(machine),
      journal: new Journal(join(folder, "receipts.journal"), log),
      suspects: new Suspects({ store, clock: machine, log }),
      tenure: this.membership,
      clock: machine,
      accepted: new Signal(),
      laneReady: new Signal(),
      payloadsReady: new Signal(),
      appPayloadsReady: new Signal(),
      eventsWritten: new Signal(),
    };
    this.lanes = new Lanes(this.gateway);
    this.#digester = new Digester(this.gateway, this.lanes);
    this.notifier = new Notifier(this.gateway, this.gateway.transport);
    this.#receivers = new Receivers(this.gateway, { publicUrl: "https://x.test", loopbackUrl: "http://x" });
    const keeper = new Keeper(this.gateway, { contentDays: 30, recordsDays: 90, auditDays: 90 });
    this.rotation = new SecretRotation(this.gateway);
    this.neighbours = new Neighbours(this.gateway, this.membership, {
      lanes: this.lanes,
      notifier: this.notifier,
      receivers: this.#receivers,
      keeper,
      rotation: this.rotation,
    });
  }

  /** Where its journal is. */
  get folder(): string {
    return this.#folder;
  }

  async start(): Promise<this> {
    await this.gateway.channels.load();
    await this.gateway.keys.load();
    await this.lanes.start();
    this.#digester.start();
    await this.notifier.start();
    await this.neighbours.start();
    await this.membership.start();
    return this;
  }

  owns(channelId: string): boolean {
    return this.membership.owns(`channel ${channelId}`);
  }

  /** As a clean stop does: workers first, then the node. */
  async stop(): Promise<void> {
    this.membership.leave();
    await Promise.all([
      this.lanes.stop(),
      this.notifier.stop(),
      this.#receivers.stop(),
      this.rotation.stop(),
    ]);
    await this.#digester.stop();
    await this.neighbours.stop();
    await this.membership.stop();
    await this.#close();
  }

  async #close(): Promise<void> {
    await this.gateway.transport.close();
    this.gateway.journal.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A stopped process asks for nothing, and hears no answer. */
function heldUp(store: Store, machine: Machine): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const intent = target[name as keyof Store] as (...args: unknown[]) => unknown;
      if (typeof intent !== "function") return intent;
      if (name === "under") return (lease: Lease) => heldUp(target.under(lease), machine);
      return async (...args: unknown[]) => {
        if (machine.stopsBefore === name) machine.stop();
        await machine.running();
        if (machine.isCutOff) throw new GatewayError("unavailable", "The connection is cut.");
        if (machine.refuses.has(name as keyof Store)) throw new GatewayError("unavailable", "Refused.");
        if (machine.refusesNext === name) {
          machine.refusesNext = undefined;
          throw new GatewayError("unavailable", "Refused this once.");
        }
        const answer = await intent.apply(target, args);
        if (machine.stopsAfter === name) machine.stop();
        await machine.running();
        return answer;
      };
    },
  });
}

class HeldUpTransport extends Transport {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    super();
    this.#machine = machine;
  }

  override async exchange(...args: Parameters<Transport["exchange"]>) {
    await this.#machine.running();
    const exchange = await super.exchange(...args);
    await this.#machine.running();
    return exchange;
  }
}
