import { mayConnect } from "./may-connect.ts";
import { LiveStream, type Told } from "./stream.ts";

/** What a window asks of the stream that all windows share. */
export type Asked = "start" | "stop";

/** All that is used of it: the rest of a worker's names are in no library beside those of a page. */
interface WorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

/** The windows that listen. One that is closed says so; one that could not is sent to in vain. */
const windows = new Set<MessagePort>();
const stream = new LiveStream({ mayConnect, tell });

function tell(told: Told): void {
  for (const window of windows) window.postMessage(told);
  // Nobody is signed in: each window finds out for itself, and begins anew when somebody is.
  if (told.is === "ended") windows.clear();
}

(globalThis as unknown as WorkerScope).onconnect = ({ ports: [port] }) => {
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<Asked>) => {
    if (data === "start") join(port);
    else leave(port);
  };
};

function join(window: MessagePort): void {
  windows.add(window);
  stream.start();
  window.postMessage({ is: "state", state: stream.state } satisfies Told);
}

function leave(window: MessagePort): void {
  windows.delete(window);
  if (windows.size === 0) stream.stop();
}
