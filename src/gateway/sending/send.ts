import { momentOf } from "../../core/clock.ts";
import type { Outcome, Upload } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import { callBackoffMs } from "../../core/retry.ts";
import type { CallRow, ChannelRow, MessageRow, PaceRow } from "../../store/rows.ts";
import type { Settlement } from "../../store/sending.ts";
import { ask } from "../ask.ts";
import { accessTo } from "../connecting/channels.ts";
import { heedAnswer } from "../connecting/restricted.ts";
import type { Gateway } from "../gateway.ts";
import { outcomeOf } from "../outcome.ts";
import type { Exchange } from "../transport.ts";
import { untilStored } from "../until-stored.ts";
import { unanswered } from "./ambiguity.ts";
import { pauseRow } from "./pauses.ts";

/** Below the 25 s that a drain may take, so that a silent platform cannot keep the process from ending. */
const callLimits = { deadlineMs: 20_000, maxBytes: 256 * 1024 };

/** An upload has this for its bytes besides, at 2 Mbit/s: 50 MB take up to 200 s. A gateway that stops cuts it off. */
const uploadBytesPerMs = 250;

/** What an answer asks for: nothing to this conversation, or to the whole channel, until then. */
export interface Pause {
  scope: "contact" | "channel";
  /** Gateway time. */
  untilMs: number;
}

type Retry = Outcome & { kind: "retry" };

interface Head {
  call: CallRow;
  message: MessageRow;
}

interface Sending {
  head: Head;
  /** The rates that it uses. */
  paces: readonly PaceRow[];
  upload?: Upload;
  /** Lets the lanes of a channel go on that may send again. */
  wake: (channelId: string) => void;
  /** Told when its intent is stored. */
  leaves: () => void;
  /** Told when an answer asks for it, which is before it can be stored. */
  rests: (pause: Pause) => void;
  /** Its channel is given away. */
  stopping: AbortSignal;
  /** The gateway ends. */
  ending: AbortSignal;
}

/**
 * Sends one call: the intent is committed before a byte leaves, the outcome before anything else is done. `upload` goes
 * up in place of its link. `ending` ends the wait for a store that refuses; the call is then found interrupted at the
 * next start.
 */
export async function sendCall(
  gateway: Gateway,
  channel: ChannelRow,
  { head: { call, message }, paces, upload, wake, leaves, rests, stopping, ending }: Sending,
): Promise<void> {
  const { log } = gateway;
  const ids = { message: message.id, call: call.id, channel: channel.id };
  const begunSteady = await begun(gateway, call.id, paces);
  if (begunSteady === undefined) return;
  traceWait(gateway, { call, message });
  const span = gateway.tracing.begin({ name: "platform call", parent: message.trace, attributes: ids });
  leaves();
  const liftings = gateway.channels.liftings(channel.id);
  const tried = await attempt(gateway, channel, { call: call.call, upload, stopping });
  const { at, startedAt, httpStatus, outcome } = tried;
  span.end({ ...(outcome.kind !== "accepted" && { problem: outcome.kind }), attributes: { httpStatus } });
  if (upload) log.info({ ...ids, outcome: outcome.kind }, "sent the file instead of its link");
  const retryAt = againAt(gateway, { call, message }, outcome);
  const pause = outcome.kind === "retry" ? pauseOf(outcome, gateway.clock.steady(), retryAt) : undefined;
  const settlement: Settlement = {
    callId: call.id,
    ofTry: { number: call.tries + 1, begunSteady },
    ...tried,
    retryAt,
    ...(outcome.kind === "unknown" && unanswered(gateway, { channel, call, message })),
    ...(pause && { paces: [pauseRow(pausedBy(pause, call), pause.untilMs)] }),
  };
  const settling = gateway.tracing.begin({ name: "settle", parent: message.trace, attributes: ids });
  keepAnswer(gateway, call, settlement);
  if (pause) rests(pause);
  await untilStored(() => gateway.store.settleCall(settlement), gateway, ending);
  gateway.journal.release(call.id);
  settling.end();
  measureCall(gateway, { channel, message, settlement });
  const next = { tries: call.tries + 1, ...nextOf(gateway, settlement) };
  log.info({ ...ids, outcome: outcome.kind, httpStatus, ms: at - startedAt, ...next }, "call settled");
  if (pause) logPause(gateway, { channel, call, pause });
  gateway.eventsWritten.raise();
  const heard = { outcome, isUnsent: tried.isUnsent, liftings, wake, ending };
  await heedAnswer(gateway, channel, { ...heard, conversationId: call.conversationId });
}

