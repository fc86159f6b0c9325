import { backlog } from "./backlog/backlog.ts";
import type { Benchmark } from "./benchmark.ts";
import { core } from "./core/core.ts";
import { gateway } from "./gateway/gateway.ts";
import { growth } from "./growth/growth.ts";
import { inbound } from "./inbound/inbound.ts";
import { nodes } from "./nodes/nodes.ts";

/** In the order in which they run and stand in the README. */
export const benchmarks: readonly Benchmark[] = [core, gateway, inbound, backlog, nodes, growth];
