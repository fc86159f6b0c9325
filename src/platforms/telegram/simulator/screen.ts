import type {
  Act,
  ScreenButton,
  ScreenView,
  SimulatedMessage,
  SimulatedPerson,
} from "../../../core/simulation.ts";
import { personState } from "./chats.ts";
import { inRows } from "./draw.ts";

/** The chat's reply keyboard, on the message that brought it. */
function keyboardButtons(person: SimulatedPerson, message: SimulatedMessage): ScreenButton[] {
  const { keyboard } = personState(person);
  if (keyboard?.message !== message.id) return [];
  return inRows(keyboard.rows).map(({ button, ...row }) => ({
    label: String(button.text),
    kind: button.request_location === true ? "location" : "reply",
    place: "keyboard",
    ...row,
  }));
}

/** A message as it stands on the person's screen now. */
export function viewOf(person: SimulatedPerson, message: SimulatedMessage): ScreenView {
  const buttons = [...(message.view.buttons ?? []), ...keyboardButtons(person, message)];
  return { ...message.view, ...(buttons.length > 0 ? { buttons } : {}) };
}

/** A button and its place among those of the message: the inline ones come first. */
export function find(
  person: SimulatedPerson,
  message: SimulatedMessage,
  choice: Extract<Act, { act: "tap" }>["button"],
): { button: ScreenButton; index: number } | undefined {
  const buttons = viewOf(person, message).buttons ?? [];
  const index =
    typeof choice === "string" ? buttons.findIndex((button) => button.label === choice) : choice.button;
  const button = typeof choice === "object" && choice.card !== undefined ? undefined : buttons[index];
  return button && { button, index };
}

const quoted = (texts: string[]) => texts.map((text) => `"${text}"`).join(", ");

/** One message in words, for a person who looked for something else. */
export function describe(person: SimulatedPerson, message: SimulatedMessage): string {
  const { text, media, location, poll, buttons } = viewOf(person, message);
  const parts = [`message "${message.id}" of the ${message.from}`];
  if (text !== undefined) parts.push(`text "${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`);
  if (media) parts.push(`a ${media.type}`);
  if (location) parts.push("a location");
  if (poll) parts.push(`a poll with ${quoted(poll.options.map((option) => option.text))}`);
  if (buttons) parts.push(`buttons ${quoted(buttons.map((button) => button.label))}`);
  return parts.join(", ");
}
