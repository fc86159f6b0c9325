import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Act, ActResult, ScreenButton, SimulatedMessage } from "../../../core/simulation.ts";
import { conflict, contextOf, describe, onScreen, type Scene, say, shareLocation } from "./scene.ts";

type Tap = Extract<Act, { act: "tap" }>;
interface Found {
  button: ScreenButton;
  card?: number;
  index: number;
}

function allButtons(message: SimulatedMessage): Found[] {
  const own = (message.view.buttons ?? []).map((button, index) => ({ button, index }));
  const cards = (message.view.cards ?? []).flatMap((card, position) =>
    card.buttons.map((button, index) => ({ button, index, card: position })),
  );
  return [...own, ...cards];
}

function find(message: SimulatedMessage, choice: Tap["button"]): Found {
  const all = allButtons(message);
  const matches = all.filter((found) =>
    typeof choice === "string"
      ? found.button.label === choice
      : found.index === choice.button && found.card === choice.card,
  );
  const [match] = matches;
  if (!match)
    conflict(`There is no button ${JSON.stringify(choice)} to tap. There is: ${describe(message)}.`);
  if (matches.length > 1) {
    conflict(
      `${matches.length} cards have a button ${JSON.stringify(choice)}: name one as {"card":0,"button":0}.`,
    );
  }
  return match;
}

function replyOf(message: SimulatedMessage, found: Found): JsonObject {
  const interactive = message.native.interactive as { action: JsonObject };
  const cards = interactive.action.cards as { action: JsonObject }[] | undefined;
  const action = found.card === undefined ? interactive.action : (cards?.[found.card]?.action ?? {});
  const button = (action.buttons as JsonObject[])[found.index];
  const reply = button?.reply ?? button?.quick_reply;
  return isObject(reply) ? (reply as JsonObject) : {};
}

/** Taps a button. A link opens and sends nothing; the opener of a list or form wants the act that answers it. */
export function tapped(scene: Scene, act: Tap): ActResult {
  const message = onScreen(scene, act.message);
  const found = find(message, act.button);
  const { kind, label, url } = found.button;
  if (kind === "url") return { messages: [], opened: url };
  if (kind === "location") {
    if (act.place) return shareLocation(scene, act.place, message);
    conflict(
      `"${label}" asks where the person is: act "share_location", or tap with "latitude" and "longitude".`,
    );
  }
  if (kind === "list")
    conflict(`"${label}" opens the list: act "choose" with one of its rows. There is: ${describe(message)}.`);
  if (kind !== "reply") conflict(`"${label}" opens a form: act "submit" with its values.`);
  const reply = replyOf(message, found);
  const content = {
    ...contextOf(scene, message),
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: reply.id ?? null, title: reply.title ?? null } },
  };
  return say(scene, content, { text: label, quotes: message.id });
}
