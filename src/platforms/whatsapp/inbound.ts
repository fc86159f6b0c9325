import { isObject } from "../../core/json.ts";
import type { Answer, Person, PlatformEvent } from "../../core/platform.ts";
import { textOf } from "../meta/read.ts";
import { aliasesOf, type Contacts, chatOf, senderOf, timeOf } from "./person.ts";
import { contentOf, isKnownType, replyOf } from "./received-content.ts";

/** One message with what every kind of event made of it needs. */
interface Arrival {
  id: string;
  message: Record<string, unknown>;
  sender: Person;
  base: { dedupeKey: string; at?: number };
}

const special: Record<string, (arrival: Arrival) => PlatformEvent | string> = {
  reaction,
  edit,
  revoke,
};

/** What a contact's message is: an event, or the reason why it is kept as unknown. */
export function messageEvent(message: Record<string, unknown>, contacts: Contacts): PlatformEvent | string {
  const id = textOf(message, "id");
  const type = textOf(message, "type");
  if (!id || !type) return "a message without id or type";
  const base = { dedupeKey: `m:${id}`, ...timeOf(message) };
  if (type === "system") return systemEvent(message, base);
  const sender = senderOf(message, contacts);
  if (!sender) return "a message of nobody";
  const arrival = { id, message, sender, base };
  return Object.hasOwn(special, type) ? special[type]!(arrival) : received(arrival, type);
}

function received({ id, message, sender, base }: Arrival, type: string): PlatformEvent | string {
  const content = contentOf(message);
  if (!content) {
    return isKnownType(type)
      ? `a message of type ${type} that cannot be read`
      : `message type ${type.slice(0, 40)}`;
  }
  const quotes = textOf(message.context, "id");
  const answer = answerOf(message, type, quotes);
  return {
    kind: "received",
    ...base,
    chat: chatOf(message, sender),
    sender,
    platformId: id,
    content,
    ...(quotes && { quotes }),
    ...(answer && { answer }),
  };
}

/** A location that quotes nothing was sent unasked. */
function answerOf(
  message: Record<string, unknown>,
  type: string,
  platformId: string | undefined,
): Answer | undefined {
  if (type === "location") return platformId ? { by: "open_request", platformId } : undefined;
  // Direct messages, and perhaps carousels, report a tap as a template's does; only what it quotes can tell them apart.
  if (type === "button") return platformId ? buttonAnswer(message.button, platformId) : undefined;
  const reply = type === "interactive" ? replyOf(message.interactive) : undefined;
  return reply && { by: "reply", reply, ...(platformId && { platformId }) };
}

function buttonAnswer(button: unknown, platformId: string): Answer | undefined {
  const id = textOf(button, "payload");
  if (id === undefined) return undefined;
  const title = textOf(button, "text") ?? id;
  return { by: "reply", reply: { type: "button_reply", button_reply: { id, title } }, platformId };
}

/** Taken back: the emoji is missing or empty. */
function reaction({ id, message, sender, base }: Arrival): PlatformEvent | string {
  const target = textOf(message.reaction, "message_id");
  if (!target) return "a reaction to nothing";
  const emoji = textOf(message.reaction, "emoji") ?? "";
  return { kind: "reaction", ...base, chat: chatOf(message, sender), sender, platformId: id, target, emoji };
}

function edit({ message, sender, base }: Arrival): PlatformEvent | string {
  const platformId = textOf(message.edit, "original_message_id");
  const edited = isObject(message.edit) ? message.edit.message : undefined;
  const content = isObject(edited) ? contentOf(edited) : undefined;
  if (!platformId || !content) return "an edit that cannot be read";
  return { kind: "edited", ...base, chat: chatOf(message, sender), sender, platformId, content };
}

function revoke({ message, sender, base }: Arrival): PlatformEvent | string {
  const platformId = textOf(message.revoke, "original_message_id");
  if (!platformId) return "a deletion of nothing";
  return { kind: "deleted", ...base, chat: chatOf(message, sender), sender, platformId };
}

const renamings = new Set(["user_changed_number", "user_changed_user_id", "customer_changed_number"]);

/** The contact's number or user id changed: `wa_id` (once `new_wa_id`) and `user_id` are the new ones. */
function systemEvent(message: Record<string, unknown>, base: Arrival["base"]): PlatformEvent | string {
  const { system } = message;
  const type = textOf(system, "type") ?? "";
  if (!renamings.has(type)) return `system message ${type.slice(0, 40)}`;
  // With a new user id the phone, where it is told, is still the contact's own.
  const isPhoneKept = type === "user_changed_user_id";
  const from = textOf(message, "from");
  const formerly = aliasesOf(
    isPhoneKept ? undefined : from,
    textOf(system, "previous_user_id"),
    textOf(system, "previous_parent_user_id"),
  );
  const aliases = aliasesOf(
    textOf(system, "wa_id") ?? textOf(system, "new_wa_id") ?? (isPhoneKept ? from : undefined),
    textOf(system, "user_id"),
    textOf(system, "parent_user_id"),
  );
  if (formerly.length === 0 || aliases.length === 0) return "a change of number that does not name both";
  return { kind: "renamed", ...base, sender: { aliases }, formerly };
}

/** What the business wrote in its own app on the same number. */
export function echoEvent(message: Record<string, unknown>): PlatformEvent | string {
  const platformId = textOf(message, "id");
  if (!platformId) return "an echo without id";
  return { kind: "echo", dedupeKey: `m:${platformId}`, ...timeOf(message), platformId };
}
