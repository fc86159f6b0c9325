import type { ThreadMessage } from "../../api/thread.ts";
import { personBubble } from "../../content/person-bubble.ts";
import type { Bubble, Reaction, Screen } from "../../phones/screen.ts";
import { screenOfCalls } from "../../phones/screen-of-calls.ts";

/** One message in a thread, as the person's screen has it. */
export interface ThreadItem {
  message: ThreadMessage;
  /** None where nothing of it can be drawn. */
  bubbles: Bubble[];
  /** What stands under the newest message alone. */
  tray?: Pick<Screen, "quickReplies" | "keyboard">;
}

/** Messages as bubbles; a reaction stands on the bubble that it is to, as soon as that is known. */
export function threadItems(messages: readonly ThreadMessage[]): ThreadItem[] {
  const reactions = reactionsOf(messages);
  const known = new Set(messages.flatMap(({ id, platform_ids }) => [id, ...platform_ids]));
  return messages
    .filter((message) => !(isReaction(message) && known.has(targetOf(message) ?? "")))
    .map((message) => itemOf(message, reactions));
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
