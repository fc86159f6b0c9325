import { isObject } from "../../../../core/json.ts";
import type { SimulatedPerson } from "../../../../core/simulation.ts";
import { refuse } from "../refusal.ts";
import { takeBudget } from "./budget.ts";
import { exactly, missing } from "./fields.ts";
import { emojiOf } from "./reactions.ts";
import type { SendRequest, Sent } from "./send.ts";

const actions = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];

/** Puts the business's reaction on a message, or takes it away (sender actions, since 2025-12-02). */
function react(request: SendRequest, person: SimulatedPerson, isTaken: boolean): void {
  const { world, given } = request;
  const payload = isObject(given.payload) ? given.payload : {};
  if (payload.message_id === undefined) missing("payload[message_id]");
  const message = world.message(person.id, String(payload.message_id));
  if (!message) refuse(100, "Param payload[message_id] must be the id of a message of this conversation.");
  if (!isTaken && payload.reaction === undefined) missing("payload[reaction]");
  const emoji = isTaken ? undefined : emojiOf(String(payload.reaction));
  if (!isTaken && emoji === undefined) refuse(100, "Param payload[reaction] must be a reaction or an emoji.");
  takeBudget(request);
  const others = (message.view.reactions ?? []).filter(({ from }) => from !== "business");
  const own = emoji === undefined ? [] : [{ from: "business" as const, emoji }];
  world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
}

/** A sender action stands alone: typing, seen, a reaction. */
export function actOnChat(request: SendRequest, person: SimulatedPerson): Sent {
  const { given } = request;
  if (given.message !== undefined) {
    refuse(100, "A sender_action cannot be sent together with a message.", { subcode: 2018014 });
  }
  const action = exactly(given.sender_action, "sender_action", actions);
  if (action === "react" || action === "unreact") react(request, person, action === "unreact");
  return { body: { recipient_id: person.address }, person: person.id };
}
