import type { JsonObject } from "../../../core/json.ts";
import type { Place } from "../../../core/message.ts";
import type {
  Act,
  ActResult,
  FileGift,
  ScreenButton,
  SimulatedMessage,
  SimulatedPerson,
} from "../../../core/simulation.ts";
import { botUser, chatOf, nativeMessage, personState, unixSeconds, userOf } from "./chats.ts";
import { draw, inlineButtons } from "./draw.ts";
import { isReaction } from "./edit.ts";
import { fileOfPerson, type MediaKind, mediaField } from "./files.ts";
import { openQuery } from "./queries.ts";
import { conflict, onScreen, post, type Scene, textContent } from "./scene.ts";
import { describe, find } from "./screen.ts";
import { emitUpdate } from "./updates.ts";
import { vote } from "./votes.ts";

type Deed<Name extends Act["act"]> = Extract<Act, { act: Name }>;

function say(scene: Scene, act: Deed<"say">): ActResult {
  return post(
    scene,
    textContent(act.text),
    act.quotes === undefined ? undefined : onScreen(scene, act.quotes),
  );
}

function hideKeyboard(scene: Scene): SimulatedPerson {
  const { keyboard, ...state } = personState(scene.person);
  if (!keyboard?.once) return scene.person;
  const person = { ...scene.person, state };
  scene.world.savePerson(person);
  return person;
}

/** A place answers the message whose keyboard asks for it; a name or an address makes it a venue. */
function shareLocation(scene: Scene, place: Place, plain: boolean): ActResult {
  const { keyboard } = personState(scene.person);
  const asks = keyboard?.rows.flat().some((button) => button.request_location === true);
  const answers =
    !plain && asks && keyboard ? scene.world.message(scene.person.id, keyboard.message) : undefined;
  const person = answers ? hideKeyboard(scene) : scene.person;
  const location = { latitude: place.latitude, longitude: place.longitude };
  const named = place.name !== undefined || place.address !== undefined;
  const venue = { location, title: place.name ?? "", address: place.address ?? "" };
  return post({ ...scene, person }, { location, ...(named ? { venue } : {}) }, answers);
}

function tapInline(scene: Scene, message: SimulatedMessage, index: number): ActResult {
  const { world, bot, person } = scene;
  const native = nativeMessage(message);
  const button = inlineButtons(native)[index];
  const data = button?.callback_data;
  // copy_text, disabled, switch_inline…: the client does it alone.
  if (typeof data !== "string") return { messages: [] };
  const id = openQuery(world, bot, person.id);
  const content = {
    id,
    from: userOf(person),
    message: native,
    chat_instance: String(-BigInt(`0x${world.digest(`chat ${bot.id} ${person.address}`).slice(0, 15)}`)),
    data,
  };
  emitUpdate(world, bot, { queue: `user ${person.address}`, kind: "callback_query", content });
  return { messages: [] };
}

function tapKeyboard(scene: Scene, button: ScreenButton, place: Place | undefined): ActResult {
  if (button.kind === "location") {
    if (place) return shareLocation(scene, place, false);
    return conflict(
      `"${button.label}" asks where the person is: act "share_location", or tap with "latitude" and "longitude".`,
    );
  }
  return post({ ...scene, person: hideKeyboard(scene) }, textContent(button.label));
}

function tap(scene: Scene, act: Deed<"tap">): ActResult {
  const message = onScreen(scene, act.message);
  const { button, index } = find(scene.person, message, act.button) ?? {};
  if (!button || index === undefined) {
    const there = describe(scene.person, message);
    return conflict(`There is no button ${JSON.stringify(act.button)} to tap. There is: ${there}.`);
  }
  if (button.kind === "url") return { messages: [], opened: button.url };
  const inline = inlineButtons(nativeMessage(message)).length;
  return index < inline ? tapInline(scene, message, index) : tapKeyboard(scene, button, act.place);
}

const kindOf: Record<FileGift["type"], MediaKind> = {
  image: "photo",
  video: "video",
  audio: "audio",
  voice: "voice",
  document: "document",
  sticker: "sticker",
};

function send(scene: Scene, gift: FileGift): ActResult {
  const kept = fileOfPerson(scene.world, scene.bot.id, kindOf[gift.type], gift);
  const caption: JsonObject = gift.caption === undefined ? {} : { caption: gift.caption };
  return post(scene, { ...mediaField(scene.world, kept), ...caption });
}

