import { mayConnect } from "./may-connect.ts";
import { LiveStream, type Told } from "./stream.ts";

/** What a window asks of the stream that all windows share; `start`: with whose session. */
export type Asked = { start: string } | "stop";

/** All that is used of it: the rest of a worker's names are in no library beside those of a page. */
interface WorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

/** The windows that listen. One that is closed says so; one that could not is sent to in vain. */
const windows = new Set<MessagePort>();
let whose: string | undefined;
const stream = new LiveStream({ mayConnect, tell });

function tell(told: Told): void {
  for (const window of windows) window.postMessage(told);
  // Nobody is signed in: each window finds out for itself, and begins anew when somebody is.
  if (told.is === "ended") windows.clear();
}

(globalThis as unknown as WorkerScope).onconnect = ({ ports: [port] }) => {
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<Asked>) => {
    if (data === "stop") leave(port);
    else join(port, data.start);
  };
};

function join(window: MessagePort, key: string): void {
  windows.add(window);
  // Another has signed in: what is open still tells what the one before may see.
  if (key !== whose) stream.stop();
  whose = key;
  stream.start();
  window.postMessage({ is: "state", state: stream.state } satisfies Told);
}

function leave(window: MessagePort): void {
  windows.delete(window);
  if (windows.size === 0) stream.stop();
}
