import { ApiProblem } from "../../api/request.ts";
import { untilSeen } from "../../live/until-seen.ts";

/** Of a stream that broke off: how soon it is asked for again, at first and at most. */
const firstPauseMs = 300;
const longestPauseMs = 4_000;

export type FollowState = "connecting" | "live" | "broken";

interface Following {
  /** With the number of those before now in its query; later on it goes on behind the last id. */
  path: string;
  onEvent(data: unknown): void;
  onState(state: FollowState, problem?: ApiProblem): void;
}

/**
 * Reads server-sent events until `signal`, over and over: each time from where the last stream ended. It rests while
 * nobody looks at the window: a browser opens six connections to one host, for all of its windows.
 */
export async function follow({ path, onEvent, onState }: Following, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    await untilSeen();
    const round = new AbortController();
    const isOver = AbortSignal.any([signal, round.signal]);
    const look = () => document.hidden && round.abort();
    document.addEventListener("visibilitychange", look, { signal: isOver });
    try {
      const body = await opened(path, lastId, isOver);
      onState("live");
      pauseMs = firstPauseMs;
      for await (const { id, data } of eventsIn(body)) {
        lastId = id ?? lastId;
        onEvent(JSON.parse(data));
      }
      onState("broken");
    } catch (error) {
      if (signal.aborted) return;
      if (round.signal.aborted) continue;
      onState("broken", error instanceof ApiProblem ? error : undefined);
    }
    round.abort();
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function opened(path: string, lastId: string | undefined, signal: AbortSignal) {
  const headers = { "x-antiphon-console": "1", ...(lastId !== undefined && { "last-event-id": lastId }) };
  const answer = await fetch(path, { headers, signal, credentials: "same-origin" });
  if (answer.ok && answer.body) return answer.body;
  throw new ApiProblem(answer.status, (await answer.json().catch(() => ({}))) as Record<string, unknown>);
}

/** The events of a stream; lines that begin with a colon only keep it open. */
export async function* eventsIn(body: ReadableStream<Uint8Array>) {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => fieldOf(line)));
      const data = fields.get("data");
      if (data !== undefined) yield { id: fields.get("id"), data };
    }
  }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
