import type { Readable } from "node:stream";
import { Agent, type Dispatcher, FormData } from "undici";
import type { HttpRequest, HttpResponse } from "../core/platform.ts";
import { strictTls } from "./guard.ts";

/**
 * What became of a request. `unwritten`: no byte left this machine, so it is safe to try again. `unanswered`:
 * bytes may have left and no whole answer came back. Reasons never hold a URL: Telegram's holds its token.
 */
export type Exchange =
  | { kind: "answer"; response: HttpResponse; cut: boolean }
  | { kind: "unwritten"; reason: string }
  | { kind: "unanswered"; reason: string };

export interface ExchangeLimits {
  /** From the start to the end of the answer. */
  deadlineMs: number;
  /** The answer is read no further; what came until then is given, with `cut`. */
  maxBytes: number;
  signal?: AbortSignal;
  /** Asked when the connection stands and nothing has been written yet: false, and nothing is. */
  mayLeave?: () => boolean;
  /**
   * For a large body, which has a time of its own, by its size; `deadlineMs` then runs from its end. `signal` cuts it
   * off, and not the wait for an answer. A request that was not whole cannot have been taken: it is `unwritten`.
   */
  upload?: { withinMs: number; signal: AbortSignal };
}

const notOurs = "another node may work on this by now";

/** An answer whose bytes are read as they come. */
export type Opened =
  | { kind: "answer"; status: number; headers: Record<string, string>; body: Readable }
  | Exclude<Exchange, { kind: "answer" }>;

/** The one place where requests leave: keeps connections open, follows no redirect, decodes nothing. */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #heard: (headers: Record<string, string>) => void;

  constructor(
    // HTTP/2 would send a refused stream again by itself; a call leaves once, and when it does is ours to know.
    dispatcher: Dispatcher = new Agent({
      allowH2: false,
      connect: { timeout: 10_000, ...strictTls },
      keepAliveTimeout: 30_000,
    }),
    /** Told the headers of every whole answer. */
    heard: (headers: Record<string, string>) => void = () => {},
  ) {
    this.#dispatcher = dispatcher;
    this.#heard = heard;
  }

  exchange(request: HttpRequest, limits: ExchangeLimits): Promise<Exchange> {
    return new Promise((resolve) => {
      const reading = new Reading(limits, (exchange) => {
        if (exchange.kind === "answer") this.#heard(exchange.response.headers);
        resolve(exchange);
      });
      try {
        this.#dispatcher.dispatch(dispatchOptions(request), reading);
      } catch (error) {
        reading.onResponseError(null, error as Error);
      }
    });
  }

  /** For files: the caller reads the body, or destroys it. Whether bytes left is not told apart. */
  async open(request: HttpRequest, signal: AbortSignal): Promise<Opened> {
    try {
      const options = { ...dispatchOptions(request), headersTimeout: 15_000, bodyTimeout: 30_000, signal };
      const { statusCode, headers, body } = await this.#dispatcher.request(options);
      // undici takes a body that is destroyed before its end for an error, and unheard it would end the process.
      body.on("error", () => {});
      return { kind: "answer", status: statusCode, headers: plain(headers), body };
    } catch (error) {
      return { kind: "unanswered", reason: (error as NodeJS.ErrnoException).code ?? (error as Error).name };
    }
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

function dispatchOptions(request: HttpRequest): Dispatcher.DispatchOptions {
  return {
    ...addressOf(request.url),
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers,
    body: request.form ? formData(request.form) : (request.body ?? null),
    // The deadline below covers the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/** Of the addresses that are asked again and again: a channel's messages go to one, an endpoint's events to another. */
const addresses = new Map<string, Readonly<{ origin: string; path: string }>>();
const maxAddresses = 1_000;

function addressOf(url: string): Readonly<{ origin: string; path: string }> {
  const known = addresses.get(url);
  if (known) return known;
  const { origin, pathname, search } = new URL(url);
  const address = { origin, path: pathname + search };
  if (addresses.size >= maxAddresses) addresses.clear();
  addresses.set(url, address);
  return address;
}

/** undici writes its boundary, its content type and its length. */
function formData({ fields, file }: NonNullable<HttpRequest["form"]>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(file.field, new Blob([file.bytes], { type: file.mimeType }), file.name);
  return form;
}

function plain(headers: Record<string, unknown>): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = String(value);
  return all;
}

/**
 * Follows one exchange. undici calls `onRequestStart` when a connection stands and the head is about to be
 * written, so an error before it proves that nothing left; error codes prove nothing (ECONNRESET is both).
 */
class Reading implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #chunks: Buffer[] = [];
  #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#giveUp("stopped");
  #controller: Dispatcher.DispatchController | undefined;
  /** What came of the request until now, if nothing more comes of it. */
  #soFar: "unwritten" | "unanswered" = "unwritten";
  #done = false;
  #bytes = 0;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(limits: ExchangeLimits, resolve: (exchange: Exchange) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    const { upload, deadlineMs } = limits;
    this.#signal = upload?.signal ?? limits.signal;
    this.#timer = setTimeout(() => this.#giveUp("no answer in time"), upload?.withinMs ?? deadlineMs);
    if (this.#signal?.aborted) this.#onAbort();
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#done) {
      controller.abort(new Error("given up before it was written"));
      return;
    }
    if (this.#limits.mayLeave?.() === false) {
      this.#settle({ kind: "unwritten", reason: notOurs });
      controller.abort(new Error(notOurs));
      return;
    }
    this.#controller = controller;
    if (!this.#limits.upload) this.#soFar = "unanswered";
  }

  /** The whole body is on its way. */
  onRequestSent(): void {
    if (!this.#limits.upload || this.#done) return;
    this.#soFar = "unanswered";
    this.#signal?.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp("no answer in time"), this.#limits.deadlineMs);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    this.#headers = plain(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#limits.maxBytes - this.#bytes;
    this.#chunks.push(chunk.subarray(0, Math.max(0, room)));
    this.#bytes += chunk.length;
    if (chunk.length <= room) return;
    this.#answer(true);
    controller.abort(new Error("cut"));
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    const reason = (error as NodeJS.ErrnoException).code ?? error.name;
    this.#settle({ kind: this.#soFar, reason });
  }

  #answer(cut: boolean): void {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 ? first! : Buffer.concat(this.#chunks);
    const body = whole.toString("utf8");
    this.#settle({ kind: "answer", response: { status: this.#status, headers: this.#headers, body }, cut });
  }

  #giveUp(reason: string): void {
    this.#settle({ kind: this.#soFar, reason });
    this.#controller?.abort(new Error(reason));
  }

  #settle(exchange: Exchange): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#resolve(exchange);
  }
}
