import { Dispatcher } from "undici";
import type { HttpRequest } from "../../src/core/platform.ts";
import type { Chance } from "../fuzz/chance.ts";
import type { Life } from "./life.ts";
import type { Way } from "./platforms.ts";
import type { World } from "./world.ts";

/** Who is at the other end. */
export interface Partner {
  /** One request in so many never leaves: nobody listens, or no name is found. */
  unreachableOneIn(): number;
  /** The longest way of a request, in ms. */
  wayMs: number;
  /** The longest time to an answer. */
  answerMs: number;
  /** An answer comes in. */
  answered(): void;
  /** Bytes leave. Gives what is done when they arrive. */
  departs(request: HttpRequest): () => Way;
}

/** Stands where undici's connections stand: the gateway's own transport speaks through it, in simulated time. */
export class Wire extends Dispatcher {
  readonly #world: World;
  readonly #life: Life;
  readonly #partner: Partner;
  readonly #chance: Chance;

  constructor(world: World, life: Life, partner: Partner) {
    super();
    this.#world = world;
    this.#life = life;
    this.#partner = partner;
    this.#chance = world.chance;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const life = this.#life;
    const request = {
      method: options.method,
      url: `${options.origin}${options.path}`,
      headers: options.headers as Record<string, string>,
      body: options.body as string,
    };
    const oneIn = this.#partner.unreachableOneIn();
    if (this.#chance.once(oneIn)) {
      life.later(this.#chance.int(30), () => handler.onResponseError?.(controllerOf(), refused));
      return true;
    }
    life.later(this.#chance.int(10), () => this.#leave(request, handler));
    return true;
  }

  #leave(request: HttpRequest, handler: Dispatcher.DispatchHandler): void {
    const controller = controllerOf();
    handler.onRequestStart?.(controller, {});
    if (controller.aborted) return;
    handler.onRequestSent?.();
    const arrive = this.#partner.departs(request);
    this.#world.agenda.in(this.#chance.int(this.#partner.wayMs), () => {
      // Of a process that was killed meanwhile, the bytes may have been on their way, or not.
      if (!this.#life.isAlive && this.#chance.once(2)) this.#world.chronicle.note("  lost on its way");
      else this.#comeBack(arrive(), controller, handler);
    });
  }

  #comeBack(way: Way, controller: Controller, handler: Dispatcher.DispatchHandler): void {
    if (way.kind === "silence") return;
    // No answer is there within the millisecond of its taking: a watermark could not tell what came after it.
    this.#life.later(1 + this.#chance.int(this.#partner.answerMs), () => {
      if (controller.aborted) return;
      this.#partner.answered();
      if (way.kind === "reset") return handler.onResponseError?.(controller, broken);
      way.heard?.();
      const { status, headers, body } = way.response;
      handler.onResponseStart?.(controller, status, headers);
      handler.onResponseData?.(controller, Buffer.from(body));
      handler.onResponseEnd?.(controller, {});
    });
  }
}

type Controller = Dispatcher.DispatchController & { aborted: boolean };

function controllerOf(): Controller {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => {
      controller.aborted = true;
    },
    pause: () => {},
    resume: () => {},
  };
  return controller;
}

const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
const broken = Object.assign(new Error("reset"), { code: "ECONNRESET" });
