import { backlog } from "./backlog/backlog.ts";
import type { Benchmark } from "./benchmark.ts";
import { core } from "./core/core.ts";
import { gateway } from "./gateway/gateway.ts";
import { growth } from "./growth/growth.ts";
import { inbound } from "./inbound/inbound.ts";

/** In the order in which they run and stand in the README. */
export const benchmarks: readonly Benchmark[] = [core, gateway, inbound, backlog, growth];
