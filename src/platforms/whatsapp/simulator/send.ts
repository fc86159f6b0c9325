import { isObject, type JsonObject } from "../../../core/json.ts";
import {
  type SimulatedAccount,
  type SimulatedPerson,
  standingOf,
  type World,
} from "../../../core/simulation.ts";
import { checkMessage } from "./check-message.ts";
import { draw } from "./draw.ts";
import { GraphRefusal, statusError } from "./graph-error.ts";
import { pairRate, throughput, windowMs } from "./limits.ts";
import { personByNumber, personByUserId, personState } from "./people.ts";
import { checkStanding } from "./standing.ts";
import { accountState, emitChange } from "./webhook.ts";

/** Unique for ever, and of the form that WhatsApp's ids have. */
export function mintWamid(world: World): string {
  return `wamid.HBg${btoa(`${world.next("wamid")}:${world.random(20)}`)}`;
}

interface Recipient {
  /** As it stood in the request. */
  input: string;
  byPhone: boolean;
  digits: string;
  person?: SimulatedPerson;
  /** A business-scoped id in `to`: Meta takes it and nothing ever happens. */
  lost: boolean;
}

const callingCode = (account: SimulatedAccount) =>
  (accountState(account).display_phone_number.match(/^\+(\d)/) ?? ["", "1"])[1];

/**
 * Reads `to` and `recipient`; `to` wins. Without a plus Meta may put the business's own calling code before the number
 * (send-messages, read 2026-11-21). Not before a whole one: every bot that answers to a webhook's `from` relies on it.
 */
function findRecipient(world: World, account: SimulatedAccount, body: JsonObject): Recipient {
  if (body.to !== undefined) {
    const input = typeof body.to === "string" ? body.to : "";
    if (/^[A-Z]{2}\./.test(input)) {
      return { input, byPhone: true, digits: input.replace(/\D/g, ""), lost: true };
    }
    if (!/^\+?[\d ()-]{5,25}$/.test(input)) {
      throw new GraphRefusal(131009, `Param to is not a valid phone number.`);
    }
    const given = input.replace(/\D/g, "");
    const isWhole = input.startsWith("+") || personByNumber(world, account, given) !== undefined;
    const digits = isWhole ? given : `${callingCode(account)}${given}`;
    if (`+${digits}` === accountState(account).display_phone_number.replace(/[ -]/g, "")) {
      throw new GraphRefusal(131021, "The recipient is the sending number itself.");
    }
    return { input, byPhone: true, digits, person: personByNumber(world, account, digits), lost: false };
  }
  const input = typeof body.recipient === "string" ? body.recipient : "";
  if (!/^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(input)) {
    throw new GraphRefusal(131009, "Param recipient is not a valid business-scoped user id.");
  }
  return { input, byPhone: false, digits: "", person: personByUserId(world, account, input), lost: false };
}

/** Why an accepted message will not arrive; null: it will. */
function obstacle(world: World, recipient: Recipient): ReturnType<typeof statusError> | null {
  const { person } = recipient;
  if (!person || person.blocked) return statusError(131026, "Message Undeliverable.");
  const last = personState(person).last_inbound_at;
  if (last !== undefined && world.now() - last < windowMs) return null;
  return statusError(
    131047,
    "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
  );
}

interface Report {
  id: string;
  recipient: Recipient;
  callbackData: unknown;
}

const freeService = {
  billable: false,
  pricing_model: "PMP",
  category: "service",
  type: "free_customer_service",
};

function statusOf(world: World, report: Report, status: string): JsonObject {
  const { recipient, callbackData } = report;
  const state = recipient.person && personState(recipient.person);
  const waId = state ? state.wa_id : recipient.digits;
  const named = status !== "failed" || !recipient.byPhone;
  return {
    id: report.id,
    status,
    timestamp: String(Math.floor(world.now() / 1000)),
    ...(waId ? { recipient_id: waId } : {}),
    ...(named && state ? { recipient_user_id: state.user_id } : {}),
    ...(typeof callbackData === "string" ? { biz_opaque_callback_data: callbackData } : {}),
  };
}

function takeBudget(world: World, account: SimulatedAccount, recipient: Recipient): void {
  const pair = `whatsapp pair ${account.id} ${recipient.person?.id ?? recipient.input}`;
  if (world.take(pair, pairRate) > 0) {
    throw new GraphRefusal(
      131056,
      "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
    );
  }
  if (world.take(`whatsapp number ${account.id}`, throughput) > 0) {
    throw new GraphRefusal(
      130429,
      "Message failed to send because there were too many messages sent from this phone number in a short period of time.",
    );
  }
}

