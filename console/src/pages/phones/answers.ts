import type { Bubble, PhoneAct, Screen } from "../../phones/screen.ts";

/** One way to answer the newest message, and the act on the phone that it stands for. */
export interface Answer {
  label: string;
  act: PhoneAct;
}

/** What the person may choose in the newest message of the business that asks for an answer. */
export function answersTo(screen: Screen): Answer[] {
  const { bubbles, quickReplies, keyboard } = screen;
  const loose = [quickReplies, keyboard].flatMap((hanging) =>
    (hanging?.controls ?? []).map(
      (control): Answer => ({
        label: control.label,
        act: { act: "tap", bubble: hanging?.bubble ?? "", control },
      }),
    ),
  );
  if (loose.length > 0) return loose;
  for (const bubble of bubbles.toReversed()) {
    if (bubble.from === "person") return [];
    const answers = answersOf(bubble);
    if (answers.length > 0) return answers;
  }
  return [];
}

function answersOf(bubble: Bubble): Answer[] {
  return bubble.parts.flatMap((part): Answer[] => {
    switch (part.kind) {
      case "controls":
        return part.controls.map((control) => ({
          label: control.label,
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
        return part.cards.flatMap(({ title, controls }, at) =>
          controls.map((control) => ({
            label: [title ?? `${at + 1}`, ...(controls.length > 1 ? [control.label] : [])].join(" · "),
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
