import type { JsonObject } from "../core/json.ts";
import { GatewayError } from "../core/problem.ts";
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
  const shown = screen().filter((message) => message.from === "business");
  const target = shown.findLast((message) => fits(message, body));
  if (target) return { ...body, message: target.id };
  const there = shown.slice(-3).map(inShort);
  throw new GatewayError(
    "conflict",
    `No message on the screen is one to ${body.act}${typeof body.button === "string" ? ` ${JSON.stringify(body.button)} on` : ""}. ${
      there.length > 0 ? `The newest are: ${there.join("; ")}.` : "The business has sent nothing yet."
    }`,
  );
}

function inShort({ id, text, poll, buttons = [], cards = [], list }: ShownMessage): string {
  const labels = [...buttons, ...cards.flatMap((card) => card.buttons)].map(({ label }) =>
    JSON.stringify(label),
  );
  const words = (poll?.question ?? text ?? "").slice(0, 40);
  const controls = [
    ...labels,
    ...(list ? [`list ${JSON.stringify(list.button)}`] : []),
    ...(poll ? ["a poll"] : []),
  ];
  return `${id} (${JSON.stringify(words)}) with ${controls.length > 0 ? controls.join(", ") : "nothing to tap"}`;
}
