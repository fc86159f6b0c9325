import type {
  ScreenButton,
  ScreenView,
  SimulatedMessage,
  SimulatedPerson,
  World,
} from "../../../../core/simulation.ts";
import { quickRepliesOf, shownTitle } from "./draw.ts";

export type Shown = ScreenView & { id: string; from: string };

const asButton = (reply: Record<string, unknown>): ScreenButton => ({
  label: shownTitle(reply.title),
  kind: "reply",
  place: "quick_reply",
});

/** Quick replies stand under the newest message only: they are gone after a tap and after any later message. */
export function shownView(message: SimulatedMessage, isNewest: boolean): ScreenView {
  const replies = isNewest ? quickRepliesOf(message.native).map(asButton) : [];
  if (replies.length === 0) return message.view;
  return { ...message.view, buttons: [...(message.view.buttons ?? []), ...replies] };
}

export function screen(world: World, person: SimulatedPerson): Shown[] {
  const messages = world.messages(person.id);
  const newest = messages.at(-1)?.id;
  return messages.map((message) => ({
    id: message.id,
    from: message.from,
    ...shownView(message, message.id === newest),
  }));
}
