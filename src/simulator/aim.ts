import type { JsonObject } from "../core/json.ts";
import type { ScreenView } from "../core/simulation.ts";

type ShownMessage = ScreenView & { id: string; from: string };

/** What of a message each act needs; the acts that are not here need no message. */
const needs: Record<string, (message: ShownMessage, body: JsonObject) => boolean> = {
  tap: (message, { button }) => offers(message, button),
  choose: (message) => message.list !== undefined,
  vote: (message) => message.poll !== undefined,
  submit: (message) => (message.buttons ?? []).some(({ kind }) => kind === "flow" || kind === "address"),
};

function offers({ buttons = [], cards = [], list }: ShownMessage, label: unknown): boolean {
  if (typeof label !== "string") return buttons.length > 0 || cards.length > 0;
  const labels = [...buttons, ...cards.flatMap((card) => card.buttons)].map((button) => button.label);
  return labels.includes(label) || list?.button === label;
}

/** An act that names no message is aimed at the newest one on the screen that it fits: good for a command line. */
export function aimed(body: JsonObject, screen: () => ShownMessage[]): JsonObject {
  const fits = typeof body.act === "string" && Object.hasOwn(needs, body.act) ? needs[body.act] : undefined;
  if (body.message !== undefined || !fits) return body;
  const target = screen().findLast((message) => message.from === "business" && fits(message, body));
  return target ? { ...body, message: target.id } : body;
}
