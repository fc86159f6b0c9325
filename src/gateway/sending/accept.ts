import type { Adaptation } from "../../core/adaptation.ts";
import { momentOf } from "../../core/clock.ts";
import type { SendRequest } from "../../core/message.ts";
import { mergedOptions } from "../../core/options.ts";
import type { Chat, Rendering } from "../../core/platform.ts";
import { refuseUnless, withNormalised } from "../../core/preview.ts";
import { type FieldProblem, GatewayError } from "../../core/problem.ts";
import type { ChannelRow, ConversationRow, KeyedRequest, MessageRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { rest } from "../rest.ts";
import { newToken } from "../secret.ts";
import { isWindowClosed, refuseIfClosed, windowWarnings } from "./window.ts";

const defaultTtlSeconds = 86_400;
const quoteWithinMs = 5_000;
const lookAgainMs = 100;

/** A request that passed validation, with what validation had to say of it. */
export interface ValidSend {
  request: SendRequest;
  normalised: string[];
  warnings: FieldProblem[];
}

export interface Accepted {
  message: Pick<MessageRow, "id" | "status" | "address">;
  channel: ChannelRow;
  adaptation: Adaptation;
  warnings: FieldProblem[];
}

interface Accepting {
  /** Minted unless given. */
  id?: string;
  /** The request that it came by and the answer to it, if they are to be kept with the message. */
  keyed?: (accepted: Accepted) => KeyedRequest | undefined;
  /** The trace of the request. */
  trace?: string;
}

/** Where there is room: renders, stores message and calls in one commit, and wakes the lane. */
export async function acceptMessage(
  gateway: Gateway,
  send: ValidSend,
  accepting: Accepting = {},
): Promise<Accepted> {
  const { id: channelId, platform } = gateway.channels.from(send.request.from);
  const began = gateway.clock.steady();
  const span = gateway.tracing.begin({
    name: "accept",
    parent: accepting.trace,
    attributes: { channel: channelId },
  });
  try {
    const accepted = await inTurn(gateway, send, { ...accepting, trace: span.trace });
    span.end({ attributes: { message: accepted.message.id } });
    gateway.meter.count("antiphon_accepted_total", { platform });
    gateway.meter.time("antiphon_accept_seconds", (gateway.clock.steady() - began) / 1000, { platform });
    return accepted;
  } catch (error) {
    span.end({ problem: error instanceof GatewayError ? error.code : "internal" });
    throw error;
  }
}

async function inTurn(gateway: Gateway, send: ValidSend, accepting: Accepting): Promise<Accepted> {
  const { id: channelId } = gateway.channels.from(send.request.from);
  return gateway.admission.message(channelId, () => admitted(gateway, send, accepting));
}

async function admitted(
  gateway: Gateway,
  send: ValidSend,
  { id = gateway.mint("msg"), keyed, trace }: Accepting,
): Promise<Accepted> {
  const plan = await planMessage(gateway, send);
  const { request } = send;
  const accepted: Accepted = {
    message: { id, status: "accepted", address: plan.to.address },
    channel: plan.channel,
    adaptation: plan.adaptation,
    warnings: [...send.warnings, ...plan.warnings],
  };
  const { at, steady } = momentOf(gateway.clock);
  const { conversationId } = await gateway.store.acceptMessage({
    message: {
      id,
      channelId: plan.channel.id,
      address: plan.to.address,
      content: request.content,
      createdAt: at,
      token: plan.token,
      metadata: request.metadata,
      policy: request.adapt ?? "lossless",
      options: request.options,
      adaptation: plan.adaptation,
      choices: plan.rendering.choices,
      ...(trace !== undefined && { trace }),
      ...(request.on_ambiguous && { onAmbiguous: request.on_ambiguous }),
      ...(request.on_failed && { onFailed: request.on_failed }),
      expiresAt: steady + (request.ttl_seconds ?? defaultTtlSeconds) * 1000,
    },
    calls: plan.rendering.calls.map((call) => ({ id: gateway.mint("call"), call })),
    dueAt: steady,
    chat: plan.chat,
    aliases: plan.to.aliases,
    keyed: keyed?.(accepted),
  });
  gateway.log.info({ message: id, channel: plan.channel.id, calls: plan.rendering.calls.length }, "accepted");
  gateway.laneReady.raise({ conversationId, channelId: plan.channel.id });
  gateway.accepted.raise(plan.channel.id);
  return accepted;
}

interface Plan {
  channel: ChannelRow;
  to: { address: string; aliases: string[] };
  chat: Chat;
  token: string;
  rendering: Rendering;
  adaptation: Adaptation;
  warnings: FieldProblem[];
}

/** All that sending decides before anything is written; a preview stops here. */
export async function planMessage(gateway: Gateway, send: ValidSend): Promise<Plan> {
  const { request, normalised } = send;
  const channel = gateway.channels.from(request.from);
  const platform = gateway.platforms[channel.platform];
  const to = platform.address(request.to);
  if ("problem" in to)
    throw new GatewayError("invalid_message", to.problem.message, { errors: [to.problem] });
  const chat: Chat = { id: to.address, type: to.chat };
  const conversation = await gateway.store.findConversation(channel.id, chat, to.aliases);
  const token = newToken();
  const now = gateway.clock.now();
  const wish = { origin: request.origin, conversation, now };
  if (request.if_window_closed === "reject") refuseIfClosed(platform, wish);
  const options = mergedOptions(channel.options, request.options);
  const rendering = platform.render(request.content, {
    to: to.address,
    chat: chat.type,
    token,
    options,
    language: options.language ?? conversation?.contact?.language,
    quotes: await quotedPlatformId(gateway, request, channel, conversation),
    origin: request.origin,
    isWindowClosed: isWindowClosed(platform, conversation, now),
  });
  refuseUnless(rendering.adaptation, request.adapt ?? "lossless", platform);
  const adaptation = withNormalised(rendering.adaptation, normalised);
  const warnings = [...(rendering.warnings ?? []), ...windowWarnings(platform, wish)];
  return { channel, to, chat, token, rendering, adaptation, warnings };
}

/**
 * `context.message_id` and a reaction's target may be our id or the platform's; the platform needs its own. Only a
 * message of the same conversation will do: Telegram's numbers mean another message in another chat.
 */
async function quotedPlatformId(
  gateway: Gateway,
  request: SendRequest,
  channel: ChannelRow,
  conversation: ConversationRow | undefined,
): Promise<string | undefined> {
  const reaction = "reaction" in request.content ? request.content.reaction : undefined;
  const id = reaction?.message_id ?? request.context?.message_id;
  if (id === undefined) return undefined;
  await untilItLeft(gateway, id);
  const quoted =
    (await gateway.store.message(id))?.message ?? (await gateway.store.messageByPlatformId(channel.id, id));
  const platformId = quoted && (quoted.platformIds.includes(id) ? id : quoted.platformIds[0]);
  if (platformId && quoted.conversationId === conversation?.id) return platformId;
  const pointer = reaction ? "/content/reaction/message_id" : "/context/message_id";
  const message = `No message ${JSON.stringify(id.slice(0, 80))} that the platform knows is in this conversation.`;
  throw new GatewayError("invalid_message", message, {
    errors: [
      {
        pointer,
        rule: "unknown_message",
        message,
        hint: "Use the id of a message to or from the same recipient.",
      },
    ],
  });
}

/**
 * What was sent a moment ago is named by the platform only when it has left: that is worth a moment's wait, because
 * the lane lets the quoting message leave after it anyway.
 */
async function untilItLeft({ store, clock, eventsWritten }: Gateway, id: string): Promise<void> {
  const untilMs = clock.steady() + quoteWithinMs;
  for (;;) {
    const message = (await store.message(id))?.message;
    const isLeaving = message?.status === "accepted" || message?.status === "sending";
    if (!isLeaving || message.platformIds.length > 0 || clock.steady() >= untilMs) return;
    const woken = new AbortController();
    const unlisten = eventsWritten.listen(() => woken.abort());
    await rest(clock, lookAgainMs, woken.signal);
    unlisten();
  }
}
