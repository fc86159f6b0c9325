import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** How late an event loop was, in ms. */
export interface LoopDelay {
  p50: number;
  p99: number;
  most: number;
}

interface Histogram {
  max: number;
  percentile(percentile: number): number;
}

export function delayOf(histogram: Histogram): LoopDelay {
  const ms = (ns: number) => Math.round(ns / 1e5) / 10;
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), most: ms(histogram.max) };
}

/** A thread beside this one that does nothing: what its event loop is late, the machine is, whoever keeps it busy. */
export async function besideIdleThread<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; idle: LoopDelay }> {
  const worker = new Worker(new URL(import.meta.url));
  await once(worker, "message");
  const result = await work();
  const told = once(worker, "message");
  worker.postMessage("end");
  const [idle] = await told;
  await worker.terminate();
  return { result, idle };
}

if (!isMainThread && parentPort) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  parentPort.postMessage("ready");
  parentPort.once("message", () => parentPort!.postMessage(delayOf(delay)));
}
