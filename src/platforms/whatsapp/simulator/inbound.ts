import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Act, ActResult, FileGift, SimulatedMessage } from "../../../core/simulation.ts";
import { storeFile } from "./media.ts";
import { conflict, contextOf, describe, onScreen, type Scene, say, shareLocation } from "./scene.ts";
import { emitRead, mintWamid } from "./send.ts";
import { tapped } from "./taps.ts";
import { accountState, emitMessage } from "./webhook.ts";

type Deed<Name extends Act["act"]> = Extract<Act, { act: Name }>;

function writeText(scene: Scene, act: Deed<"say">): ActResult {
  const quoted = act.quotes === undefined ? undefined : onScreen(scene, act.quotes);
  const context = quoted ? contextOf(scene, quoted) : {};
  const view = { text: act.text, ...(quoted ? { quotes: quoted.id } : {}) };
  return say(scene, { ...context, type: "text", text: { body: act.text } }, view);
}

const interactiveOf = (message: SimulatedMessage): JsonObject =>
  isObject(message.native.interactive) ? (message.native.interactive as JsonObject) : {};

function choose(scene: Scene, act: Deed<"choose">): ActResult {
  const message = onScreen(scene, act.message);
  const action = interactiveOf(message).action;
  const sections =
    isObject(action) && Array.isArray(action.sections) ? (action.sections as { rows: JsonObject[] }[]) : [];
  const rows = sections.flatMap((section) => section.rows);
  const row = typeof act.row === "number" ? rows[act.row] : rows.find((known) => known.title === act.row);
  if (!row) conflict(`There is no row ${JSON.stringify(act.row)} to choose. There is: ${describe(message)}.`);
  const content = {
    ...contextOf(scene, message),
    type: "interactive",
    interactive: { type: "list_reply", list_reply: row },
  };
  return say(scene, content, { text: String(row.title), quotes: message.id });
}

/** The newest request for a location that none has answered. */
function openRequest(scene: Scene): SimulatedMessage | undefined {
  const asks = (message: SimulatedMessage) =>
    interactiveOf(message).type === "location_request_message" && message.native.answered !== true;
  return scene.world.messages(scene.person.id).findLast(asks);
}

function submit(scene: Scene, act: Deed<"submit">): ActResult {
  const message = onScreen(scene, act.message);
  const { type, action } = interactiveOf(message);
  if (type !== "flow" && type !== "address_message") {
    conflict(`There is no form on "${act.message}". There is: ${describe(message)}.`);
  }
  const parameters = isObject(action) && isObject(action.parameters) ? action.parameters : {};
  const reply =
    type === "flow"
      ? {
          name: "flow",
          body: "Sent",
          response_json: JSON.stringify({ flow_token: parameters.flow_token ?? "unused", ...act.values }),
        }
      : {
          name: "address_message",
          body: Object.values(act.values).map(String).join("\n"),
          response_json: JSON.stringify({ values: act.values }),
        };
  const content = {
    ...contextOf(scene, message),
    type: "interactive",
    interactive: { type: "nfm_reply", nfm_reply: reply },
  };
  return say(scene, content, { text: reply.body, quotes: message.id });
}

function sendFile(scene: Scene, gift: FileGift): ActResult {
  const type = gift.type === "voice" ? "audio" : gift.type;
  const file = storeFile(scene.world, scene.account, gift);
  const caption: JsonObject = gift.caption === undefined ? {} : { caption: gift.caption };
  const medium: JsonObject = {
    ...(type === "audio" || type === "sticker" ? {} : caption),
    ...(type === "document" ? { filename: file.name } : {}),
    ...(type === "audio" ? { voice: gift.type === "voice" } : {}),
    ...(type === "sticker" ? { animated: false } : {}),
    mime_type: file.mimeType,
    sha256: file.sha256,
    id: file.id,
    url: file.url,
  };
  const view = {
    media: { type, id: file.id, filename: file.name },
    ...(gift.caption ? { text: gift.caption } : {}),
  };
  return say(scene, { type, [type]: medium }, view);
}

function sendContact(scene: Scene, act: Deed<"send_contact">): ActResult {
  const name = { formatted_name: act.name, first_name: act.name.split(" ")[0] ?? act.name };
  const phones = [{ phone: act.phone, wa_id: act.phone.replace(/\D/g, ""), type: "CELL" }];
  const contacts = [{ name, phones, origin: "other" }];
  return say(scene, { type: "contacts", contacts }, { contacts: [{ name: act.name, phones: [act.phone] }] });
}

