import { type EventType, eventTypes } from "../../../src/core/event.ts";

/** An event as the API tells it: docs/api.md. */
export interface LiveEvent {
  id: string;
  type: EventType;
  timestamp: string;
  channel?: { id: string; platform: string };
  conversation?: { id: string };
  message?: { id: string; status?: string };
  [field: string]: unknown;
}

/** `off`: not begun, or who is signed in may not read. */
export type LiveState = "off" | "connecting" | "live" | "reconnecting" | "catching_up";
type Handler = (event: LiveEvent) => void;

const firstRetryMs = 400;
const longestRetryMs = 3_000;
/** After so long what was missed is looked up again instead of told event by event. */
const worthTellingMs = 300_000;
/** A browser opens six connections to one host: a page that nobody looks at gives its own back. */
const hiddenMs = 60_000;

interface Around {
  /** Whether a new try has a chance: asked before each, for an EventSource does not say why it was refused. */
  mayConnect(): Promise<"yes" | "no" | "away">;
  /** The gateway is back: all that was looked up may be old. */
  onReturn(): void;
}

/** The one stream of events of this page. It goes on after the last event seen, over restarts of the gateway. */
export class LiveStream {
  readonly #around: Around;
  readonly #handlers = new Set<{ types: readonly EventType[] | "all"; handler: Handler }>();
  readonly #watchers = new Set<() => void>();
  #source: EventSource | undefined;
  #state: LiveState = "off";
  #after: string | undefined;
  #lostAt: number | undefined;
  #retryMs = firstRetryMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;

  constructor(around: Around) {
    this.#around = around;
    document.addEventListener("visibilitychange", () => this.#onVisibility());
  }

  readonly state = (): LiveState => this.#state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  listen(types: readonly EventType[] | "all", handler: Handler): () => void {
    const entry = { types, handler };
    this.#handlers.add(entry);
    return () => this.#handlers.delete(entry);
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#become("connecting");
    this.#open();
  }

  /** Another person may sign in next: nothing of this one is gone on from. */
  stop(): void {
    this.#isRunning = false;
    this.#close();
    this.#after = undefined;
    this.#lostAt = undefined;
    this.#become("off");
  }

  #open(): void {
    this.#close();
    const gap = this.#lostAt === undefined ? 0 : Date.now() - this.#lostAt;
    if (gap > worthTellingMs) this.#after = undefined;
    const from = this.#after === undefined ? "" : `&after=${this.#after}`;
    const source = new EventSource(`/v1/events/stream?caught_up=tell${from}`);
    this.#source = source;
    source.addEventListener("open", () => {
      if (this.#lostAt !== undefined) this.#become("catching_up");
    });
    for (const type of eventTypes) source.addEventListener(type, (message) => this.#take(message));
    source.addEventListener("stream.caught_up", (message) => this.#caughtUp(JSON.parse(message.data).after));
    source.addEventListener("error", () => this.#lost());
  }

  #take(message: MessageEvent<string>): void {
    this.#after = message.lastEventId;
    const event: LiveEvent = JSON.parse(message.data);
    for (const { types, handler } of this.#handlers)
      if (types === "all" || types.includes(event.type)) handler(event);
  }

  #caughtUp(after: number): void {
    this.#after = String(after);
    this.#retryMs = firstRetryMs;
    const wasLost = this.#lostAt !== undefined;
    this.#lostAt = undefined;
    this.#become("live");
    if (wasLost) this.#around.onReturn();
  }

  /** Its own way of trying again would end for good at the first answer that is an error, as a starting gateway's. */
  #lost(): void {
    this.#close();
    if (!this.#isRunning) return;
    this.#lostAt ??= Date.now();
    this.#become("reconnecting");
    this.#timer = setTimeout(() => void this.#tryAgain(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  async #tryAgain(): Promise<void> {
    const answer = await this.#around.mayConnect();
    if (!this.#isRunning) return;
    if (answer === "yes") this.#open();
    else if (answer === "away") this.#lost();
    else this.stop();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #onVisibility(): void {
    if (!this.#isRunning) return;
    if (document.hidden) {
      if (this.#source) this.#timer = setTimeout(() => this.#rest(), hiddenMs);
    } else if (this.#source) clearTimeout(this.#timer);
    else {
      this.#retryMs = firstRetryMs;
      clearTimeout(this.#timer);
      void this.#tryAgain();
    }
  }

  #rest(): void {
    this.#close();
    this.#lostAt ??= Date.now();
    this.#become("reconnecting");
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
