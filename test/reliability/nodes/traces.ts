import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callsTaken } from "../taken.ts";
import type { Struggle } from "./blows.ts";
import type { Cluster } from "./cluster.ts";
import { failovers } from "./failovers.ts";

/** All that the nodes said, also of a run that did not come to its end. */
export function keepLogs(folder: string, { nodes }: Cluster): void {
  mkdirSync(folder, { recursive: true });
  for (const [n, node] of nodes.entries()) writeFileSync(join(folder, `node-${n}.log`), node.said);
}

/** What one needs beside the logs to find out why a run went as it did: every blow and failover, what is left to be told. */
export async function keepTraces(folder: string, cluster: Cluster, struggle: Struggle): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const keep = (name: string, rows: readonly object[]) =>
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const calls = await callsTaken(cluster.simulator);
  keep("calls.jsonl", calls);
  keep("blows.jsonl", struggle.struck);
  keep("outages.jsonl", struggle.outages);
  keep("failovers.jsonl", failovers(struggle, { calls, channels: await cluster.channels() }));
  keep("told.jsonl", cluster.customer.events());
  keep("untold.jsonl", await cluster.untold());
}
