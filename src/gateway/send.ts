import type { Outcome, Platform } from "../core/platform.ts";
import { callBackoffMs } from "../core/retry.ts";
import type { CallRow, ChannelRow, MessageRow } from "../store/rows.ts";
import { accessTo } from "./channels.ts";
import type { Gateway } from "./gateway.ts";
import type { Exchange } from "./transport.ts";

/** Shorter than the 25 s that a stopping gateway has: a call that nobody answers is settled before it ends. */
const callLimits = { deadlineMs: 20_000, maxBytes: 256 * 1024 };

/** A pause that an answer asks for: of one conversation, or of the whole channel. */
export interface Pause {
  scope: "contact" | "channel";
  untilMs: number;
}

/** Sends one call: the intent is committed before a byte leaves, the outcome before anything else is done. */
export async function sendCall(
  gateway: Gateway,
  channel: ChannelRow,
  { call, message }: { call: CallRow; message: MessageRow },
): Promise<Pause | undefined> {
  const { store, clock, log } = gateway;
  const startedAt = clock.now();
  await store.beginCall(call.id, startedAt);
  const platform = gateway.platforms[channel.platform];
  const exchange = await gateway.transport.exchange(
    platform.authorize(call.call, accessTo(channel)),
    callLimits,
  );
  const outcome = outcomeOf(exchange, platform);
  const at = clock.now();
  const retryAt = outcome.kind === "retry" ? retryTime(gateway, call, outcome, message) : undefined;
  const httpStatus = exchange.kind === "answer" ? exchange.response.status : undefined;
  await store.settleCall({ callId: call.id, at, startedAt, httpStatus, outcome, retryAt });
  log.info(
    {
      message: message.id,
      call: call.id,
      channel: channel.id,
      outcome: outcome.kind,
      httpStatus,
      ms: at - startedAt,
    },
    "call settled",
  );
  gateway.eventsWritten.raise();
  const isNamedPause = outcome.kind === "retry" && outcome.scope === "channel" && retryAt !== undefined;
  return isNamedPause ? { scope: "channel", untilMs: retryAt } : undefined;
}

/** Reads what the transport learned. A broken answer is an answer only if the platform can read it. */
export function outcomeOf(exchange: Exchange, platform: Platform): Outcome {
  if (exchange.kind === "answer") return platform.interpret(exchange.response);
  const problem = {
    code: exchange.kind === "unwritten" ? "unreachable" : "unanswered",
    message:
      exchange.kind === "unwritten"
        ? `${platform.title} could not be reached (${exchange.reason}); nothing was sent.`
        : `The request left, but ${platform.title} gave no answer (${exchange.reason}).`,
    hint:
      exchange.kind === "unanswered"
        ? "It may or may not have arrived; it is not sent again by itself."
        : undefined,
  };
  if (exchange.kind === "unwritten") return { kind: "retry", scope: "contact", problem };
  return { kind: "unknown", problem };
}

/** Undefined when the message would be out of date by then: it fails with the last problem instead. */
function retryTime(
  gateway: Gateway,
  call: CallRow,
  outcome: Outcome & { kind: "retry" },
  message: MessageRow,
): number | undefined {
  const backoffMs = callBackoffMs(call.tries + 1, gateway.random);
  const waitMs =
    outcome.afterSeconds === undefined ? backoffMs : outcome.afterSeconds * 1000 + backoffMs / 10;
  const at = gateway.clock.now() + Math.ceil(waitMs);
  return message.expiresAt !== undefined && at > message.expiresAt ? undefined : at;
}
