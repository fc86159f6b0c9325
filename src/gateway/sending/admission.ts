import { GatewayError } from "../../core/problem.ts";
import type { Store } from "../../store/store.ts";

export interface AdmissionLimits {
  /** Calls that wait to leave, of all channels together and of one. */
  maxQueued: number;
  maxQueuedPerChannel: number;
  /** Webhooks that are stored and not read yet, of all channels and apps together. */
  maxUnread: number;
}

/**
 * How many are stored at a time. All that arrive in one turn of the event loop are committed together, so this bounds
 * the turn too: beyond it calls to platforms and their answers would wait, and webhooks would run into timeouts.
 */
const maxUnderWay = 2_000;

/**
 * Refuses early what could only be kept waiting. What was accepted is never refused any more: sending, answers of
 * platforms and deliveries do not come past here.
 */
export class Admission {
  readonly #store: Pick<Store, "backlog">;
  readonly limits: AdmissionLimits;
  #underWay = 0;

  constructor(store: Pick<Store, "backlog">, limits: AdmissionLimits) {
    this.#store = store;
    this.limits = limits;
  }

  /** Accepts a message of this channel by `work`, or refuses: `queue_full` when only this channel has too many. */
  async message<Result>(channelId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#inside(async () => {
      const { maxQueued, maxQueuedPerChannel } = this.limits;
      const { channel, all } = await this.#store.backlog(channelId);
      if (channel.queued >= maxQueuedPerChannel) throw full(channel.queued);
      if (all.queued >= maxQueued) throw overloaded(`${all.queued} calls to platforms wait here`);
      return work();
    });
  }

  /** Stores a webhook by `work`, or refuses: its platform sends it again later. */
  async webhook<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#inside(async () => {
      const { unread } = (await this.#store.backlog("")).all;
      if (unread >= this.limits.maxUnread) throw overloaded(`${unread} webhooks wait to be read`);
      return work();
    });
  }

  async #inside<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= maxUnderWay) throw overloaded(`${this.#underWay} requests are being stored`);
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }
}

function full(queued: number): GatewayError {
  const detail = `${queued} calls of this channel wait to be sent, as many as may. Nothing was accepted: send again when some have left.`;
  return new GatewayError("queue_full", detail);
}

function overloaded(what: string): GatewayError {
  return new GatewayError("overloaded", `${what}. Nothing was accepted: send it again.`);
}