/** What becomes of the call now, for the log. */
function nextOf({ clock }: Gateway, { outcome, retryAt, unanswered }: Settlement) {
  const inMs = (dueAt: number) => ({ nextInMs: Math.max(0, dueAt - clock.steady()) });
  if (outcome.kind === "unknown" && unanswered)
    return { as: unanswered.as, ...("dueAt" in unanswered && inMs(unanswered.dueAt)) };
  return retryAt === undefined ? {} : { as: "queued", ...inMs(retryAt) };
}

function logPause(
  { log, meter, clock }: Gateway,
  { channel, call, pause }: { channel: ChannelRow; call: CallRow; pause: Pause },
): void {
  const { scope, untilMs } = pause;
  const of = { channel: channel.id, ...(scope === "contact" && { conversation: call.conversationId }) };
  log.info({ ...of, call: call.id, ms: untilMs - clock.steady() }, "a platform asked for a pause");
  meter.count("antiphon_pauses_total", { platform: channel.platform, reason: scope });
}

function measureCall(
  { meter }: Gateway,
  { channel, message, settlement }: { channel: ChannelRow; message: MessageRow; settlement: Settlement },
): void {
  const { platform } = channel;
  const { at, startedAt, outcome } = settlement;
  meter.count("antiphon_calls_settled_total", { platform, outcome: outcome.kind });
  meter.time("antiphon_call_seconds", Math.max(0, at - startedAt) / 1000, { platform });
  if (outcome.kind === "accepted")
    meter.time("antiphon_answer_seconds", Math.max(0, at - message.createdAt) / 1000, { platform });
}

/** From the acceptance of a message, or since its call was due again, until it left. */
function traceWait({ tracing, clock }: Gateway, { call, message }: Head): void {
  const sinceMs = Math.max(0, clock.steady() - call.dueAt);
  const attributes = { message: message.id, call: call.id, tries: call.tries + 1 };
  const startedAt = Math.round(clock.now() - sinceMs);
  tracing.begin({ name: "lane wait", parent: message.trace, startedAt, attributes }).end();
}

/** Whose pause it is: the conversation's or the channel's. */
export function pausedBy({ scope }: Pause, { channelId, conversationId }: CallRow): string {
  return scope === "channel" ? channelId : conversationId;
}

/** When, in gateway time. Undefined when it was cancelled a moment ago, or the platform has told of it: it stays. */
async function begun(
  { store, clock }: Gateway,
  callId: string,
  paces: readonly PaceRow[],
): Promise<number | undefined> {
  const moment = momentOf(clock);
  try {
    await store.beginCall(callId, moment, paces);
    return moment.steady;
  } catch (error) {
    if (error instanceof GatewayError && error.code === "conflict") return undefined;
    throw error;
  }
}

/** What can be learned only once is in the journal before its commit is waited for. */
function keepAnswer({ journal }: Gateway, call: CallRow, settlement: Settlement): void {
  const { callId, startedAt, at, httpStatus, retryAt, paces, outcome, isUnsent, ofTry } = settlement;
  if (outcome.kind === "unknown") return;
  const answered = { callId, attempt: call.tries + 1, startedAt, at, httpStatus, retryAt, paces, outcome };
  journal.keep(isUnsent ? { ...answered, unsentSince: ofTry?.begunSteady } : answered);
}

