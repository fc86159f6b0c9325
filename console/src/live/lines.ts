import { mayConnect } from "./may-connect.ts";
import type { Asked } from "./shared-worker.ts";
import { LiveStream, type Told } from "./stream.ts";

/** How a window comes to the stream of events. */
export interface Line {
  /** `whose`: of which key's session; of another, it begins anew. */
  start(whose: string): void;
  stop(): void;
}

/** A browser opens six connections to one host: a window that nobody looks at gives its own back. */
const hiddenMs = 5_000;

/**
 * All windows of a browser share one stream, in a worker of theirs, so that any number of them leaves connections for
 * what they ask. Undefined: this browser has no such workers. `onFailure`: it could not be begun.
 */
export function sharedLine(tell: (told: Told) => void, onFailure: () => void): Line | undefined {
  if (!("SharedWorker" in globalThis)) return undefined;
  const worker = new SharedWorker(new URL("./shared-worker.ts", import.meta.url), { type: "module" });
  const ask = (asked: Asked) => worker.port.postMessage(asked);
  let wanted: string | undefined;
  worker.onerror = onFailure;
  worker.port.onmessage = ({ data }: MessageEvent<Told>) => tell(data);
  addEventListener("pagehide", () => ask("stop"));
  // A page that the browser had put by, and shows again.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted || wanted === undefined) return;
    ask({ start: wanted });
    tell({ is: "returned" });
  });
  const want = (whose: string | undefined) => {
    wanted = whose;
    ask(whose === undefined ? "stop" : { start: whose });
  };
  return { start: want, stop: () => want(undefined) };
}

/** A stream of this window alone, which rests while the window is hidden. */
export function ownLine(tell: (told: Told) => void): Line {
  const stream = new LiveStream({ mayConnect, tell });
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => stream.rest(), hiddenMs);
    else stream.wake();
  });
  return { start: () => stream.start(), stop: () => stream.stop() };
}
