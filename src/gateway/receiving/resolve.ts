import type { InboundContent, Reply } from "../../core/message.ts";
import type { Answer, PlatformEvent } from "../../core/platform.ts";
import type { DigestedEvent } from "../../store/receiving.ts";
import type { ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { withMediaId } from "./media.ts";

type Received = PlatformEvent & { kind: "received" };

export interface Resolved {
  digested: DigestedEvent;
  /** The message that is answered or quoted, where it is one of ours. */
  answered?: MessageRow;
  /** True when the event names a message that the store does not know (yet). */
  isDangling: boolean;
}

/** Adds to a platform's event what only stored messages can: which message it answers, and the option in full. */
export async function resolveEvent(
  gateway: Gateway,
  channel: ChannelRow,
  event: PlatformEvent,
): Promise<Resolved> {
  if (event.kind === "edited") {
    return settled({ event: { ...event, content: withMediaId(event.content, channel) }, report: true });
  }
  if (event.kind !== "received") return settled({ event, report: true });
  const answered = await answeredMessage(gateway, channel, event);
  const content = contentOf(event, answered);
  const named = event.answer?.by === "poll" || event.answer?.by === "token" || quotedId(event) !== undefined;
  return {
    digested: {
      event,
      content: content && withMediaId(content, channel),
      answersMessageId: answered?.id,
      report: content !== undefined,
    },
    answered,
    isDangling: named && answered === undefined,
  };
}

function settled(digested: DigestedEvent): Resolved {
  return { digested, isDangling: false };
}

function quotedId(event: Received): string | undefined {
  const { answer, quotes } = event;
  return answer && "platformId" in answer && answer.platformId ? answer.platformId : quotes;
}

async function answeredMessage(
  gateway: Gateway,
  channel: ChannelRow,
  event: Received,
): Promise<MessageRow | undefined> {
  const { store } = gateway;
  const { answer } = event;
  if (answer?.by === "token") return store.messageByToken(channel.id, answer.token);
  if (answer?.by === "poll") return votedOn(gateway, channel, event, answer.pollId);
  const quoted = quotedId(event);
  if (quoted) return store.messageByPlatformId(channel.id, quoted);
  // On standby another app asks and answers.
  if (answer?.by !== "open_request" || !event.chat || event.standby) return undefined;
  const conversation = await store.findConversation(channel.id, event.chat, event.sender.aliases);
  return conversation && store.openLocationRequest(conversation.id);
}

/**
 * A poll whose request was never answered has an id that nobody told us. A vote on a poll of ours that we do not know
 * is then for the one list of the conversation whose fate is unknown: whoever votes has it. With two such lists
 * nobody can tell which, and a guess would be a wrong answer.
 */
async function votedOn(
  { store }: Gateway,
  channel: ChannelRow,
  { sender }: Received,
  pollId: string,
): Promise<MessageRow | undefined> {
  const known = await store.messageByPlatformId(channel.id, `poll:${pollId}`);
  if (known) return known;
  const chat = { id: sender.aliases[0] ?? "", type: "private" as const };
  const conversation = await store.findConversation(channel.id, chat, sender.aliases);
  const lost = conversation ? await store.unknownMessages(conversation.id) : [];
  const polls = lost.filter(({ adaptation }) =>
    adaptation?.steps.some(({ rule }) => rule === "list_as_poll"),
  );
  return polls.length === 1 ? polls[0] : undefined;
}

function contentOf(event: Received, answered: MessageRow | undefined): InboundContent | undefined {
  const reply = event.answer && replyOf(event.answer, answered);
  if (!reply) return event.content;
  const { attachments, referral }: Partial<InboundContent> = event.content ?? {};
  // A file or the answered story may come with a tap.
  const beside = {
    ...(attachments !== undefined && { attachments }),
    ...(referral !== undefined && { referral }),
  };
  return { type: "interactive", interactive: reply, ...beside };
}

/** The option as it was offered: a platform may send back less of it, or only its key. */
function replyOf(answer: Answer, answered: MessageRow | undefined): Reply | undefined {
  const choices = answered?.choices ?? [];
  if (answer.by === "token") return choices.find((choice) => choice.key === answer.key)?.reply;
  if (answer.by === "poll") return choices.find((choice) => choice.key === answer.keys[0])?.reply;
  if (answer.by !== "reply") return undefined;
  // Where it was no choice of ours, the content is what the platform made of it: a template's button, say.
  const offered = choices.find((choice) => replyId(choice.reply) === replyId(answer.reply))?.reply;
  // Of one whose words are erased the platform's own say more.
  return offered && titleOf(offered) === "" ? undefined : offered;
}

function replyId(reply: Reply): string | undefined {
  if (reply.type === "button_reply") return `button ${reply.button_reply.id}`;
  return reply.type === "list_reply" ? `list ${reply.list_reply.id}` : undefined;
}

/** The words on what was picked: told to the platform when it wants the pick acknowledged. */
export function pickedTitle(content: InboundContent | undefined): string | undefined {
  const reply = content?.type === "interactive" ? (content.interactive as Reply) : undefined;
  return (reply && titleOf(reply)) || undefined;
}

function titleOf(reply: Reply): string | undefined {
  if (reply.type === "button_reply") return reply.button_reply.title;
  return reply.type === "list_reply" ? reply.list_reply.title : undefined;
}
