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

/** What a stream tells. `accepted`: messages wait to be sent, which is no event. `returned`: all that was looked up may be old. */
export type Told =
  | { is: "event"; event: LiveEvent }
  | { is: "state"; state: LiveState }
  | { is: "accepted" | "returned" | "ended" };

const firstRetryMs = 400;
const longestRetryMs = 3_000;
/** After so long what was missed is looked up again instead of told event by event. */
const worthTellingMs = 300_000;

interface Around {
  /** Whether a new try has a chance: asked before each, for an EventSource does not say why it was refused. */
  mayConnect(): Promise<"yes" | "no" | "away">;
  tell(told: Told): void;
}

/** One stream of events. It goes on after the last event seen, over restarts of the gateway, and ends with the session. */
export class LiveStream {
  readonly #around: Around;
  #source: EventSource | undefined;
  #state: LiveState = "off";
  #after: string | undefined;
  #lostAt: number | undefined;
  #retryMs = firstRetryMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;

  constructor(around: Around) {
    this.#around = around;
  }

  get state(): LiveState {
    return this.#state;
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

  /** Gives its connection back until it is woken. */
  rest(): void {
    if (!this.#source) return;
    this.#close();
    this.#lostAt ??= Date.now();
    this.#become("reconnecting");
  }

  /** Goes on at once where it rests, or waits for its next try. */
  wake(): void {
    if (!this.#isRunning || this.#source) return;
    this.#retryMs = firstRetryMs;
    clearTimeout(this.#timer);
    void this.#tryAgain();
  }

  #open(): void {
    this.#close();
    const gap = this.#lostAt === undefined ? 0 : Date.now() - this.#lostAt;
    if (gap > worthTellingMs) this.#after = undefined;
    const from = this.#after === undefined ? "" : `&after=${this.#after}`;
    const source = new EventSource(`/v1/events/stream?caught_up=tell&accepted=tell${from}`);
    this.#source = source;
    source.addEventListener("open", () => {
      if (this.#lostAt !== undefined) this.#become("catching_up");
    });
    for (const type of eventTypes) source.addEventListener(type, (message) => this.#take(message));
    source.addEventListener("stream.accepted", () => this.#around.tell({ is: "accepted" }));
    source.addEventListener("stream.caught_up", (message) => this.#caughtUp(JSON.parse(message.data).after));
    source.addEventListener("error", () => this.#lost());
  }

  #take(message: MessageEvent<string>): void {
    this.#after = message.lastEventId;
    this.#around.tell({ is: "event", event: JSON.parse(message.data) });
  }

  #caughtUp(after: number): void {
    this.#after = String(after);
    this.#retryMs = firstRetryMs;
    const wasLost = this.#lostAt !== undefined;
    this.#lostAt = undefined;
    this.#become("live");
    if (wasLost) this.#around.tell({ is: "returned" });
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
    if (!this.#isRunning || this.#source) return;
    if (answer === "yes") this.#open();
    else if (answer === "away") this.#lost();
    else {
      this.stop();
      this.#around.tell({ is: "ended" });
    }
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#around.tell({ is: "state", state });
  }
}
