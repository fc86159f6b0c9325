import type { ThreadMessage } from "../../api/thread.ts";
import { isVote } from "../../api/votes.ts";
import { personBubble } from "../../content/person-bubble.ts";
import type { Bubble, Poll, Reaction, Screen } from "../../phones/screen.ts";
import { screenOfCalls } from "../../phones/screen-of-calls.ts";

/** One message in a thread, as the person's screen has it. */
export interface ThreadItem {
  message: ThreadMessage;
  /** None where nothing of it can be drawn. */
  bubbles: Bubble[];
  /** What stands under the newest message alone. */
  tray?: Pick<Screen, "quickReplies" | "keyboard">;
}

/** Which message each vote was on, by the vote's id; and whether the chat is of one person, whose vote closes the poll. */
export interface Voted {
  on: ReadonlyMap<string, string>;
  isPrivate: boolean;
}

/** Messages as bubbles; a reaction and a vote stand on the bubble that they are to, as soon as that is known. */
export function threadItems(messages: readonly ThreadMessage[], voted: Voted): ThreadItem[] {
  const reactions = reactionsOf(messages);
  const votes = votesOf(messages, voted.on);
  const known = new Set(messages.flatMap(({ id, platform_ids }) => [id, ...platform_ids]));
  return messages
    .filter((message) => !(isReaction(message) && known.has(targetOf(message) ?? "")))
    .map((message) => itemOf(message, reactions))
    .map((item) => withVotes(item, votes.get(item.message.id), voted.isPrivate));
}

function itemOf(message: ThreadMessage, reactions: ReadonlyMap<string, Reaction[]>): ThreadItem {
  const { bubbles, ...tray } = screenOf(message);
  const own = [message.id, ...message.platform_ids].flatMap((id) => reactions.get(id) ?? []);
  const last = bubbles.at(-1);
  if (last && own.length > 0) last.reactions = own;
  return { message, bubbles, tray };
}

function screenOf(message: ThreadMessage): Pick<Screen, "bubbles" | "quickReplies" | "keyboard"> {
  const { id, direction, platform, status, type, content, calls, created_at } = message;
  const at = Date.parse(created_at);
  if (isReaction(message))
    return { bubbles: [{ id, from: "person", parts: [{ kind: "service", service: "reaction" }] }] };
  if (direction === "in") return { bubbles: [personBubble({ id, status, content, at })] };
  const drawn = calls.filter(({ path }) => path !== "");
  if (type === "erased" || drawn.length === 0) return { bubbles: [] };
  const { bubbles, quickReplies, keyboard } = screenOfCalls(platform, drawn);
  const named = bubbles.map((bubble, index) => ({ ...bubble, id: `${id} ${index}`, at }));
  return { bubbles: named, ...(quickReplies && { quickReplies }), ...(keyboard && { keyboard }) };
}

const isReaction = ({ type }: ThreadMessage) => type === "reaction";

interface Reacted {
  message_id?: string;
  emoji?: string;
}

const reactedIn = ({ content }: ThreadMessage) => (content.reaction ?? {}) as Reacted;
const targetOf = (message: ThreadMessage) => reactedIn(message).message_id;

/** The last of each side on each message; an empty one takes it back. */
function reactionsOf(messages: readonly ThreadMessage[]): Map<string, Reaction[]> {
  const bySide = new Map<string, Map<Reaction["from"], string>>();
  for (const message of messages.filter(isReaction)) {
    const { message_id, emoji = "" } = reactedIn(message);
    if (message_id === undefined || ["failed", "cancelled", "expired"].includes(message.status)) continue;
    const sides = bySide.get(message_id) ?? new Map();
    sides.set(message.direction === "in" ? "person" : "business", emoji);
    bySide.set(message_id, sides);
  }
  return new Map(
    [...bySide].map(([id, sides]) => [
      id,
      [...sides].filter(([, emoji]) => emoji !== "").map(([from, emoji]) => ({ from, emoji })),
    ]),
  );
}

const rowOf = ({ content }: ThreadMessage) =>
  (content.interactive as { list_reply?: { id: string } } | undefined)?.list_reply?.id;

/** The rows that were voted for, of each message that is known to have been voted on. */
function votesOf(messages: readonly ThreadMessage[], on: Voted["on"]): Map<string, Set<string>> {
  const votes = new Map<string, Set<string>>();
  for (const message of messages.filter(isVote)) {
    const [list, row] = [on.get(message.id), rowOf(message)];
    if (list !== undefined && row !== undefined) votes.set(list, (votes.get(list) ?? new Set()).add(row));
  }
  return votes;
}

interface Listed {
  action?: { sections?: { rows: { id: string }[] }[] };
}

/** A poll's options are the list's rows, in their order. */
function withVotes(item: ThreadItem, rows: ReadonlySet<string> | undefined, isPrivate: boolean): ThreadItem {
  if (!rows) return item;
  const { action } = (item.message.content.interactive ?? {}) as Listed;
  const ids = action?.sections?.flatMap((section) => section.rows.map(({ id }) => id)) ?? [];
  const withThem = (poll: Poll): Poll => ({
    ...poll,
    closed: poll.closed || isPrivate,
    options: poll.options.map((option, index) => ({ ...option, voted: rows.has(ids[index] ?? "") })),
  });
  const bubbles = item.bubbles.map((bubble) => ({
    ...bubble,
    parts: bubble.parts.map((part) => (part.kind === "poll" ? { ...part, poll: withThem(part.poll) } : part)),
  }));
  return { ...item, bubbles };
}
