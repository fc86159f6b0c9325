import type { Measured } from "../benchmark.ts";
import { latencies } from "../statistics.ts";
import { Child, cpuSeconds, familyCpuSeconds } from "./child.ts";
import type { Ask, Told } from "./generator-process.ts";
import type { Told as Arrived } from "./outside-process.ts";

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
  /** What arrived (or was answered) while it was offered, per second: what is queued at the end has not arrived. */
  perSecond: number;
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

const drainMs = 20_000;
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
    return seenIn(await this.#arrived(0, count));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async run(subject: Subject, wish: { perSecond: number; seconds: number }): Promise<Shown> {
    const first = this.#next;
    const count = Math.round(wish.perSecond * wish.seconds);
    this.#next += count;
    const before = await this.#arrived(first, 0);
    const usedBefore = usedBy(subject);
    const told = await this.#generator.ask<Told>({ ...subject.request, ...wish, first } satisfies Ask);
    const arrived = await (subject.arrives ? this.#drained(first, told) : this.#arrived(first, 0));
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
      perSecond: (subject.arrives ? seen.inTime : told.inTime) / wish.seconds,
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

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#generator.stop(), this.#outside.stop()]);
  }

  #arrived(first: number, count: number): Promise<Arrived> {
    return this.#outside.ask<Arrived>({ first, count });
  }

  /** Waits until everything that was taken is outside, or nothing comes any more. */
  async #drained(first: number, { sent, taken }: Told): Promise<Arrived> {
    const until = performance.now() + drainMs;
    for (;;) {
      const arrived = await this.#arrived(first, sent);
      if (seenIn(arrived) >= taken || performance.now() > until) return arrived;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}

/** How long after it was to leave each arrived, when the last did, and how many while more were offered. */
function arrivalsOf(
  { arrivals }: Arrived,
  { startedAt }: Told,
  wish: { perSecond: number; seconds: number },
) {
  const all = [...arrivals].map((at, n) => ({ at, dueAt: startedAt + (n * 1000) / wish.perSecond }));
  const seen = all.filter(({ at }) => at > 0);
  const endsAt = startedAt + wish.seconds * 1000;
  return {
    latencies: seen.map(({ at, dueAt }) => at - dueAt),
    lastAt: seen.reduce((last, { at }) => Math.max(last, at), startedAt),
    inTime: seen.filter(({ at }) => at <= endsAt).length,
  };
}

/** Seconds of processor so far. */
function usedBy({ pids, database }: Subject): { own: number; database: number } {
  return {
    own: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    database: database ? familyCpuSeconds(database) : 0,
  };
}

function seenIn({ arrivals }: Arrived): number {
  return arrivals.reduce((sum, at) => sum + (at > 0 ? 1 : 0), 0);
}
