import { callBackoffMs } from "../core/retry.ts";
import type { ChannelRow } from "../store/rows.ts";
import { withoutSecrets } from "./ask.ts";
import { accessTo } from "./channels.ts";
import type { Gateway } from "./gateway.ts";
import { rest } from "./rest.ts";

const timeoutSeconds = 25;
const unconfirmableRestMs = 60_000;
/** getUpdates answers with 4 MB at most. */
const pollLimits = { deadlineMs: (timeoutSeconds + 10) * 1000, maxBytes: 8 * 1024 * 1024 };

/**
 * Fetches a channel's payloads by long polling. The cursor that confirms them to the platform is committed with
 * them, and goes out only with the next request: a crash in between fetches them again, and dedupe drops them.
 */
export class Poller {
  readonly #gateway: Gateway;
  readonly #channelId: string;
  readonly #told: (refusal: string | undefined) => void;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #failures = 0;

  /** `told` is given what the platform refuses with, and undefined when it answers again. */
  constructor(gateway: Gateway, channelId: string, told: (refusal: string | undefined) => void) {
    this.#gateway = gateway;
    this.#channelId = channelId;
    this.#told = told;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const channel = this.#gateway.channels.get(this.#channelId);
      if (!channel) return;
      const waitMs = await this.#round(channel).catch((error) => {
        this.#gateway.log.error(
          { err: error, channel: channel.id },
          "a poll's answer could not be read or stored; trying again",
        );
        return 1_000;
      });
      if (waitMs > 0) await rest(waitMs, this.#stop.signal);
    }
  }

  /** One request; gives how long to rest, in ms. */
  async #round(channel: ChannelRow): Promise<number> {
    const { store, transport, clock, platforms, payloadsReady, log } = this.#gateway;
    const platform = platforms[channel.platform];
    const poll = platform.poll!;
    const cursor = await store.pollCursor(channel.id);
    const access = accessTo(channel);
    const request = platform.authorize(poll.call(cursor, timeoutSeconds), access);
    const exchange = await transport.exchange(request, { ...pollLimits, signal: this.#stop.signal });
    if (this.#stop.signal.aborted) return 0;
    if (exchange.kind !== "answer") return this.#failed(channel, exchange.reason);
    const answer = poll.read(exchange.response);
    if ("problem" in answer) {
      const problem = withoutSecrets(answer.problem.message, platform, access);
      log.warn({ channel: channel.id, code: answer.problem.code, problem }, "polling was refused");
      this.#told(problem);
      return answer.fatal ? 60_000 : (answer.afterSeconds ?? 3) * 1000;
    }
    this.#told(undefined);
    this.#failures = 0;
    if (answer.cursor === null) return answer.payloads.length === 0 ? 0 : this.#unconfirmable(channel);
    const bodies = answer.payloads.map((payload) => payload.body);
    await store.storePayloads(channel.id, bodies, clock.now(), answer.cursor);
    payloadsReady.raise(channel.id);
    return 0;
  }

  /** Updates that cannot be confirmed would come back at once, for ever. */
  #unconfirmable(channel: ChannelRow): number {
    this.#gateway.log.error(
      { channel: channel.id },
      "the platform sent updates without a number; polling again in a while",
    );
    return unconfirmableRestMs;
  }

  #failed(channel: ChannelRow, reason: string): number {
    this.#failures++;
    if (this.#failures === 1)
      this.#gateway.log.warn({ channel: channel.id, reason }, "polling failed; trying again");
    return Math.min(5_000, callBackoffMs(this.#failures, this.#gateway.random));
  }
}