function show(world: World, person: SimulatedPerson, id: string, body: JsonObject): boolean {
  const type = typeof body.type === "string" ? body.type : "text";
  if (type === "reaction") return react(world, person, body.reaction as JsonObject);
  const quoted = isObject(body.context) ? String(body.context.message_id) : undefined;
  const quotes = quoted !== undefined && world.message(person.id, quoted) ? { quotes: quoted } : {};
  const view = { ...draw(type, body), ...quotes };
  world.saveMessage({ id, person: person.id, from: "business", at: world.now(), view, native: body });
  return true;
}

function react(world: World, person: SimulatedPerson, reaction: JsonObject): boolean {
  const message = world.message(person.id, String(reaction.message_id));
  if (!message) return false;
  const others = (message.view.reactions ?? []).filter((known) => known.from !== "business");
  const own = reaction.emoji === "" ? [] : [{ from: "business" as const, emoji: String(reaction.emoji) }];
  world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
  return true;
}

function report(world: World, account: SimulatedAccount, facts: Report, body: JsonObject): void {
  const { person } = facts.recipient;
  if (facts.recipient.lost) return;
  const fail = (error: JsonObject) =>
    emitChange(world, account, person, {
      statuses: [{ ...statusOf(world, facts, "failed"), errors: [error] }],
      silentOnContact: true,
    });
  const problem = obstacle(world, facts.recipient);
  if (problem || !person) {
    fail(problem ?? statusError(131026, "Message Undeliverable."));
    return;
  }
  if (!show(world, person, facts.id, body)) {
    fail(statusError(131009, "The message that the reaction is for was not found."));
    return;
  }
  const sent = { ...statusOf(world, facts, "sent"), pricing: freeService };
  emitChange(world, account, person, { statuses: [sent] });
  // A reaction gets no more than `sent`. Phones are always on here.
  if (body.type === "reaction") return;
  const delivered = { ...statusOf(world, facts, "delivered"), pricing: freeService };
  emitChange(world, account, person, { statuses: [delivered] });
}

/**
 * Graph takes JSON text where an object or a list is due: whatsapp-api-js sent every message so until its commit
 * aa516b6c of December 2024, and still sends contacts so (6.3.0).
 */
function unpacked(body: JsonObject): JsonObject {
  const type = typeof body.type === "string" ? body.type : "text";
  const content = body[type];
  if (typeof content !== "string" || !/^\s*[[{]/.test(content)) return body;
  try {
    return { ...body, [type]: JSON.parse(content) };
  } catch {
    return body;
  }
}

/** Takes a message as Meta does: 200 and an id say that it was accepted, and statuses tell the rest. */
export function send(
  world: World,
  account: SimulatedAccount,
  given: JsonObject,
): { body: JsonObject; person?: string } {
  const body = unpacked(given);
  checkStanding(standingOf(world, account));
  checkMessage(body, (id) => world.file(id)?.channel === account.id);
  const recipient = findRecipient(world, account, body);
  takeBudget(world, account, recipient);
  const id = mintWamid(world);
  report(world, account, { id, recipient, callbackData: body.biz_opaque_callback_data }, body);
  const { person, input, byPhone, digits } = recipient;
  const waId = (person && personState(person).wa_id) ?? digits;
  const contact: JsonObject = byPhone ? { input, wa_id: waId } : { input, user_id: input };
  const answer = { messaging_product: "whatsapp", contacts: [contact], messages: [{ id }] };
  return { body: answer, ...(person ? { person: person.id } : {}) };
}

/** The status that reading leads to, for one message of the business. */
export function emitRead(
  world: World,
  account: SimulatedAccount,
  person: SimulatedPerson,
  message: { id: string; native: JsonObject },
): void {
  const byPhone = message.native.to !== undefined;
  const recipient: Recipient = { input: "", byPhone, digits: "", person, lost: false };
  const facts = { id: message.id, recipient, callbackData: message.native.biz_opaque_callback_data };
  emitChange(world, account, person, { statuses: [statusOf(world, facts, "read")] });
}

/** `status: "read"`: the business has seen a message of a person. */
export function markRead(world: World, account: SimulatedAccount, body: JsonObject): { person: string } {
  const known = ["messaging_product", "status", "message_id", "typing_indicator"];
  const stray = Object.keys(body).find((key) => !known.includes(key));
  if (stray !== undefined) throw new GraphRefusal(100, `Unexpected key "${stray}".`);
  if (body.messaging_product !== "whatsapp") {
    throw new GraphRefusal(100, "The parameter messaging_product is required.");
  }
  if (body.status !== "read") throw new GraphRefusal(100, "Param status must be one of {read}.");
  if (typeof body.message_id !== "string") {
    throw new GraphRefusal(131008, "The parameter message_id is required.");
  }
  for (const person of world.people("whatsapp", account.id)) {
    if (world.message(person.id, body.message_id)?.from === "person") return { person: person.id };
  }
  throw new GraphRefusal(131009, "Param message_id is not the id of a message that was received.");
}
