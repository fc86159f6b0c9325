import { Agent, type Dispatcher } from "undici";
import type { HttpRequest, HttpResponse } from "../core/platform.ts";

/**
 * What became of a request. `unwritten`: no byte left this machine, so it is safe to try again. `unanswered`:
 * bytes may have left and no whole answer came back. Reasons never hold a URL: Telegram's holds its token.
 */
export type Exchange =
  | { kind: "answer"; response: HttpResponse; cut: boolean }
  | { kind: "unwritten"; reason: string }
  | { kind: "unanswered"; reason: string };

/** The same, with the answer's bytes as they came. */
export type Download =
  | { kind: "answer"; status: number; headers: Record<string, string>; bytes: Buffer; cut: boolean }
  | Exclude<Exchange, { kind: "answer" }>;

export interface ExchangeLimits {
  /** From the start to the end of the answer. */
  deadlineMs: number;
  /** The answer is read no further; what came until then is given, with `cut`. */
  maxBytes: number;
  signal?: AbortSignal;
}

/** The one place where requests leave: keeps connections open, follows no redirect, decodes nothing. */
export class Transport {
  readonly #dispatcher: Dispatcher;

  constructor(
    dispatcher: Dispatcher = new Agent({ connect: { timeout: 10_000 }, keepAliveTimeout: 30_000 }),
  ) {
    this.#dispatcher = dispatcher;
  }

  async exchange(request: HttpRequest, limits: ExchangeLimits): Promise<Exchange> {
    const download = await this.download(request, limits);
    if (download.kind !== "answer") return download;
    const { status, headers, bytes, cut } = download;
    return { kind: "answer", response: { status, headers, body: bytes.toString("utf8") }, cut };
  }

  download(request: HttpRequest, limits: ExchangeLimits): Promise<Download> {
    return new Promise((resolve) => {
      const reading = new Reading(limits, resolve);
      try {
        this.#dispatcher.dispatch(dispatchOptions(request), reading);
      } catch (error) {
        reading.onResponseError(null, error as Error);
      }
    });
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

function dispatchOptions(request: HttpRequest): Dispatcher.DispatchOptions {
  const { origin, pathname, search } = new URL(request.url);
  return {
    origin,
    path: pathname + search,
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers,
    body: request.body ?? null,
    // The deadline below covers the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/**
 * Follows one exchange. undici calls `onRequestStart` when a connection stands and the head is about to be
 * written, so an error before it proves that nothing left; error codes prove nothing (ECONNRESET is both).
 */
class Reading implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (download: Download) => void;
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#giveUp("stopped");
  #controller: Dispatcher.DispatchController | undefined;
  #written = false;
  #done = false;
  #bytes = 0;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(limits: ExchangeLimits, resolve: (download: Download) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#giveUp("no answer in time"), limits.deadlineMs);
    if (limits.signal?.aborted) this.#onAbort();
    limits.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#done) {
      controller.abort(new Error("given up before it was written"));
      return;
    }
    this.#controller = controller;
    this.#written = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
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
    this.#settle({ kind: this.#written ? "unanswered" : "unwritten", reason });
  }

  #answer(cut: boolean): void {
    const bytes = Buffer.concat(this.#chunks);
    this.#settle({ kind: "answer", status: this.#status, headers: this.#headers, bytes, cut });
  }

  #giveUp(reason: string): void {
    this.#settle({ kind: this.#written ? "unanswered" : "unwritten", reason });
    this.#controller?.abort(new Error(reason));
  }

  #settle(download: Download): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener("abort", this.#onAbort);
    this.#resolve(download);
  }
}
