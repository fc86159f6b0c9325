import { Agent, request } from "undici";
import type { WallClock } from "../core/clock.ts";
import type { PlatformName } from "../core/platform.ts";
import type {
  SimulatedAccount,
  SimulatedPlatform,
  SimulatedRequest,
  StoredUpdate,
  World,
} from "../core/simulation.ts";
import type { FaultKind } from "./faults.ts";
import type { Cause, Journal } from "./journal.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Row, SimulatorStorage } from "./storage.ts";
import { storedUpdate } from "./world.ts";

/** How long a webhook may take to answer; Meta and Telegram name no figure, and both give up within a minute. */
const answerTimeoutMs = 20_000;
/** Of an answer that a reader of the journal sees. */
const maxShownAnswer = 2_000;
const maxAnswerBytes = 256 * 1024;
/** Telegram's default `max_connections`; Meta's is not published. */
const maxPostsAtOnce = 40;

export interface DeliveryParts {
  platforms: readonly SimulatedPlatform[];
  world: World;
  storage: SimulatorStorage;
  mailbox: Mailbox;
  journal: Journal;
  clock: WallClock;
  /** Does what a webhook's answer asked for. */
  obey: (platform: SimulatedPlatform, request: SimulatedRequest) => void;
}

interface Outcome {
  status?: number;
  retryAfterSeconds?: number;
  body: string;
  contentType: string;
  error?: string;
}

/** Posts waiting updates to the registered webhooks: one at a time in each queue, again and again until a 2xx. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #agent = new Agent({ headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
  readonly #busy = new Set<string>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #scheduled = false;
  #closed = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#stopListening = parts.mailbox.listen(() => this.wake());
    this.wake();
  }

  /** Looks for work once the present turn is over. */
  wake(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    await this.#agent.destroy();
  }

  #pump(): void {
    const now = this.#parts.clock.now();
    let nextDueAt = Number.POSITIVE_INFINITY;
    for (const platform of this.#parts.platforms) {
      for (const account of this.#parts.world.accounts(platform.name)) {
        const url = platform.target(this.#parts.world, account);
        if (url === null) continue;
        for (const row of this.#heads(platform.name, account.id)) {
          const key = JSON.stringify([platform.name, account.id, row.queue]);
          if (this.#busy.has(key)) continue;
          const dueAt = Number(row.due_at);
          if (dueAt > now) nextDueAt = Math.min(nextDueAt, dueAt);
          else if (this.#busy.size < maxPostsAtOnce) this.#start(key, { platform, account, url, row });
        }
      }
    }
    clearTimeout(this.#timer);
    if (nextDueAt < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.#pump(), Math.max(1, nextDueAt - now));
    }
  }

  #heads(platform: PlatformName, channel: string): Row[] {
    return this.#parts.storage.all(
      `SELECT * FROM updates WHERE position IN (SELECT min(position) FROM updates
         WHERE platform = ? AND channel = ? AND held IS NULL GROUP BY queue) ORDER BY position`,
      platform,
      channel,
    );
  }

  #start(
    key: string,
    errand: { platform: SimulatedPlatform; account: SimulatedAccount; url: string; row: Row },
  ): void {
    const update = storedUpdate(errand.row);
    if (update.expiresAt <= this.#parts.clock.now()) {
      this.#parts.world.dropUpdates([update.position]);
      this.wake();
      return;
    }
    this.#busy.add(key);
    const post = errand.platform.post(this.#parts.world, errand.account, update.payload);
    const at = this.#parts.clock.now();
    void this.#post(errand.url, post).then((outcome) => {
      this.#busy.delete(key);
      if (this.#closed) return;
      this.#tell(errand, update, { at, headers: Object.keys(post.headers), outcome });
      this.#settle(errand.platform, update, outcome, Number(errand.row.tries));
      this.wake();
    });
  }

  async #post(url: string, post: { headers: Record<string, string>; body: string }): Promise<Outcome> {
    try {
      const answer = await request(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...post.headers },
        body: post.body,
        dispatcher: this.#agent,
      });
      const body = (await answer.body.text()).slice(0, maxAnswerBytes);
      const retryAfterSeconds = Number(answer.headers["retry-after"]) || undefined;
      const contentType = String(answer.headers["content-type"] ?? "");
      return { status: answer.statusCode, body, contentType, retryAfterSeconds };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
      return { body: "", contentType: "", error: code };
    }
  }

  #tell(
    { url, row }: { url: string; row: Row },
    { platform, channel, payload }: StoredUpdate,
    { at, headers, outcome }: { at: number; headers: string[]; outcome: Outcome },
  ): void {
    const { status, error, body: answer } = outcome;
    this.#parts.journal.append({
      kind: "webhook",
      at,
      platform,
      channel,
      causes: JSON.parse(String(row.causes)) as Cause[],
      ...(row.fault !== null && { fault: row.fault as FaultKind }),
      url,
      headers,
      body: payload,
      tries: Number(row.tries) + 1,
      tookMs: this.#parts.clock.now() - at,
      status,
      error,
      answer: answer.slice(0, maxShownAnswer),
    });
  }

  #settle(platform: SimulatedPlatform, update: StoredUpdate, outcome: Outcome, tries: number): void {
    const { world, storage, clock, obey } = this.#parts;
    const fine = outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300;
    const account = world.accounts(platform.name).find((known) => known.id === update.channel);
    const wish = storage.transaction(() => {
      if (fine) world.dropUpdates([update.position]);
      else {
        const dueAt = clock.now() + platform.retryAfterMs(tries + 1, outcome);
        storage.run(
          "UPDATE updates SET tries = tries + 1, due_at = ? WHERE position = ?",
          dueAt,
          update.position,
        );
      }
      return account ? platform.posted(world, account, outcome) : null;
    });
    if (wish) obey(platform, wish);
  }
}
