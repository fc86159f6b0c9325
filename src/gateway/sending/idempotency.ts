import { type Clock, timestamp, wallTimeOf } from "../../core/clock.ts";
import { GatewayError } from "../../core/problem.ts";
import type { KeptAnswer, KeyedRequest } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { rest } from "../rest.ts";

const keepMs = 7 * 86_400_000;
const twinWaitMs = 10_000;
const lookEveryMs = 250;

/** An answer as it leaves. A refusal has one too, for twins that wait, but only a success is stored. */
export interface Answer extends KeptAnswer {
  retryAfter?: string;
}

/** What a request with a key comes to: the first one's answer, or its turn to be the first. */
type Begun = { kind: "replay"; answer: Answer } | { kind: "turn"; turn: Turn };

/** The work of the one request that came first: it must be ended, whatever it comes to. */
export interface Turn {
  request: KeyedRequest;
  end(answer: Answer): Promise<void>;
  /** Ends it with the answer of another node, whose work was stored first. Throws where that has none to give. */
  overtaken(): Promise<Answer>;
}

interface UnderWay {
  fingerprint: string;
  answered: PromiseWithResolvers<Answer>;
}

type Tools = Pick<Gateway, "store" | "clock" | "log" | "tenure">;

/**
 * Requests that carry an Idempotency-Key. The first one works, twins that come meanwhile wait for its answer, and
 * later ones get the stored one. A request that is stored without an answer, and is under way neither here nor at a node
 * that lives, was cut short by the end of the process that worked on it.
 */
export class KeyedRequests {
  readonly #tools: Tools;
  readonly #waitMs: number;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(tools: Tools, waitMs = twinWaitMs) {
    this.#tools = tools;
    this.#waitMs = waitMs;
  }

  /** `storedWith`: "work" if the work stores the request itself, with its answer and in its own commit. */
  async begin(scope: string, fingerprint: string, storedWith: "claim" | "work"): Promise<Begun> {
    const twin = this.#underWay.get(scope);
    if (twin) return { kind: "replay", answer: await this.#answerOf(twin, fingerprint) };
    const answered = Promise.withResolvers<Answer>();
    this.#underWay.set(scope, { fingerprint, answered });
    // Nobody may be waiting.
    answered.promise.catch(() => {});
    try {
      const request = { scope, fingerprint, expiresAt: this.#tools.clock.steady() + keepMs };
      const known = await this.#knownBefore(request, storedWith);
      if (!known) return { kind: "turn", turn: this.#turn(request, storedWith, answered) };
      const answer = answerKnown(this.#tools.clock, known, fingerprint);
      this.#underWay.delete(scope);
      answered.resolve(answer);
      return { kind: "replay", answer };
    } catch (error) {
      this.#underWay.delete(scope);
      answered.reject(error);
      throw error;
    }
  }

  /** Where nothing is known of it, it is claimed. One who is beaten to it waits for who was faster. */
  async #knownBefore(request: KeyedRequest, storedWith: "claim" | "work"): Promise<KeyedRequest | undefined> {
    for (;;) {
      const known = await this.#known(request.scope, request.fingerprint);
      if (known || storedWith === "work" || (await this.#claim(request))) return known;
    }
  }

  /** What is known of it when no other node that lives works on it. */
  async #known(scope: string, fingerprint: string): Promise<KeyedRequest | undefined> {
    const { store, clock, tenure } = this.#tools;
    const until = clock.steady() + this.#waitMs;
    for (;;) {
      const known = await store.keyedRequest(scope, clock.steady());
      if (!known || known.node === undefined || known.node === tenure.id) return known;
      demandSame(known.fingerprint, fingerprint);
      if (clock.steady() >= until) throw inUse();
      await rest(clock, lookEveryMs, new AbortController().signal);
    }
  }

  /** False: another node was faster. */
  async #claim(request: KeyedRequest): Promise<boolean> {
    const { store, clock, tenure } = this.#tools;
    const claim = tenure.id === undefined ? request : { ...request, node: tenure.id };
    try {
      await store.claimKey(claim, clock.steady());
      return true;
    } catch (error) {
      if (isInUse(error)) return false;
      throw error;
    }
  }

  #turn(request: KeyedRequest, storedWith: "claim" | "work", answered: UnderWay["answered"]): Turn {
    return {
      request,
      end: async (answer) => {
        if (storedWith === "claim") await this.#store(request.scope, answer);
        this.#underWay.delete(request.scope);
        answered.resolve(answer);
      },
      overtaken: async () => {
        try {
          const answer = await this.#answerOfAnother(request);
          answered.resolve(answer);
          return answer;
        } catch (error) {
          answered.reject(error);
          throw error;
        } finally {
          this.#underWay.delete(request.scope);
        }
      },
    };
  }

  async #answerOfAnother({ scope, fingerprint }: KeyedRequest): Promise<Answer> {
    const known = await this.#known(scope, fingerprint);
    if (known) return answerKnown(this.#tools.clock, known, fingerprint);
    throw inUse();
  }

  /** What was done stands, so its answer is given also where it cannot be stored: a repetition is told as cut short. */
  async #store(scope: string, { status, contentType, body }: Answer): Promise<void> {
    const { store, log } = this.#tools;
    try {
      if (status < 400) await store.keepAnswer(scope, { status, contentType, body });
      else await store.releaseKey(scope);
    } catch (error) {
      log.error({ err: error }, "the answer to a request with an Idempotency-Key was not stored");
    }
  }

  async #answerOf(twin: UnderWay, fingerprint: string): Promise<Answer> {
    demandSame(twin.fingerprint, fingerprint);
    const ended = new AbortController();
    const late = rest(this.#tools.clock, this.#waitMs, ended.signal);
    const answer = await Promise.race([twin.answered.promise, late]).finally(() => ended.abort());
    if (answer) return answer;
    throw inUse();
  }
}

/** Whether the store refused it because another node had stored the same request. */
export function isInUse(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "idempotency_key_in_use";
}

function inUse(): GatewayError {
  return new GatewayError(
    "idempotency_key_in_use",
    "The first request with this Idempotency-Key is still under way: ask again for its answer.",
  );
}

function answerKnown(clock: Clock, { fingerprint, answer, expiresAt }: KeyedRequest, given: string): Answer {
  demandSame(fingerprint, given);
  if (answer) return answer;
  const begun = timestamp(wallTimeOf(clock, expiresAt - keepMs));
  throw new GatewayError(
    "idempotency_key_interrupted",
    `The request with this Idempotency-Key began at ${begun} and was cut short: whether its work was done is not known. Look before you repeat it with a new key.`,
  );
}

function demandSame(first: string, given: string): void {
  if (first === given) return;
  throw new GatewayError(
    "idempotency_key_reused",
    "This Idempotency-Key came with another body before; nothing was done. Give every request a key of its own.",
  );
}
