import type { FastifyInstance } from "fastify";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Meter } from "../core/meter.ts";
import type { ProblemCode } from "../core/problem.ts";

/** Refusals for want of room are one line a while: in a flood a line each would be another flood. */
const tellEveryMs = 10_000;
const ofRoom = new Set<ProblemCode>(["queue_full", "overloaded", "disk_full", "unavailable"]);

declare module "fastify" {
  interface FastifyReply {
    /** What the request was refused with. */
    problem: ProblemCode | null;
    /** What lies behind it, for the log alone: the answer goes to whoever asks. */
    problemCause: Error | null;
  }
}

/** Counts what is refused, by its code, and tells of what is refused for want of room. */
export class Refusals {
  readonly #tools: { clock: Clock; log: Log; meter: Meter };
  readonly #untold = new Map<ProblemCode, number>();
  readonly #toldAt = new Map<ProblemCode, number>();

  constructor(tools: { clock: Clock; log: Log; meter: Meter }) {
    this.#tools = tools;
  }

  /** Every answer of these routes. */
  watch(app: FastifyInstance): void {
    app.decorateReply("problem", null);
    app.decorateReply("problemCause", null);
    app.addHook("onResponse", (_request, { problem, problemCause }, done) => {
      if (problem !== null) this.add(problem, problemCause);
      done();
    });
  }

  add(code: ProblemCode, cause: Error | null = null): void {
    const { clock, log, meter } = this.#tools;
    meter.count("antiphon_refusals_total", { code });
    if (!ofRoom.has(code)) return;
    const count = (this.#untold.get(code) ?? 0) + 1;
    const isQuiet = clock.steady() - (this.#toldAt.get(code) ?? Number.NEGATIVE_INFINITY) < tellEveryMs;
    this.#untold.set(code, isQuiet ? count : 0);
    if (isQuiet) return;
    this.#toldAt.set(code, clock.steady());
    log.warn({ code, count, ...(cause && { err: cause }) }, "requests were refused for want of room");
  }
}