async function attempt(
  gateway: Gateway,
  channel: ChannelRow,
  { call, upload, stopping }: { call: CallRow["call"]; upload?: Upload; stopping: AbortSignal },
) {
  const { transport, clock, platforms, tenure } = gateway;
  const platform = platforms[channel.platform];
  const startedSteady = clock.steady();
  const party = { platform, access: accessTo(channel), upload };
  const withinMs = callLimits.deadlineMs + (upload?.bytes.length ?? 0) / uploadBytesPerMs;
  const mayLeave = () => tenure.stillStands(`channel ${channel.id}`);
  const limits = { ...callLimits, mayLeave, ...(upload && { upload: { withinMs, signal: stopping } }) };
  const exchange = await ask(transport, party, call, limits).catch(unsendable);
  const httpStatus = exchange.kind === "answer" ? exchange.response.status : undefined;
  const at = clock.now();
  // Counted back, so that it took as long as it took, whatever the wall clock did meanwhile.
  const startedAt = at - (clock.steady() - startedSteady);
  const isUnsent = exchange.kind === "unwritten";
  return { at, startedAt, httpStatus, isUnsent, outcome: outcomeOf(exchange, platform) };
}

/**
 * The file that was to go up did not come: the refusal of its link stands. An earlier upload without an answer may have
 * arrived all the same, and leaves it unknown.
 */
export async function refuseUpload(
  { store, clock, eventsWritten }: Gateway,
  { id, problem, unanswered }: CallRow,
  { reason, hint = problem?.hint, startedAt }: { reason: string; hint?: string; startedAt: number },
): Promise<void> {
  const { code, message } = problem ?? {
    code: "unfetched",
    message: "The platform could not fetch the file.",
  };
  const told = `${message.replace(/\.$/, "")}. It could not be uploaded instead: ${reason}.`;
  const outcome = { kind: "rejected" as const, problem: { code, message: told, hint } };
  const at = clock.now();
  if (unanswered > 0) await store.endHold(id, { as: "unknown" }, at);
  else await store.settleCall({ callId: id, startedAt, at, outcome });
  eventsWritten.raise();
}

/** The call cannot be put together with this channel's credentials: nothing has left. */
function unsendable(error: Error): Exchange {
  return { kind: "unwritten", reason: error.message };
}

/** When the call goes on, if it does. */
function againAt(gateway: Gateway, { call, message }: Head, outcome: Outcome): number | undefined {
  if (outcome.kind === "retry") return retryTime(gateway, call, outcome, message);
  const isForUpload =
    outcome.kind === "rejected" && outcome.isUnfetched && call.call.upload && !call.isByUpload;
  return isForUpload ? gateway.clock.steady() : undefined;
}

/** Undefined when it had its tries, or the message would be out of date by then: it fails instead. */
function retryTime(gateway: Gateway, call: CallRow, outcome: Retry, message: MessageRow): number | undefined {
  // As soon as the channel goes on.
  if (outcome.until) return gateway.clock.steady();
  const tries = call.tries + 1;
  if (outcome.maxTries !== undefined && tries >= outcome.maxTries) return undefined;
  const backoffMs = callBackoffMs(tries, gateway.random);
  const waitMs =
    outcome.afterSeconds === undefined ? backoffMs : outcome.afterSeconds * 1000 + backoffMs / 10;
  const dueAt = gateway.clock.steady() + Math.ceil(waitMs);
  return message.expiresAt !== undefined && dueAt > message.expiresAt ? undefined : dueAt;
}

/** From the answer alone: it holds for the next message too when this one is given up. */
function pauseOf(
  { scope, afterSeconds, until }: Retry,
  now: number,
  retryAt: number | undefined,
): Pause | undefined {
  if (until) return undefined;
  const untilMs = afterSeconds === undefined ? retryAt : now + afterSeconds * 1000;
  return untilMs === undefined ? undefined : { scope, untilMs };
}
