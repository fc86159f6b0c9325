import type { Channel } from "../../api/channels.ts";
import type { Endpoint } from "../../api/endpoints.ts";
import type { ProblemEvent, ProblemType } from "../../api/problems.ts";
import { texts } from "../../texts/texts.ts";

const { problem: words, noChannel, noEndpoint, noContact } = texts.overview;

/** What is known of those that it is about. */
export interface Known {
  channels: readonly Channel[];
  endpoints: readonly Endpoint[];
}

/** A problem as a person reads it. */
export interface WordedProblem {
  sentence: string;
  /** What to do now. */
  advice: string;
  href: string;
  /** It has passed meanwhile: nothing is left to do. */
  isOver: boolean;
}

type Word = (event: ProblemEvent, known: Known) => Omit<WordedProblem, "isOver"> & { isOver?: boolean };

const ofMessage =
  (type: "message.failed" | "message.unknown" | "message.expired" | "conversation.blocked"): Word =>
  ({ message, conversation }) => {
    const { sentence, advice } = words[type];
    const { contact } = conversation ?? {};
    const problem = message?.problem;
    return {
      sentence: sentence(contact?.name ?? contact?.addresses[0] ?? noContact, problem?.message),
      advice: problem?.hint ?? advice,
      href: message ? `/messages/${message.id}` : "/messages?status=failed",
    };
  };

const ofChannel =
  (
    type: "channel.paused" | "channel.unsubscribed" | "channel.token_expiring" | "channel.account_warned",
  ): Word =>
  ({ channel: { id } = { id: "" }, reason }, { channels }) => {
    const channel = channels.find((one) => one.id === id);
    const { sentence, advice } = words[type];
    const isOver =
      (type === "channel.paused" && channel?.paused === false) ||
      (type === "channel.unsubscribed" && channel?.health?.registration.state === "ok");
    // The gateway's own reason says what to do; a person's pause has none.
    return {
      sentence: sentence(channel?.name ?? noChannel),
      advice: reason ?? advice,
      href: `/channels/${id}`,
      isOver,
    };
  };

const ofEndpoint =
  (type: "endpoint.failing" | "endpoint.disabled"): Word =>
  ({ endpoint: { id, last_error } = { id: "" } }, { endpoints }) => {
    const endpoint = endpoints.find((one) => one.id === id);
    const { sentence, advice } = words[type];
    const isOver = type === "endpoint.failing" ? !endpoint?.failing : !endpoint?.disabled;
    return {
      sentence: sentence(endpoint?.url ?? noEndpoint, last_error),
      advice,
      href: `/endpoints/${id}`,
      isOver: endpoint !== undefined && isOver,
    };
  };

const worded: Record<ProblemType, Word> = {
  "message.failed": ofMessage("message.failed"),
  "message.unknown": ofMessage("message.unknown"),
  "message.expired": ofMessage("message.expired"),
  "conversation.blocked": ofMessage("conversation.blocked"),
  "channel.paused": ofChannel("channel.paused"),
  "channel.unsubscribed": ofChannel("channel.unsubscribed"),
  "channel.token_expiring": ofChannel("channel.token_expiring"),
  "channel.account_warned": ofChannel("channel.account_warned"),
  "endpoint.failing": ofEndpoint("endpoint.failing"),
  "endpoint.disabled": ofEndpoint("endpoint.disabled"),
};

/** What went wrong, what to do about it, and where. */
export function wordsOf(event: ProblemEvent, known: Known): WordedProblem {
  return { isOver: false, ...worded[event.type](event, known) };
}
