import { isObject, type JsonObject } from "../../../../core/json.ts";
import {
  type SimulatedAccount,
  type SimulatedPerson,
  type SimulatedUpload,
  standingOf,
  type World,
} from "../../../../core/simulation.ts";
import { demand } from "../permissions.ts";
import { refuse } from "../refusal.ts";
import { takeBudget } from "./budget.ts";
import { checkMessage } from "./check-message.ts";
import { draw } from "./draw.ts";
import { emit, fromAccount, fromPerson, type Scene } from "./emit.ts";
import { exactly, type Fields, missing } from "./fields.ts";
import { storeUpload, uploaded } from "./files.ts";
import { windowMs } from "./limits.ts";
import { personById, personState } from "./people.ts";
import type { MessagingRules } from "./rules.ts";
import { actOnChat } from "./sender-actions.ts";
import { checkStanding } from "./standing.ts";

export interface SendRequest {
  rules: MessagingRules;
  world: World;
  account: SimulatedAccount;
  given: JsonObject;
  uploads: readonly SimulatedUpload[];
}
export interface Sent {
  body: JsonObject;
  person: string;
}

/** Ways to name somebody that need what is not simulated: comments, plugins, opt-ins. */
const otherRecipients = [
  "user_ref",
  "post_id",
  "comment_id",
  "phone_number",
  "notification_messages_token",
] as const;

function findPerson({ rules, world, account, given }: SendRequest): SimulatedPerson {
  const recipient = given.recipient;
  if (recipient === undefined) missing("recipient");
  if (!isObject(recipient)) refuse(100, "Param recipient must be an object.");
  const other = otherRecipients.find((key) => recipient[key] !== undefined);
  if (other) refuse(100, `No comment, plugin or opt-in is simulated, so no ${other} is known.`);
  const { id } = recipient as Fields;
  if (typeof id !== "string" && typeof id !== "number") missing("recipient[id]");
  const person = personById(world, account, String(id));
  if (!person) refuse(100, "No matching user found", { subcode: rules.stranger.subcode });
  if (person.blocked) refuse(551, "This person isn't available right now.", { subcode: 1545041 });
  return person;
}

/** Tags that Meta has switched off: since 2026-04-27 each gets the error 100 (changelog of 2026-03-27). */
const usableTags = ["HUMAN_AGENT"];

/** Whether the message goes by a tag, outside the standard window. */
function isTagged({ rules, given }: SendRequest): boolean {
  const type = given.messaging_type;
  if (type !== undefined || rules.needsMessagingType) {
    exactly(type, "messaging_type", ["RESPONSE", "UPDATE", "MESSAGE_TAG"]);
  }
  const tagged = type === "MESSAGE_TAG" || (type === undefined && given.tag !== undefined);
  if (tagged) exactly(given.tag, "tag", usableTags);
  return tagged;
}

function checkWindow(request: SendRequest, person: SimulatedPerson): void {
  const { rules, world } = request;
  const tagged = isTagged(request);
  const last = personState(person).last_inbound_at;
  const open = tagged ? windowMs.humanAgent : windowMs.standard;
  if (last !== undefined && world.now() - last < open) return;
  const { learn, ...more } = rules.closed;
  refuse(10, `This message is sent outside of allowed window.${learn}`, more);
}

/** The message that `reply_to` quotes, which must be one of this chat. */
function quoted({ world, given }: SendRequest, person: SimulatedPerson): { quotes?: string } {
  if (given.reply_to === undefined) return {};
  const mid = isObject(given.reply_to) ? given.reply_to.mid : undefined;
  if (typeof mid !== "string") missing("reply_to[mid]");
  if (!world.message(person.id, mid)) {
    refuse(100, "Param reply_to[mid] must be the id of a message of this conversation.");
  }
  return { quotes: mid };
}

/** What the business hears of its own message: the text and the attachments, without the quick replies. */
function echoOf({ rules, world, account }: SendRequest, mid: string, message: JsonObject): JsonObject {
  const { text, attachment, attachments, metadata } = message;
  return {
    mid,
    is_echo: true,
    ...(rules.metadata.echoed && metadata !== undefined ? { metadata } : {}),
    ...rules.echo(world, account),
    ...(text === undefined || text === "" ? {} : { text }),
    ...(attachment === undefined ? {} : { attachments: [attachment] }),
    ...(attachments === undefined ? {} : { attachments }),
  };
}

function report(request: SendRequest, scene: Scene, mid: string, message: JsonObject): void {
  const { rules } = request;
  emit(scene, rules.fields.echoes, fromAccount(scene, { message: echoOf(request, mid, message) }));
  if (!rules.watermarks) return;
  const delivery = { mids: [mid], watermark: request.world.now() };
  emit(scene, "message_deliveries", fromPerson(scene, { delivery }, false));
}

/** The message as it is kept: a file that came along has become an attachment of its own. */
function withUpload({ rules, world, account, uploads }: SendRequest, message: Fields): JsonObject {
  const upload = uploaded(uploads);
  const attachment = isObject(message.attachment) ? (message.attachment as JsonObject) : undefined;
  if (!upload || !attachment) return message as JsonObject;
  const file = storeUpload(world, account, { type: String(attachment.type), upload, rules });
  return { ...(message as JsonObject), attachment: { ...attachment, payload: { attachment_id: file.id } } };
}

/** `POST …/messages` of the Send API: checked, shown, and told to whoever listens. */
export function send(request: SendRequest): Sent {
  const { rules, world, account, given } = request;
  const holder = rules.holder(world, account);
  demand(world, holder, rules.permission(holder));
  if (given.sender_action !== undefined) return actOnChat(request, findPerson(request));
  checkStanding(standingOf(world, account));
  if (given.message === undefined) refuse(100, "Must send either message or state", { subcode: 2018015 });
  const upload = uploaded(request.uploads);
  const checked = checkMessage(given.message, {
    rules,
    knows: (id) => world.file(id)?.channel === account.id,
    ...(upload ? { upload: upload.mimeType } : {}),
  });
  const person = findPerson(request);
  checkWindow(request, person);
  const quote = quoted(request, person);
  takeBudget(request, checked);
  const message = withUpload(request, checked);
  const mid = rules.mintId(world);
  const view = { ...draw(message), ...quote };
  world.saveMessage({ id: mid, person: person.id, from: "business", at: world.now(), view, native: message });
  report(request, { rules, world, account, person }, mid, message);
  return { body: { recipient_id: person.address, message_id: mid }, person: person.id };
}
