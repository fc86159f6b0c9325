import type { JsonObject } from "../../../core/json.ts";
import type { Place } from "../../../core/message.ts";
import { GatewayError } from "../../../core/problem.ts";
import type {
  ActResult,
  ScreenButton,
  ScreenView,
  SimulatedAccount,
  SimulatedMessage,
  SimulatedPerson,
  World,
} from "../../../core/simulation.ts";
import { personState } from "./people.ts";
import { mintWamid } from "./send.ts";
import { accountState, emitMessage } from "./webhook.ts";

/** Who does something, and where. */
export interface Scene {
  world: World;
  account: SimulatedAccount;
  person: SimulatedPerson;
}
const labels = (buttons: readonly ScreenButton[]) => buttons.map((button) => `"${button.label}"`).join(", ");

/** One message in words, for a person who looked for something else. */
export function describe(message: SimulatedMessage): string {
  const { text, buttons, list, cards, media, location } = message.view;
  const parts = [`message "${message.id}" of the ${message.from}`];
  if (text !== undefined) parts.push(`text "${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`);
  if (media) parts.push(`a ${media.type}`);
  if (location) parts.push("a location");
  if (buttons) parts.push(`buttons ${labels(buttons)}`);
  const rows = list?.sections.flatMap((section) => section.rows.map((row) => `"${row.title}"`));
  if (rows) parts.push(`rows ${rows.join(", ")}`);
  for (const [index, card] of (cards ?? []).entries())
    parts.push(`card ${index} with ${labels(card.buttons)}`);
  return parts.join(", ");
}

/** What cannot be done on this screen. */
export function conflict(detail: string): never {
  throw new GatewayError("conflict", detail);
}

/** The message with this screen id, or a sentence with what there is. */
export function onScreen(scene: Scene, id: string): SimulatedMessage {
  const message = scene.world.message(scene.person.id, id);
  if (message) return message;
  const known = scene.world.messages(scene.person.id).map(describe);
  conflict(
    `There is no message "${id}" on the screen. ${known.length > 0 ? `There is: ${known.join("; ")}.` : "It is empty."}`,
  );
}

/** A reply quotes the business's message, which Meta tells by `context`. */
export function contextOf(scene: Scene, message: SimulatedMessage): JsonObject {
  const business = accountState(scene.account).display_phone_number.replace(/\D/g, "");
  const from = message.from === "business" ? business : personState(scene.person).wa_id;
  return { context: { ...(from === undefined ? {} : { from }), id: message.id } };
}

/** Puts what the person sent on the screen and tells the business. */
export function say(scene: Scene, content: JsonObject & { type: string }, view: ScreenView): ActResult {
  const { world, account, person } = scene;
  const id = mintWamid(world);
  world.saveMessage({ id, person: person.id, from: "person", at: world.now(), view, native: content });
  emitMessage(world, account, person, { ...content, id });
  return { messages: [id] };
}

/** Shares a place, as the answer to `request` if there is one. */
export function shareLocation(scene: Scene, place: Place, request?: SimulatedMessage): ActResult {
  if (request) scene.world.saveMessage({ ...request, native: { ...request.native, answered: true } });
  const context = request ? contextOf(scene, request) : {};
  return say(
    scene,
    { ...context, type: "location", location: { ...place } },
    { location: place, ...(request ? { quotes: request.id } : {}) },
  );
}
