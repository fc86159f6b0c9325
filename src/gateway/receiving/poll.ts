import { callBackoffMs } from "../../core/retry.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { withoutSecrets } from "../ask.ts";
import { accessTo } from "../connecting/channels.ts";
import { isRefusal } from "../connecting/refusal.ts";
import type { Obstacle } from "../connecting/register.ts";
import { pauseRevoked } from "../connecting/revoked.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor } from "../nodes/tenure.ts";
import { rest } from "../rest.ts";

const timeoutSeconds = 25;
/** The first request is short: no answer but updates or none within it shows that nobody else polls. */
const firstTimeoutSeconds = 5;
/** How often in a row another poller may end the requests of one that has polled before. */
const patience = 3;
const unconfirmableRestMs = 60_000;
/** How many requests in a row without an answer show that nothing is received; one may break off any time. */
const silences = 3;
/** getUpdates answers with 4 MB at most. */
const pollLimits = { deadlineMs: (timeoutSeconds + 10) * 1000, maxBytes: 8 * 1024 * 1024 };

interface PollerWish {
  /** Given why nothing is received, and undefined when something is again. */
  told(refusal: string | undefined): void;
  /** Another program that polls as well is outlasted. */
  takeOver: boolean;
  signal: AbortSignal;
}

/**
 * Fetches a channel's payloads by long polling. The cursor that confirms them to the platform is committed with
 * them, and goes out only with the next request: a crash in between fetches them again, and dedupe drops them.
 * Of two programs that poll one account the newcomer yields, unless it takes over.
 */
export class Poller {
  readonly #gateway: Gateway;
  readonly #channelId: string;
  readonly #wish: PollerWish;
  readonly #first = Promise.withResolvers<Obstacle | undefined>();
  /** Fulfils when no more is fetched; `contested`: it has yielded to another program. */
  readonly ended: Promise<"stopped" | "contested">;
  #failures = 0;
  #hasPolled = false;
  #endedByOthers = 0;
  #isContested = false;

  constructor(gateway: Gateway, channelId: string, wish: PollerWish) {
    this.#gateway = gateway;
    this.#channelId = channelId;
    this.#wish = wish;
    this.ended = this.#run().then(() => (this.#isContested ? "contested" : "stopped"));
  }

  /** What the first request came to, an obstacle or nothing; never, where another program contests it. */
  get first(): Promise<Obstacle | undefined> {
    return this.#first.promise;
  }

  async #run(): Promise<void> {
    while (!this.#wish.signal.aborted && !this.#isContested) {
      const channel = this.#gateway.channels.get(this.#channelId);
      if (!channel) return;
      const waitMs = await this.#round(channel).catch((error) => {
        this.#gateway.log.error(
          { err: error, channel: channel.id },
          "a poll's answer could not be read or stored; trying again",
        );
        return 1_000;
      });
      if (waitMs > 0) await rest(this.#gateway.clock, waitMs, this.#wish.signal);
    }
  }

  /** One request; gives how long to rest, in ms. */
  async #round(channel: ChannelRow): Promise<number> {
    const { store, admission, transport, clock, platforms, payloadsReady, log } = this.#gateway;
    const platform = platforms[channel.platform];
    const poll = platform.poll!;
    const cursor = await store.pollCursor(channel.id);
    const access = accessTo(channel);
    const request = platform.authorize(
      poll.call(cursor, this.#hasPolled ? timeoutSeconds : firstTimeoutSeconds),
      access,
    );
    const exchange = await transport.exchange(request, { ...pollLimits, signal: this.#wish.signal });
    if (this.#wish.signal.aborted) return 0;
    if (exchange.kind !== "answer") return this.#failed(channel, exchange.reason);
    const answer = poll.read(exchange.response);
    if ("problem" in answer) {
      const problem = withoutSecrets(answer.problem.message, platform, access);
      log.warn({ channel: channel.id, code: answer.problem.code, problem }, "polling was refused");
      this.#wish.told(problem);
      this.#isContested = answer.rival !== undefined && this.#yieldsTo(answer.rival);
      if (this.#isContested) return 0;
      // A platform that is down, or answers nothing of its own, has judged nothing.
      const outcome = platform.interpret(exchange.response);
      if (outcome.kind === "retry" && outcome.until)
        await pauseRevoked(this.#gateway, channel, { ...answer.problem, message: problem });
      const isJudged = isRefusal(outcome);
      this.#first.resolve({ kind: isJudged ? "refused" : "unreachable", reason: problem });
      return answer.fatal ? 60_000 : (answer.afterSeconds ?? 3) * 1000;
    }
    this.#wish.told(undefined);
    this.#first.resolve(undefined);
    this.#hasPolled = true;
    this.#endedByOthers = 0;
    this.#failures = 0;
    if (answer.cursor === null) return answer.payloads.length === 0 ? 0 : this.#unconfirmable(channel);
    const attributes = { channel: channel.id };
    const spans = answer.payloads.map(() => this.#gateway.tracing.begin({ name: "poll", attributes }));
    const bodies = answer.payloads.map(({ body }, index) => ({ body, trace: spans[index]?.trace }));
    const now = clock.now();
    const held = heldFor(this.#gateway, `channel ${channel.id}`).store;
    await admission
      .webhook(() => held.storePayloads(channel.id, bodies, now, answer.cursor!))
      .finally(() => spans.forEach((span) => void span.end()));
    payloadsReady.raise(channel.id);
    return 0;
  }

  /** While a webhook is set every request is refused; another poller's requests and ours only end each other. */
  #yieldsTo(rival: "poller" | "webhook"): boolean {
    if (rival === "webhook") return true;
    this.#endedByOthers++;
    return !this.#wish.takeOver && this.#endedByOthers > (this.#hasPolled ? patience : 0);
  }

  /** Updates that cannot be confirmed would come back at once, for ever. */
  #unconfirmable(channel: ChannelRow): number {
    this.#gateway.log.error(
      { channel: channel.id },
      "the platform sent updates without a number; polling again in a while",
    );
    return unconfirmableRestMs;
  }

  #failed(channel: ChannelRow, failure: string): number {
    const reason = `${this.#gateway.platforms[channel.platform].title} does not answer (${failure})`;
    this.#first.resolve({ kind: "unreachable", reason });
    this.#failures++;
    if (this.#failures >= silences) this.#wish.told(reason);
    if (this.#failures === 1)
      this.#gateway.log.warn({ channel: channel.id, reason }, "polling failed; trying again");
    return Math.min(5_000, callBackoffMs(this.#failures, this.#gateway.random));
  }
}
