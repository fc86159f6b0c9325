import type { EventType } from "../../../src/core/event.ts";
import { type Line, ownLine, sharedLine } from "./lines.ts";
import type { LiveEvent, LiveState, Told } from "./stream.ts";

/** `accepted` is told by a hint of the gateway's, between the events. */
export type Heard = EventType | "accepted";
type Handler = (event?: LiveEvent) => void;

interface Around {
  /** The gateway is back: all that was looked up may be old. */
  onReturn(): void;
  /** The session has ended; or another has begun meanwhile. */
  onEnd(): void;
}

/** What happens, as this window hears it. */
export class WindowStream {
  readonly #around: Around;
  readonly #handlers = new Set<{ heard: readonly Heard[] | "events"; handler: Handler }>();
  readonly #watchers = new Set<() => void>();
  #line: Line | undefined;
  #state: LiveState = "off";
  #isRunning = false;
  #whose = "";

  constructor(around: Around) {
    this.#around = around;
  }

  readonly state = (): LiveState => this.#state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  listen(heard: readonly Heard[] | "events", handler: Handler): () => void {
    const entry = { heard, handler };
    this.#handlers.add(entry);
    return () => this.#handlers.delete(entry);
  }

  /** With whose session; undefined: with the last one's. */
  start(whose = this.#whose): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#whose = whose;
    this.#become("connecting");
    this.#line ??= sharedLine(this.#take, () => this.#goAlone()) ?? ownLine(this.#take);
    this.#line.start(whose);
  }

  stop(): void {
    this.#isRunning = false;
    this.#line?.stop();
    this.#become("off");
  }

  /** The shared worker could not be loaded: it may be of another build. */
  #goAlone(): void {
    this.#line = ownLine(this.#take);
    if (this.#isRunning) this.#line.start(this.#whose);
  }

  readonly #take = (told: Told): void => {
    if (!this.#isRunning) return;
    if (told.is === "state") this.#become(told.state);
    else if (told.is === "event") this.#tell(told.event.type, told.event);
    else if (told.is === "accepted") this.#tell("accepted");
    else if (told.is === "returned") this.#around.onReturn();
    else {
      this.stop();
      this.#around.onEnd();
    }
  };

  #tell(what: Heard, event?: LiveEvent): void {
    for (const { heard, handler } of this.#handlers)
      if (heard === "events" ? event !== undefined : heard.includes(what)) handler(event);
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
