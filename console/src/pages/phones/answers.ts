import type { Bubble, PhoneAct, Screen } from "../../phones/screen.ts";

/** One way to answer the newest message, and the act on the phone that it stands for. */
export interface Answer {
  label: string;
  act: PhoneAct;
}

/** What the person may choose in the newest message of the business that asks for an answer. */
export function answersTo(screen: Screen): Answer[] {
  const { bubbles, quickReplies, keyboard } = screen;
  // A bot's keyboard stays on the phone when a later message asks for something else.
  const isKeyboardNewest = keyboard?.bubble === bubbles.at(-1)?.id;
  const loose = [quickReplies, isKeyboardNewest ? keyboard : undefined].flatMap((hanging) =>
    (hanging?.controls ?? []).map(
      (control): Answer => ({
        label: control.label,
        act: { act: "tap", bubble: hanging?.bubble ?? "", control },
      }),
    ),
  );
  if (loose.length > 0) return loose;
  return bubbles.slice(newestFrom(bubbles)).flatMap(answersOf);
}

/**
 * Where the newest message begins. What asks for an answer is in the last part of a message; where its cards are
 * messages of their own, a picture with buttons each, they are all of it. An answer, or a later message, ends all that.
 */
function newestFrom(bubbles: readonly Bubble[]): number {
  const before = bubbles.findLastIndex((bubble) => !isCard(bubble));
  return Math.min(before + 1, bubbles.length - 1);
}

function isCard({ from, parts }: Bubble): boolean {
  const kinds = parts.map(({ kind }) => kind);
  return from === "business" && kinds.includes("media") && kinds.includes("controls");
}

function answersOf(bubble: Bubble): Answer[] {
  if (bubble.from === "person") return [];
  return bubble.parts.flatMap((part): Answer[] => {
    switch (part.kind) {
      case "controls":
        return part.controls.map((control) => ({
          label: isCard(bubble) ? titled(firstLine(bubble), control.label) : control.label,
          act: { act: "tap", bubble: bubble.id, control },
        }));
      case "list":
        return part.sections
          .flatMap(({ rows }) => rows)
          .map(({ title }, row) => ({
            label: title,
            act: { act: "choose", bubble: bubble.id, row, title },
          }));
      case "cards":
        return part.cards.flatMap(({ title, text, controls }, at) =>
          controls.map((control) => ({
            label: titled(
              title ?? text?.text.split("\n")[0] ?? `${at + 1}`,
              controls.length > 1 ? control.label : "",
            ),
            act: { act: "tap" as const, bubble: bubble.id, control },
          })),
        );
      case "poll":
        return part.poll.closed || part.poll.options.some(({ voted }) => voted)
          ? []
          : part.poll.options.map(({ text }) => ({
              label: text,
              act: { act: "vote", bubble: bubble.id, options: [text] },
            }));
      default:
        return [];
    }
  });
}

/** Cards have the same buttons: which card it is comes first. */
const titled = (card: string, label: string) => [card, label].filter(Boolean).join(" · ");

function firstLine({ parts }: Bubble): string {
  const text = parts.find((part) => part.kind === "text");
  return text?.text.text.split("\n")[0] ?? "";
}

/** A phone's act as the simulator takes it; nothing where the phone only shows something. */
export function simulatedAct(act: PhoneAct): object | undefined {
  switch (act.act) {
    case "tap":
      return { act: "tap", message: act.bubble, button: act.control.button };
    case "choose":
      return { act: "choose", message: act.bubble, row: act.row };
    case "vote":
      return { act: "vote", message: act.bubble, option: act.options.length > 0 ? act.options : null };
    case "say":
      return { act: "say", text: act.text };
    case "react":
      return { act: "react", message: act.bubble, emoji: act.emoji };
    default:
      return undefined;
  }
}
