import { request as get } from "undici";
import { isObject } from "../core/json.ts";
import type {
  Handling,
  SimulatedAnswer,
  SimulatedPlatform,
  SimulatedRequest,
  World,
} from "../core/simulation.ts";
import type { CallLog } from "./call-log.ts";
import { callFaults, type FaultKind, type Faults } from "./faults.ts";
import type { CallHappened, Cause, Journal } from "./journal.ts";
import type { Mailbox } from "./mailbox.ts";
import type { SimulatorStorage } from "./storage.ts";
import { Waiters } from "./waiters.ts";

/** What the transport is to do: answer, or break off after acceptance in one of two ways. */
export type Ending = { kind: "answer"; answer: SimulatedAnswer } | { kind: "silence" } | { kind: "reset" };

export interface ExchangeParts {
  world: World;
  storage: SimulatorStorage;
  faults: Faults;
  mailbox: Mailbox;
  log: CallLog;
  journal: Journal;
}

const handshakeTimeoutMs = 10_000;

/** One call of a client, from its arrival to the answer: logged, struck by faults, handled by the platform's side. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #waiters: Waiters;
  readonly #running = new Set<Promise<Ending>>();

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#waiters = new Waiters(parts.mailbox);
  }

  /** `gone` is aborted when the client has left. */
  async run(platform: SimulatedPlatform, request: SimulatedRequest, gone: AbortSignal): Promise<Ending> {
    const running = this.#run(platform, request, gone);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  /** Resolves when no call is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }

  async #run(platform: SimulatedPlatform, request: SimulatedRequest, gone: AbortSignal): Promise<Ending> {
    const { world, storage, faults, log, mailbox } = this.#parts;
    const at = world.now();
    const { channel, shownPath } = platform.addressee(world, request);
    const id = log.begin({
      at,
      platform: platform.name,
      channel,
      path: shownPath,
      request,
    });
    const isSend = platform.isSend(request);
    const fault = isSend ? faults.strike(platform.name, callFaults) : undefined;
    const told = (struck?: FaultKind, causes: readonly Cause[] = []) =>
      this.#tell({
        call: id,
        at,
        platform: platform.name,
        isSend,
        tookMs: world.now() - at,
        fault: struck,
        causes,
      });
    if (fault && (fault.kind === "rate_limit" || fault.kind === "server_error")) {
      const answer = platform.faultAnswer(fault.kind, fault.retry_after ?? 1);
      log.end(id, { accepted: false, person: addressed(world, platform, request, channel), answer });
      told(fault.kind);
      return { kind: "answer", answer };
    }
    const unanswered = fault?.kind === "silence" || fault?.kind === "drop_answer";
    // One transaction: what a call did and what the log says of it cannot part, even by a kill in between.
    const handling = storage.transaction(() => {
      const handled = mailbox.because(`call:${id}`, () => platform.handle(world, request));
      if (handled.kind === "answer") {
        const { answer, person = addressed(world, platform, request, channel) } = handled;
        const accepted = answer.status < 400;
        log.end(id, { accepted, person, answer: unanswered && accepted ? null : answer });
      }
      return handled;
    });
    if (unanswered && handling.kind === "answer" && handling.answer.status < 400) {
      told(fault.kind);
      return { kind: fault.kind === "silence" ? "silence" : "reset" };
    }
    const answer = await this.#finish(handling, gone);
    if (handling.kind !== "answer") log.end(id, { accepted: answer.status < 400, answer });
    const brought = handling.kind === "wait" ? this.#waiting(platform, channel) : [];
    // Most polls bring nothing, again and again: nobody would look at them.
    if (handling.kind !== "wait" || brought.length > 0 || answer.status >= 400) told(undefined, brought);
    return { kind: "answer", answer };
  }

  /** What the updates come from that a poll has just been given: they wait until its next one confirms them. */
  #waiting(platform: SimulatedPlatform, channel: string | undefined): Cause[] {
    const rows = this.#parts.storage.all(
      "SELECT DISTINCT causes FROM updates WHERE platform = ? AND channel = ? AND held IS NULL",
      platform.name,
      channel ?? "",
    );
    return [...new Set(rows.flatMap((row) => JSON.parse(String(row.causes)) as Cause[]))];
  }

  #tell(call: Omit<CallHappened, "kind">): void {
    this.#parts.journal.append({ kind: "call", ...call });
  }

  /** Runs what a webhook's answer asked for; nobody is told what came of it. */
  obey(platform: SimulatedPlatform, request: SimulatedRequest): void {
    void this.run(platform, request, new AbortController().signal);
  }

  async #finish(handling: Handling, gone: AbortSignal): Promise<SimulatedAnswer> {
    if (handling.kind === "answer") {
      if (handling.ousts) this.#waiters.oust(handling.ousts.key, handling.ousts.answer);
      return handling.answer;
    }
    if (handling.kind === "wait") {
      return this.#waiters.wait(handling, gone, (work) => this.#parts.storage.transaction(work));
    }
    const passed = await handshake(handling.url, handling.expects);
    return this.#parts.storage.transaction(() => handling.settle(passed));
  }
}

async function handshake(url: string, expects: string): Promise<boolean> {
  try {
    const answer = await get(url, { headersTimeout: handshakeTimeoutMs, bodyTimeout: handshakeTimeoutMs });
    const body = await answer.body.text();
    return answer.statusCode === 200 && body.trim() === expects;
  } catch {
    return false;
  }
}

/** Whom a refused call was for, so that an audit of one person finds it. */
function addressed(
  world: World,
  platform: SimulatedPlatform,
  { body }: SimulatedRequest,
  channel: string | undefined,
): string | undefined {
  const recipient = isObject(body.recipient) ? body.recipient.id : body.recipient;
  const to = String(body.to ?? recipient ?? body.chat_id ?? "").replace(/^\+/, "");
  return world.people(platform.name, channel).find(({ address }) => address.replace(/^\+/, "") === to)?.id;
}
