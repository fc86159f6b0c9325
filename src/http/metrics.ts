import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { counters, type Meter, timers } from "../core/meter.ts";
import { gauges, type Sample } from "./gauges.ts";

/** From a commit's millisecond to what waits for a person. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/** Prometheus metrics: what is counted as it happens, and what is looked up when asked for. */
export class Metrics implements Meter {
  readonly registry = new Registry();
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #timers: ReadonlyMap<string, Histogram>;
  readonly #gauges: ReadonlyMap<string, Gauge>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#counters = made(counters, (measured) => new Counter({ ...measured, registers }));
    this.#timers = made(timers, (measured) => new Histogram({ ...measured, buckets, registers }));
    this.#gauges = made(gauges, (measured) => new Gauge({ ...measured, registers }));
  }

  count(name: keyof typeof counters, labels: Record<string, string>, by = 1): void {
    this.#counters.get(name)!.inc(labels, by);
  }

  time(name: keyof typeof timers, seconds: number, labels: Record<string, string>): void {
    this.#timers.get(name)!.observe(labels, seconds);
  }

  /** With what was looked up: a channel that is gone is told no more. */
  async text(looked: readonly Sample[]): Promise<string> {
    for (const gauge of this.#gauges.values()) gauge.reset();
    for (const { name, labels, value } of looked) this.#gauges.get(name)!.set(labels, value);
    return this.registry.metrics();
  }
}

function made<Kind>(
  all: Record<string, { help: string; labels: readonly string[] }>,
  make: (measured: { name: string; help: string; labelNames: string[] }) => Kind,
): ReadonlyMap<string, Kind> {
  const entries = Object.entries(all).map(([name, { help, labels }]): [string, Kind] => [
    name,
    make({ name, help, labelNames: [...labels] }),
  ]);
  return new Map(entries);
}
