import type { Place } from "../../src/core/message.ts";
import type { Act, ScreenButton } from "../../src/core/simulation.ts";
import type { Shown } from "./stage.ts";

/** Something on a screen that answers when it is used, what is written on it, and what stands on the card around it. */
export interface Control {
  label: string;
  around?: string;
  act: Act;
}

/** Where everybody is who shares a place. */
export const here: Place = { latitude: -23.55, longitude: -46.63 };
const form = { name: "Asha", city: "Mumbai" };

/** Every control that answers, in the order of the screen; links and what opens a list are none. */
export function controls(screen: readonly Shown[]): Control[] {
  return screen.flatMap((message) => [
    ...(message.buttons ?? []).flatMap((button, index) => onButton(message.id, button, { button: index })),
    ...rows(message),
    ...(message.poll?.options ?? []).map(({ text }) => ({
      label: text,
      act: { act: "vote" as const, message: message.id, options: [text] },
    })),
    ...(message.cards ?? []).flatMap(({ title = "", text = "", buttons }, card) =>
      buttons
        .flatMap((button, index) => onButton(message.id, button, { card, button: index }))
        .map((control) => ({ ...control, around: `${title}\n${text}` })),
    ),
  ]);
}

function onButton(
  message: string,
  { label, kind }: ScreenButton,
  button: { card?: number; button: number },
): Control[] {
  if (kind === "reply") return [{ label, act: { act: "tap", message, button } }];
  if (kind === "location") return [{ label, act: { act: "tap", message, button, place: here } }];
  if (kind === "flow" || kind === "address")
    return [{ label, act: { act: "submit", message, values: form } }];
  return [];
}

function rows({ id, list }: Shown): Control[] {
  const all = (list?.sections ?? []).flatMap((section) => section.rows);
  return all.map(({ title }, row) => ({ label: title, act: { act: "choose", message: id, row } }));
}
