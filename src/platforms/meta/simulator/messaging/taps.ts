import { isObject, type JsonObject } from "../../../../core/json.ts";
import type {
  Act,
  ActResult,
  ScreenButton,
  ScreenView,
  SimulatedMessage,
} from "../../../../core/simulation.ts";
import { bubble, conflict, describe, onScreen, say } from "./acts.ts";
import { quickRepliesOf, shownTitle } from "./draw.ts";
import { emit, fromPerson, type Scene } from "./emit.ts";

type Tap = Extract<Act, { act: "tap" }>;
interface Found {
  button: ScreenButton;
  card?: number;
  index: number;
}

function allButtons(view: ScreenView): Found[] {
  const own = (view.buttons ?? []).map((button, index) => ({ button, index }));
  const cards = (view.cards ?? []).flatMap((card, position) =>
    card.buttons.map((button, index) => ({ button, index, card: position })),
  );
  return [...own, ...cards];
}

function find(message: SimulatedMessage, view: ScreenView, choice: Tap["button"]): Found {
  const matches = allButtons(view).filter((found) =>
    typeof choice === "string"
      ? found.button.label === choice
      : found.index === choice.button && found.card === choice.card,
  );
  const [match] = matches;
  if (!match) {
    const wasQuick = quickRepliesOf(message.native).some(({ title }) => shownTitle(title) === choice);
    const gone = wasQuick ? " It was a quick reply, and those are gone once a later message is there." : "";
    const there = `There is: ${describe(message, view)}.`;
    conflict(`There is no button ${JSON.stringify(choice)} to tap.${gone} ${there}`);
  }
  if (matches.length > 1) {
    conflict(
      `${matches.length} buttons are called ${JSON.stringify(choice)}: name one as {"card":0,"button":0}.`,
    );
  }
  return match;
}

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

/** The native buttons of a template's card, or of the template itself. */
function nativeButtons(message: SimulatedMessage, card: number | undefined): JsonObject[] {
  const attachment = message.native.attachment;
  const payload = isObject(attachment) && isObject(attachment.payload) ? attachment.payload : {};
  const elements = list(payload.elements);
  if (card !== undefined) return list(elements[card]?.buttons);
  return payload.template_type === "button" ? list(payload.buttons) : list(elements[0]?.buttons);
}

function postback(scene: Scene, title: string, payload: unknown): ActResult {
  const mid = bubble(scene, { text: title });
  const content = { postback: { mid, title, payload: String(payload) } };
  emit(scene, "messaging_postbacks", fromPerson(scene, content));
  return { messages: [mid] };
}

/** Taps a button. A link opens and sends nothing; a postback and a quick reply each put a bubble on the screen. */
export function tapped(scene: Scene, act: Tap): ActResult {
  const { message, view } = onScreen(scene, act.message);
  const { button, card, index } = find(message, view, act.button);
  if (button.kind === "url") return { messages: [], ...(button.url ? { opened: button.url } : {}) };
  const buttons = card === undefined ? (message.view.buttons ?? []).length : Number.POSITIVE_INFINITY;
  if (index < buttons) {
    return postback(scene, button.label, nativeButtons(message, card)[index]?.payload);
  }
  const payload = String(quickRepliesOf(message.native)[index - buttons]?.payload);
  return say(scene, { text: button.label, quick_reply: { payload } }, { text: button.label });
}
