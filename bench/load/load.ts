import type { Measured } from "../benchmark.ts";
import { latencies } from "../statistics.ts";
import { Child, cpuSeconds, familyCpuSeconds } from "./child.ts";
import type { Ask, Told } from "./generator-process.ts";
import type { Told as Arrived, Ask as Look } from "./outside-process.ts";
import { isSteady, steadySeconds } from "./steady.ts";

/** What stands under load: a gateway, or a library behind a server. */
export interface Subject {
  /** Its processes; several gateways are one subject. */
  pids: number[];
  /** PostgreSQL's first process, where it is the subject's store. */
  database?: number;
  /** Whether what it takes arrives outside; a library that calls a handler of its own process is done with its answer. */
  arrives: boolean;
  /** The generator's request apart from how many and which. */
  request: Omit<Ask, "perSecond" | "seconds" | "first">;
}

/** What one run showed; times in ms from when a request was to leave, processors in cores. */
export interface Shown extends Measured {
  offered: number;
  /** What arrived (or was answered) in the steady part of the run, per second: what is queued at its end has not. */
  perSecond: number;
  /** What was taken, per second until the last was. */
  acceptPerSecond: number;
  acceptP50: number;
  acceptP99: number;
  /** Answered with another status than 200 or 202, or not at all. */
  refused: number;
  lateMs: number;
  /** Microseconds of the subject's processor for each that it brought through, its database's included. */
  micros: number;
  subjectCpu: number;
  /** 0 where it has no database of its own. */
  databaseCpu: number;
  generatorCpu: number;
  outsideCpu: number;
}

export interface Wish {
  perSecond: number;
  seconds: number;
}

export interface Trace {
  /** The number of the first. */
  first: number;
  told: Told;
  before: Arrived;
  arrived: Arrived;
}

const drainMs = 60_000;
const lookEveryMs = 50;

/** A generator and everything outside, each in a process of its own; one subject after another stands between them. */
export class LoadBench {
  readonly #generator: Child;
  readonly #outside: Child;
  /** Where the platform and the customer's endpoint listen. */
  readonly port: number;
  #next = 0;

  private constructor(generator: Child, outside: Child, port: number) {
    this.#generator = generator;
    this.#outside = outside;
    this.port = port;
  }

  static async open(): Promise<LoadBench> {
    const outside = await Child.start<{ port: number }>("load/outside-process.ts");
    const generator = await Child.start("load/generator-process.ts");
    return new LoadBench(generator.child, outside.child, outside.first.port);
  }

  /** Numbers that something else than the generator uses, from 0 on. */
  reserve(count: number): void {
    this.#next = Math.max(this.#next, count);
  }

  /** How many of the first so many numbers are outside. */
  async arrivedOf(count: number): Promise<number> {
    return (await this.#arrived({ first: 0, count, each: false })).seen;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async run(subject: Subject, wish: Wish): Promise<Shown> {
    const usedBefore = usedBy(subject);
    const { told, arrived, before } = await this.traced(subject, wish);
    const used = usedBy(subject);
    const own = used.own - usedBefore.own;
    const database = used.database - usedBefore.database;
    const seen = arrivalsOf(arrived, told, wish);
    const through = subject.arrives ? seen.latencies.length : told.taken;
    const seconds = ((subject.arrives ? seen.lastAt : told.lastAt) - told.startedAt) / 1000;
    const accept = latencies([...told.latencies]);
    const arrive = latencies(seen.latencies);
    return {
      offered: wish.perSecond,
      perSecond: (subject.arrives ? seen.inTime : told.inTime) / steadySeconds(wish.seconds),
      acceptPerSecond: (told.taken * 1000) / Math.max(1, told.lastAt - told.startedAt),
      acceptP50: accept.p50,
      acceptP99: accept.p99,
      ...(subject.arrives && {
        arriveP50: arrive.p50,
        arriveP99: arrive.p99,
        // Taken and never seen outside, or seen again.
        missing: Math.max(0, told.taken - through),
        twice: arrived.twice - before.twice,
      }),
      refused: told.sent - told.taken,
      lateMs: told.lateMs,
      micros: ((own + database) * 1e6) / Math.max(1, through),
      subjectCpu: own / seconds || 0,
      databaseCpu: database / seconds || 0,
      generatorCpu: told.cpu / seconds || 0,
      outsideCpu: (arrived.cpu - before.cpu) / seconds || 0,
    };
  }

  /** Cores that a subject uses while nothing is asked of it. */
  async idle(subject: Subject, ms: number): Promise<{ own: number; database: number }> {
    const [before, began] = [usedBy(subject), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, ms));
    const seconds = (performance.now() - began) / 1000;
    const after = usedBy(subject);
    return {
      own: (after.own - before.own) / seconds,
      database: (after.database - before.database) / seconds,
    };
  }

  /** Each arrival of a run; where something else happens meanwhile, it ends when that has. */
  async traced(subject: Subject, wish: Wish, meanwhile?: () => Promise<void>): Promise<Trace> {
    const first = this.#next;
    this.#next += Math.round(wish.perSecond * wish.seconds);
    const before = await this.#arrived({ first, count: 0, each: false });
    const ask: Ask = { ...subject.request, ...wish, first };
    const telling = this.#generator.ask<Told>(ask);
    if (meanwhile) await meanwhile().finally(() => this.#generator.process.send("stop"));
    const told = await telling;
    if (subject.arrives) await this.#drained(first, told);
    const arrived = await this.#arrived({ first, count: told.sent, each: subject.arrives });
    return { first, told, before, arrived };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#generator.stop(), this.#outside.stop()]);
  }

  #arrived(look: Look): Promise<Arrived> {
    return this.#outside.ask<Arrived>(look);
  }

  /** Waits until everything that was taken is outside, or nothing comes any more. */
  async #drained(first: number, { sent, taken }: Told): Promise<void> {
    const until = performance.now() + drainMs;
    for (;;) {
      const { seen } = await this.#arrived({ first, count: sent, each: false });
      if (seen >= taken || performance.now() > until) return;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}

/** How long after it was to leave each arrived, when the last did, and how many in the steady part of the run. */
function arrivalsOf({ arrivals }: Arrived, { startedAt }: Told, wish: Wish) {
  const all = [...arrivals].map((at, n) => ({ at, dueAt: startedAt + (n * 1000) / wish.perSecond }));
  const seen = all.filter(({ at }) => at > 0);
  const times = { startedAt, seconds: wish.seconds };
  return {
    latencies: seen.map(({ at, dueAt }) => at - dueAt),
    lastAt: seen.reduce((last, { at }) => Math.max(last, at), startedAt),
    inTime: seen.filter(({ at }) => isSteady(at, times)).length,
  };
}

/** Seconds of processor so far. */
function usedBy({ pids, database }: Subject): { own: number; database: number } {
  return {
    own: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    database: database ? familyCpuSeconds(database) : 0,
  };
}