function ownMessage(scene: Scene, id: string, what: string): SimulatedMessage {
  const message = onScreen(scene, id);
  if (message.from === "business")
    conflict(`"${id}" is the business's: a person can ${what} only what they wrote.`);
  return message;
}

/** Where the number has no access to edits, Meta tells only that something unsupported came. */
function change(scene: Scene, content: JsonObject & { type: string }): void {
  const { world, account, person } = scene;
  const id = mintWamid(world);
  const unsupported = {
    type: "unsupported",
    errors: [
      {
        code: 131051,
        title: "Message type unknown",
        message: "Message type unknown",
        error_data: { details: "Message type is currently not supported." },
      },
    ],
    unsupported: { type: content.type },
  };
  emitMessage(world, account, person, { ...(accountState(account).edits ? content : unsupported), id });
}

function edit(scene: Scene, act: Deed<"edit">): ActResult {
  const message = ownMessage(scene, act.message, "edit");
  if (message.native.type !== "text") conflict(`"${act.message}" is no text: only texts can be edited here.`);
  const text = { body: act.text };
  const native = { ...message.native, text };
  scene.world.saveMessage({ ...message, native, view: { ...message.view, text: act.text, edited: true } });
  change(scene, { type: "edit", edit: { original_message_id: message.id, message: { type: "text", text } } });
  return { messages: [message.id] };
}

function remove(scene: Scene, act: Deed<"delete">): ActResult {
  const message = ownMessage(scene, act.message, "delete");
  scene.world.removeMessage(scene.person.id, message.id);
  change(scene, { type: "revoke", revoke: { original_message_id: message.id } });
  return { messages: [] };
}

function read(scene: Scene): ActResult {
  const { world, account, person } = scene;
  for (const message of world.messages(person.id)) {
    if (message.from !== "business" || message.native.seen === true) continue;
    world.saveMessage({ ...message, native: { ...message.native, seen: true } });
    emitRead(world, account, person, message);
  }
  return { messages: [] };
}

function react(scene: Scene, act: Deed<"react">): ActResult {
  const message = onScreen(scene, act.message);
  const others = (message.view.reactions ?? []).filter((known) => known.from !== "person");
  const own = act.emoji === "" ? [] : [{ from: "person" as const, emoji: act.emoji }];
  scene.world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
  const reaction = { message_id: message.id, ...(act.emoji === "" ? {} : { emoji: act.emoji }) };
  const { world, account, person } = scene;
  emitMessage(world, account, person, { type: "reaction", reaction, id: mintWamid(world) });
  return { messages: [] };
}

function block(scene: Scene, blocked: boolean): ActResult {
  if (scene.person.blocked === blocked) {
    conflict(
      `${scene.person.name} has ${blocked ? "blocked the business already" : "not blocked the business"}.`,
    );
  }
  scene.world.savePerson({ ...scene.person, blocked });
  return { messages: [] };
}

/** Acts that speak to the business, which somebody who has blocked it cannot do. */
const silent: readonly Act["act"][] = ["block", "unblock"];

export function perform(scene: Scene, act: Act): ActResult {
  if (scene.person.blocked && !silent.includes(act.act)) {
    conflict(`${scene.person.name} has blocked the business: "unblock" first.`);
  }
  switch (act.act) {
    case "say":
      return writeText(scene, act);
    case "tap":
      return tapped(scene, act);
    case "choose":
      return choose(scene, act);
    case "vote":
      return conflict(
        `There is no poll: WhatsApp has none for businesses. There is: ${describe(onScreen(scene, act.message))}.`,
      );
    case "share_location":
      return shareLocation(scene, act.place, act.plain ? undefined : openRequest(scene));
    case "submit":
      return submit(scene, act);
    case "send":
      return sendFile(scene, act.gift);
    case "send_contact":
      return sendContact(scene, act);
    case "edit":
      return edit(scene, act);
    case "delete":
      return remove(scene, act);
    case "read":
      return read(scene);
    case "react":
      return react(scene, act);
    default:
      return block(scene, act.act === "block");
  }
}
