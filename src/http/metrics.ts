import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Store } from "../store/store.ts";

/** Prometheus metrics. States are read from the store when asked for, so they cannot drift from it. */
export class Metrics {
  readonly registry = new Registry();
  readonly webhooks = new Counter({
    name: "antiphon_webhooks_total",
    help: "Requests to the platforms' webhook URLs, by verdict.",
    labelNames: ["platform", "verdict"] as const,
    registers: [this.registry],
  });
  readonly #states: Record<"messages" | "calls" | "deliveries", Gauge<"state">>;
  readonly #undigested: Gauge;
  readonly #unknownParts: Gauge;
  readonly #unrouted: Gauge;
  readonly #unroutedParts: Gauge<"kind">;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#states = {
      messages: this.#byState("messages"),
      calls: this.#byState("calls"),
      deliveries: this.#byState("deliveries"),
    };
    this.#undigested = this.#gauge("antiphon_payloads_undigested", "Webhooks stored and not read yet.");
    this.#unrouted = this.#gauge(
      "antiphon_app_payloads_unrouted",
      "Webhooks of apps stored and not routed yet.",
    );
    this.#unroutedParts = new Gauge({
      name: "antiphon_unrouted_parts",
      help: "Parts of apps' webhooks that reached no channel, kept: nobody's, or of another app's channel.",
      labelNames: ["kind"],
      registers: [this.registry],
    });
    this.#unknownParts = this.#gauge("antiphon_unknown_parts", "Parts of webhooks that no rule reads, kept.");
  }

  async text(store: Store): Promise<string> {
    const counts = await store.counts();
    for (const [name, gauge] of Object.entries(this.#states)) {
      gauge.reset();
      const byState = counts[name as "messages" | "calls" | "deliveries"];
      for (const [state, count] of Object.entries(byState)) gauge.set({ state }, count);
    }
    this.#undigested.set(counts.payloads.undigested);
    this.#unknownParts.set(counts.payloads.unknownParts);
    this.#unrouted.set(counts.payloads.unrouted);
    for (const [kind, count] of Object.entries(counts.unroutedParts))
      this.#unroutedParts.set({ kind }, count);
    return this.registry.metrics();
  }

  #byState(of: string): Gauge<"state"> {
    const help = `Stored ${of}, by state.`;
    return new Gauge({ name: `antiphon_${of}`, help, labelNames: ["state"], registers: [this.registry] });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