function sendContact(scene: Scene, act: Deed<"send_contact">): ActResult {
  const [first = act.name, ...rest] = act.name.split(" ");
  const last: JsonObject = rest.length > 0 ? { last_name: rest.join(" ") } : {};
  return post(scene, { contact: { phone_number: act.phone, first_name: first, ...last } });
}

function edit(scene: Scene, act: Deed<"edit">): ActResult {
  const { world, bot, person } = scene;
  const message = onScreen(scene, act.message);
  const native = nativeMessage(message);
  if (message.from === "business")
    conflict(`"${act.message}" is the bot's: a person can edit only what they wrote.`);
  if (native.text === undefined) conflict(`"${act.message}" is no text: only texts can be edited here.`);
  const { entities: _before, ...kept } = native;
  const edited = { ...kept, ...textContent(act.text), edit_date: unixSeconds(world) };
  const changed = { ...message.native, message: edited };
  world.saveMessage({ ...message, native: changed, view: { ...message.view, ...draw(changed) } });
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "edited_message", content: edited });
  return { messages: [message.id] };
}

/** Telegram tells bots nothing of this; in a private chat a person may delete the bot's messages too. */
function remove(scene: Scene, act: Deed<"delete">): ActResult {
  scene.world.removeMessage(scene.person.id, onScreen(scene, act.message).id);
  return { messages: [] };
}

function react(scene: Scene, act: Deed<"react">): ActResult {
  const { world, bot, person } = scene;
  const message = onScreen(scene, act.message);
  if (act.emoji !== "" && !isReaction(act.emoji)) conflict(`Telegram has no reaction ${act.emoji}.`);
  const reactions = message.view.reactions ?? [];
  const asList = (emoji: string | undefined) => (emoji ? [{ type: "emoji", emoji }] : []);
  const old = reactions.find((known) => known.from === "person")?.emoji;
  const others = reactions.filter((known) => known.from !== "person");
  const own = act.emoji === "" ? [] : [{ from: "person" as const, emoji: act.emoji }];
  world.saveMessage({ ...message, view: { ...message.view, reactions: [...others, ...own] } });
  const content = {
    chat: chatOf(person),
    message_id: Number(message.id),
    user: userOf(person),
    date: unixSeconds(world),
    old_reaction: asList(old),
    new_reaction: asList(act.emoji),
  };
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "message_reaction", content });
  return { messages: [] };
}

function block(scene: Scene, blocked: boolean): ActResult {
  const { world, bot, person } = scene;
  if (person.blocked === blocked)
    conflict(`${person.name} has ${blocked ? "blocked the bot already" : "not blocked the bot"}.`);
  world.savePerson({ ...person, blocked });
  const member = (banned: boolean) => ({
    user: botUser(bot),
    ...(banned ? { status: "kicked", until_date: 0 } : { status: "member" }),
  });
  const content = {
    chat: chatOf(person),
    from: userOf(person),
    date: unixSeconds(world),
    old_chat_member: member(!blocked),
    new_chat_member: member(blocked),
  };
  emitUpdate(world, bot, { queue: `chat ${person.address}`, kind: "my_chat_member", content });
  return { messages: [] };
}

export function perform(scene: Scene, act: Act): ActResult {
  const { person } = scene;
  if (person.blocked && act.act !== "block" && act.act !== "unblock") {
    conflict(`${person.name} has blocked the bot: "unblock" first.`);
  }
  switch (act.act) {
    case "say":
      return say(scene, act);
    case "tap":
      return tap(scene, act);
    case "choose":
      return conflict(`Telegram has no lists. There is: ${describe(person, onScreen(scene, act.message))}.`);
    case "vote":
      return vote(scene, act);
    case "share_location":
      return shareLocation(scene, act.place, act.plain);
    case "submit":
      return conflict(`Telegram has no forms. There is: ${describe(person, onScreen(scene, act.message))}.`);
    case "send":
      return send(scene, act.gift);
    case "send_contact":
      return sendContact(scene, act);
    case "edit":
      return edit(scene, act);
    case "delete":
      return remove(scene, act);
    case "read":
      // Telegram tells bots nothing of reading.
      return { messages: [] };
    case "react":
      return react(scene, act);
    default:
      return block(scene, act.act === "block");
  }
}
